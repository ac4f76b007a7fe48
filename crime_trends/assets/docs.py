"""The docs of the models as an asset: every model, column and test, and how they hang together, in one HTML file.

``crime-trends run`` leaves it out, since it costs seconds and says nothing of the data; Dagster makes it anew when the
models change.
"""

import shutil
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject

from crime_trends.assets.common import OWNER, WAREHOUSE_POOL
from crime_trends.automation.conditions import CODE
from crime_trends.resources.dbt import project_hash
from crime_trends.resources.reports import ReportsResource


def model_docs(project: DbtProject, marts: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The asset, after the marts that it describes.

    Arguments:
        project: the dbt project, with its manifest.
        marts: the models after which everything is built that the docs speak of.
    """

    @dg.asset(
        key=["docs", "models"],
        deps=list(marts.keys),
        description="dbt's docs of all models, columns and tests, with the graph of their lineage: one HTML file that "
        "opens offline.",
        group_name="docs",
        owners=[OWNER],
        tags={"layer": "docs"},
        kinds={"html", "dbt"},
        pool=WAREHOUSE_POOL,
        automation_condition=CODE,
        code_version=project_hash(),
    )
    def models(dbt: DbtCliResource, reports: ReportsResource) -> dg.MaterializeResult[Any]:
        path = reports.path("models.html")
        invocation = dbt.cli(["docs", "generate", "--static"], manifest=project.manifest_path).wait()
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".tmp")
        shutil.copyfile(invocation.target_path / "static_index.html", aside)
        aside.replace(path)
        shutil.rmtree(invocation.target_path)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(project_hash()),
            metadata={"path": dg.MetadataValue.path(str(path)), "bytes": path.stat().st_size},
        )

    return models
