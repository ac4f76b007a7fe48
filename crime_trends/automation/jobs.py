"""The jobs that people reach for: a dataset's raw years, its months, the facts, the marts, the reports.

Years and months can't be in one job, nor datasets of different spans. ``force`` in the launchpad redoes what is up to
date; without it a job does what is stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import dagster as dg

from crime_trends.assets.common import ForceConfig
from crime_trends.assets.models import FactsConfig
from crime_trends.datasets import DATASETS, Dataset

Job: TypeAlias = Any
"""What ``define_asset_job`` gives has no public type."""

FACTS, MARTS, REPORTS = "facts", "marts", "reports"


def jobs(facts: Sequence[dg.AssetsDefinition], mart_models: dg.AssetsDefinition) -> list[Job]:
    """All of them.

    Arguments:
        facts: what is made by month of all datasets; views among it are left out.
        mart_models: the dbt models that are made as a whole.
    """
    return [
        *(job for dataset in DATASETS.values() for job in _dataset_jobs(dataset)),
        dg.define_asset_job(
            FACTS,
            selection=[spec.key for made in facts for spec in made.specs if spec.partitions_def is not None],
            description="Facts by month, from the warehouse's tables, of all datasets. One call of dbt for any range.",
            config=dg.RunConfig(ops={"monthly_models": FactsConfig(datasets=[])}),
        ),
        dg.define_asset_job(
            MARTS,
            selection=list(mart_models.keys),
            description="The marts, from all facts there are. One call of dbt.",
            config=dg.RunConfig(ops={"mart_models": ForceConfig()}),
        ),
        dg.define_asset_job(
            REPORTS,
            selection=dg.AssetSelection.groups("reports"),
            description="The dashboard and whatever else people look at, from the marts.",
            config=dg.RunConfig(ops={f"reports__{name}": ForceConfig() for name in ("dashboard", "findings")}),
        ),
    ]


def _dataset_jobs(dataset: Dataset) -> list[Job]:
    raw = f"raw__{dataset.key}"
    clean, table = f"clean__{dataset.key}", f"warehouse__{dataset.key}"
    return [
        dg.define_asset_job(
            f"{dataset.key}_raw",
            selection=dg.AssetSelection.assets(["raw", dataset.key]),
            description=f"{dataset.title}: years from the portal. Downloads the years that changed there.",
            config=dg.RunConfig(ops={raw: ForceConfig()}),
        ),
        dg.define_asset_job(
            dataset.key,
            selection=dg.AssetSelection.assets(
                ["clean", dataset.key], ["clean", f"{dataset.key}_rejects"], ["warehouse", dataset.key]
            ),
            description=f"{dataset.title}: months from the raw years to the warehouse's table, with one Spark job for "
            "any range. Their years must have been fetched.",
            config=dg.RunConfig(ops={clean: ForceConfig(), table: ForceConfig()}),
        ),
    ]
