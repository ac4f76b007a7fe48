"""The models' own docs: made by Dagster in a home, and by hand without one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster_dbt import DbtProject

from crime_trends.assets.docs import model_docs
from crime_trends.assets.models import model_assets
from crime_trends.assets.reports import dashboard, findings
from crime_trends.resources.dbt import dbt_resource
from crime_trends.resources.reports import ReportsResource
from crime_trends.warehouse.schema import tables
from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.dbt.conftest import ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")


@pytest.fixture
def manifest(built_home: ModelsHome, home_path: Path) -> dict[str, dict[str, dict[str, object]]]:
    """What dbt knows of the models."""
    assert built_home.path != home_path
    return dict(json.loads((home_path / "dbt" / "target" / "manifest.json").read_text()))


def test_the_asset_writes_one_page_that_names_every_model(
    home: ModelsHome, project: DbtProject, tmp_path: Path
) -> None:
    *_, marts = model_assets(project)
    result = dg.materialize(
        [model_docs(project, marts)],
        resources={"dbt": dbt_resource(project), "reports": ReportsResource(folder=str(tmp_path / "reports"))},
    )
    assert result.success
    page = (tmp_path / "reports" / "models.html").read_text()
    for key in marts.keys:
        assert key.path[-1] in page
    assert "Figures of two record types are never added up." in page
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["models.html"]


def test_the_script_writes_the_page_without_any_data_and_the_lineage_of_columns_is_current(tmp_path: Path) -> None:
    page, lineage = tmp_path / "site" / "models.html", tmp_path / "column_lineage.json"
    outcome = subprocess.run(
        [REPOSITORY / "scripts" / "model_docs", page, sys.executable, lineage],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout == f"{page}: written\n"
    assert "mart_rolling_12" in page.read_text()
    noted = (REPOSITORY / "dbt_project" / "column_lineage.json").read_text()
    assert json.loads(lineage.read_text()) == json.loads(noted), "columns of models changed: run make docs"


def test_every_column_of_facts_and_marts_is_described_and_kept_in_the_database(
    built_home: ModelsHome, manifest: dict[str, dict[str, dict[str, object]]]
) -> None:
    undescribed = built_home.query(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where schema_name in ('staging', 'intermediate', 'facts', 'marts') and comment is null"
    )
    not_models = {(table.schema, table.name) for table in tables()}
    assert [column for column in undescribed if column[:2] not in not_models] == []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            assert node["description"], node["name"]


@pytest.mark.parametrize(("check", "layer"), [("facts_have", "facts"), ("marts_have", "marts")])
def test_the_list_of_columns_is_held_against_every_fact_and_mart_when_it_is_built(
    check: str, layer: str, manifest: dict[str, dict[str, dict[str, object]]]
) -> None:
    nodes = manifest["nodes"].values()
    (test,) = (node for node in nodes if node["name"] == f"{check}_allowed_columns_only")
    models = {node["unique_id"] for node in nodes if node["resource_type"] == "model" and node["schema"] == layer}
    dimensions = {unique_id for unique_id in models if ".dim_" in str(unique_id)}
    assert set(test["depends_on"]["nodes"]) == models - dimensions  # type: ignore[index]


@pytest.mark.parametrize("report", [dashboard, findings], ids=["dashboard", "findings"])
def test_the_exposure_of_a_report_is_what_its_asset_depends_on(
    report: dg.AssetsDefinition, manifest: dict[str, dict[str, dict[str, object]]]
) -> None:
    exposure = manifest["exposures"][f"exposure.crime_trends.{report.key.path[-1]}"]
    nodes = [str(node).rpartition(".")[2] for node in exposure["depends_on"]["nodes"]]  # type: ignore[index]
    keys = [dep.asset_key.path for spec in report.specs for dep in spec.deps]
    assert sorted(nodes) == sorted(name for layer, name in keys if layer != "raw")  # of raw files dbt knows nothing
