"""The months that Spark wrote, as BigQuery's emulator reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crime_trends.lake.local import LocalLake
from crime_trends_tests.cloud.bigquery import BigQuery, BigQueryModels
from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.run.conftest import LOS_ANGELES, SAN_DIEGO

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("run")


def test_bigquery_reads_the_lakes_months_as_duckdb_does(bigquery: BigQuery, built_home: Path, tmp_path: Path) -> None:
    models_home = ModelsHome(built_home)
    models = BigQueryModels(bigquery, tmp_path, "lake")
    models.load(models_home.warehouse, LocalLake(built_home / "lake"))
    assert [len(models_home.table(f"warehouse.{name}")) for name in (LOS_ANGELES, SAN_DIEGO)] == [80, 100]
    assert models.differences(models_home.warehouse, ["warehouse"]) == []
