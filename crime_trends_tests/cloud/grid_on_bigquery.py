"""Makes the grid with the settings of the environment, in a process whose JVM has Spark's connector for BigQuery."""

from __future__ import annotations

import sys

import dagster as dg

from crime_trends.assets.grid import STORAGE, grid_checks, mart_grid_counts
from crime_trends.resources.bigquery import bigquery_frames, bigquery_warehouse
from crime_trends.resources.spark_session import spark_session
from crime_trends.settings import Settings


def make() -> bool:
    """Whether the asset was made and all its checks passed."""
    settings = Settings.load()
    settings.temporary_dir.mkdir(parents=True, exist_ok=True)
    resources = {
        "warehouse": bigquery_warehouse(settings),
        "spark": spark_session(settings),
        STORAGE: bigquery_frames(settings),
    }
    result = dg.materialize([mart_grid_counts, grid_checks], resources=resources, raise_on_error=False)
    return result.success and all(check.passed for check in result.get_asset_check_evaluations())


if __name__ == "__main__":
    sys.exit(0 if make() else 1)
