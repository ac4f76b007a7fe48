"""The same models on BigQuery's emulator: from the same rows the same facts and marts.

Their tests run there where the whole cloud target does.
"""

from __future__ import annotations

from datetime import date

import pytest

from crime_trends_tests.cloud.bigquery import BigQuery, BigQueryModels
from crime_trends_tests.dbt.conftest import AUSTIN, CALLS, MAKE, SAN_DIEGO, ModelsHome, add_years, call

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")


@pytest.fixture(scope="module")
def models(bigquery: BigQuery, built_home: ModelsHome, tmp_path_factory: pytest.TempPathFactory) -> BigQueryModels:
    """The models on BigQuery, built from a copy of the built home's warehouse."""
    models = BigQueryModels(bigquery, tmp_path_factory.mktemp("bigquery"), "crime_trends")
    models.load(built_home.warehouse)
    models.dbt(*MAKE)
    return models


def test_facts_and_marts_have_the_rows_that_they_have_on_duckdb(models: BigQueryModels, built_home: ModelsHome) -> None:
    assert models.differences(built_home.warehouse) == []


def test_months_are_replaced_and_years_added_as_on_duckdb_and_a_full_refresh_equals_their_sum(
    models: BigQueryModels, home: ModelsHome
) -> None:
    add_years(home)
    home.load_month(CALLS, "2017-10", [], "b")
    home.load_month(AUSTIN, "2024-03", [], "b")
    home.load_month(CALLS, "2024-03", [call("E2", "2024-03-01"), call("E7", "2024-03-20")], "b")
    months = home.warehouse.month_versions()
    home.warehouse.request_facts(
        [(dataset, month) for dataset in (AUSTIN, CALLS, SAN_DIEGO) for month in months[dataset]]
    )
    home.make("monthly", "marts")
    for table, figure in (
        ("mart_year_over_year", "change_percent"),
        ("mart_year_to_date", "same_age_change_percent"),
        ("mart_rolling_12", "measure_count"),
        ("mart_rates", "rate_per_100k"),
        ("mart_seasonality", "month_factor"),
        ("mart_clearance", "cleared_share"),
    ):
        assert home.query(f"select count({figure}) > 0 from marts.{table}") == [(True,)], table

    models.load(home.warehouse)
    models.dbt("run", "--select", "tag:monthly", "tag:marts")
    assert models.differences(home.warehouse) == []
    assert home.query(
        "select month, call_id from facts.fct_san_diego_calls where month not between '2023-07-01' and '2023-11-01' "
        "order by call_id"
    ) == [
        (date(2024, 3, 1), "E2"),
        (date(2024, 4, 1), "E6"),
        (date(2024, 3, 1), "E7"),
    ]

    models.dbt("run", "--full-refresh", "--select", "config.materialized:incremental")
    assert models.differences(home.warehouse) == []
