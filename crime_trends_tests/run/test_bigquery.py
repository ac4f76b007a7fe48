"""The months that Spark wrote, as BigQuery's emulator reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crime_trends.lake.local import LocalLake
from crime_trends_tests.cloud.bigquery import BigQuery, BigQueryModels, differences, duckdb_tables
from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.run.conftest import LOS_ANGELES, SAN_DIEGO

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("run")


def test_bigquery_reads_the_lakes_months_as_duckdb_does(bigquery: BigQuery, built_home: Path, tmp_path: Path) -> None:
    warehouse = ModelsHome(built_home).warehouse
    models = BigQueryModels(bigquery, tmp_path, "lake")
    models.load(warehouse, LocalLake(built_home / "lake"))
    expected = duckdb_tables(warehouse, ["warehouse"])
    assert [len(expected[f"warehouse.{name}"][1]) for name in (LOS_ANGELES, SAN_DIEGO)] == [80, 100]
    assert differences(expected, models.tables(["warehouse"])) == []
