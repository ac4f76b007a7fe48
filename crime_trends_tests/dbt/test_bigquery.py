"""The same models on BigQuery's emulator: from the same rows the same facts and marts."""

from __future__ import annotations

import pytest

from crime_trends_tests.cloud.bigquery import BigQuery, BigQueryModels, differences, duckdb_tables
from crime_trends_tests.dbt.conftest import ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

ALL = ("--select", "tag:reference", "tag:monthly", "tag:marts")


@pytest.fixture(scope="module")
def models(bigquery: BigQuery, built_home: ModelsHome, tmp_path_factory: pytest.TempPathFactory) -> BigQueryModels:
    """The models on BigQuery, built from a copy of the built home's warehouse."""
    models = BigQueryModels(bigquery, tmp_path_factory.mktemp("bigquery"), "crime_trends")
    models.load(built_home.warehouse)
    models.dbt("build", *ALL)
    return models


def test_facts_and_marts_have_the_rows_that_they_have_on_duckdb(models: BigQueryModels, built_home: ModelsHome) -> None:
    expected = duckdb_tables(built_home.warehouse)
    assert {"facts.fct_incidents", "facts.dim_datasets", "marts.mart_reconciliation"} <= expected.keys()
    assert differences(expected, models.tables()) == []
