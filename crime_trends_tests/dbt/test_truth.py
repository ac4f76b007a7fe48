"""Faults planted in the built tables: each makes just the tests fail that speak of it, and every test has a fault."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from crime_trends_tests.dbt.conftest import CALLS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

ONCE, IN_ONE_MONTH = "fct_incidents_incident_is_once_in_a_month", "fct_incidents_incident_is_in_one_month"
NOT_MIXED = "fct_incidents_record_types_are_not_mixed"
KNOWN_CITY = "accepted_values_fct_incidents_city__austin__los_angeles__san_diego"
KNOWN_TYPE = "accepted_values_fct_incidents_record_type__report__offense__call"
KNOWN_DATASET = "relationships_fct_incidents_dataset__dataset__ref_dim_datasets_"
CALL_ONCE = "fct_san_diego_calls_call_is_once_in_a_month"
ALL_CALLS = "fct_san_diego_calls_are_the_calls_of_fct_incidents"
ALL_ROWS = "int_month_counts_facts_hold_every_warehouse_row"
DAYS_ADD_UP, MONTHS_ADD_UP = "mart_daily_counts_add_up_to_fct_incidents", "mart_monthly_counts_add_up_to_fct_incidents"
VINTAGE_ONCE = "vintages_offense_is_counted_once_in_a_version"

AUSTIN = "where dataset = 'austin_crime_reports'"
FAULTS = {
    "a look-up key doubles a call": (
        "insert into facts.fct_san_diego_calls from facts.fct_san_diego_calls where call_id = 'E2'",
        {CALL_ONCE, ALL_CALLS},
    ),
    "a look-up drops a call": ("delete from facts.fct_san_diego_calls where call_id = 'E3'", {ALL_CALLS}),
    "a call without number": (
        "update facts.fct_san_diego_calls set call_id = null where call_id = 'E3'",
        {"not_null_fct_san_diego_calls_call_id"},
    ),
    "a call without day": (
        "update facts.fct_san_diego_calls set occurred_date = null where call_id = 'E3'",
        {"not_null_fct_san_diego_calls_occurred_date"},
    ),
    "a call without month": (
        "update facts.fct_san_diego_calls set month = null where call_id = 'E3'",
        {"not_null_fct_san_diego_calls_month", ALL_CALLS},
    ),
    "a record twice": (
        f"insert into facts.fct_incidents from facts.fct_incidents {AUSTIN}",
        {ONCE, IN_ONE_MONTH, ALL_ROWS, DAYS_ADD_UP, MONTHS_ADD_UP},
    ),
    "a record in two months": (
        "update facts.fct_incidents set incident_id = 'P1' where incident_id = 'E2'",
        {IN_ONE_MONTH},
    ),
    "a record lost": (f"delete from facts.fct_incidents {AUSTIN}", {ALL_ROWS, DAYS_ADD_UP, MONTHS_ADD_UP}),
    "a record without name": (
        f"update facts.fct_incidents set incident_id = null {AUSTIN}",
        {"not_null_fct_incidents_incident_id"},
    ),
    "a record without day": (
        f"update facts.fct_incidents set occurred_date = null {AUSTIN}",
        {"not_null_fct_incidents_occurred_date", DAYS_ADD_UP},
    ),
    "a record without month": (
        f"update facts.fct_incidents set month = null {AUSTIN}",
        {"not_null_fct_incidents_month", ALL_ROWS, MONTHS_ADD_UP},
    ),
    "a report taken for an offense": (f"update facts.fct_incidents set record_type = 'offense' {AUSTIN}", {NOT_MIXED}),
    "an unknown record type": (
        f"update facts.fct_incidents set record_type = 'crime' {AUSTIN}",
        {KNOWN_TYPE, NOT_MIXED},
    ),
    "no record type": (f"update facts.fct_incidents set record_type = null {AUSTIN}", {NOT_MIXED}),
    "an unknown city": (f"update facts.fct_incidents set city = 'el_paso' {AUSTIN}", {KNOWN_CITY, NOT_MIXED}),
    "an unknown dataset": (
        f"update facts.fct_incidents set dataset = 'el_paso_reports' {AUSTIN}",
        {KNOWN_DATASET, NOT_MIXED, ALL_ROWS, DAYS_ADD_UP, MONTHS_ADD_UP},
    ),
    "a vintage twice": (f"insert into facts.vintages from facts.vintages {AUSTIN}", {VINTAGE_ONCE}),
    "a vintage of no dataset": (
        f"update facts.vintages set dataset = null, month = null, as_of = null, month_version = null {AUSTIN}",
        {f"not_null_vintages_{column}" for column in ("dataset", "month", "as_of", "month_version")},
    ),
    "a day twice": (
        f"insert into marts.mart_daily_counts from marts.mart_daily_counts {AUSTIN}",
        {"mart_daily_counts_dataset_has_a_day_once", DAYS_ADD_UP},
    ),
    "a day without date": (
        f"update marts.mart_daily_counts set occurred_date = null {AUSTIN}",
        {"not_null_mart_daily_counts_occurred_date", DAYS_ADD_UP},
    ),
    "days of calls counted as reports": (
        f"update marts.mart_daily_counts set record_type = 'report' where dataset = '{CALLS}'",
        {"mart_daily_counts_record_types_are_not_mixed"},
    ),
    "a month twice": (
        f"insert into marts.mart_monthly_counts from marts.mart_monthly_counts {AUSTIN}",
        {"mart_monthly_counts_dataset_has_a_month_once", MONTHS_ADD_UP},
    ),
    "a month without date": (
        f"update marts.mart_monthly_counts set month = null {AUSTIN}",
        {"not_null_mart_monthly_counts_month", MONTHS_ADD_UP},
    ),
    "months of calls counted as reports": (
        f"update marts.mart_monthly_counts set record_type = 'report' where dataset = '{CALLS}'",
        {"mart_monthly_counts_record_types_are_not_mixed"},
    ),
    "a month that does not add up": (
        f"update marts.mart_reconciliation set is_reconciled = false {AUSTIN}",
        {"mart_reconciliation_every_month_is_reconciled"},
    ),
    "a month of which it is not known": (
        f"update marts.mart_reconciliation set is_reconciled = null {AUSTIN}",
        {"mart_reconciliation_every_month_is_reconciled"},
    ),
    "a month reconciled twice": (
        f"insert into marts.mart_reconciliation from marts.mart_reconciliation {AUSTIN}",
        {"mart_reconciliation_dataset_has_a_month_once"},
    ),
    "a reconciliation of no month": (
        f"update marts.mart_reconciliation set month = null {AUSTIN}",
        {"not_null_mart_reconciliation_month"},
    ),
    "a call type twice": (
        "insert into facts.dim_san_diego_call_types values ('415', 'AGAIN', false)",
        {"unique_dim_san_diego_call_types_call_type_code"},
    ),
    "a call type without code": (
        "insert into facts.dim_san_diego_call_types values (null, 'NONE', false)",
        {"not_null_dim_san_diego_call_types_call_type_code"},
    ),
    "a disposition twice in a list": (
        "insert into facts.dim_san_diego_dispositions values ('A', true, 'AGAIN')",
        {"unique_together_dim_san_diego_dispositions_disposition_code__is_historical"},
    ),
    "a disposition without code": (
        "insert into facts.dim_san_diego_dispositions values (null, null, 'NONE')",
        {
            "not_null_dim_san_diego_dispositions_disposition_code",
            "not_null_dim_san_diego_dispositions_is_historical",
        },
    ),
    "a beat twice": (
        "insert into facts.dim_san_diego_beats values ('111', 'AGAIN')",
        {"unique_dim_san_diego_beats_beat_code"},
    ),
    "a beat without code": (
        "insert into facts.dim_san_diego_beats values (null, 'NONE')",
        {"not_null_dim_san_diego_beats_beat_code"},
    ),
    "a dataset twice": (
        "insert into facts.dim_datasets from facts.dim_datasets where city = 'austin'",
        {"unique_dim_datasets_dataset"},
    ),
    "a dataset without key, of no known city and record type": (
        "insert into facts.dim_datasets values (null, 'el_paso', 'crime')",
        {
            "not_null_dim_datasets_dataset",
            "accepted_values_dim_datasets_city__austin__los_angeles__san_diego",
            "accepted_values_dim_datasets_record_type__report__offense__call",
        },
    ),
}


@pytest.fixture(scope="module")
def sql_of_tests(built_home: ModelsHome, home_path: Path) -> dict[str, str]:
    """Name of each data test -> the SQL that dbt runs for it and that gives the rows at fault."""
    home = ModelsHome(home_path)
    shutil.copy(built_home.warehouse.file, home.warehouse.file)
    outcome = home.dbt("test")
    assert outcome.returncode == 0, outcome.stdout
    results = json.loads((home.path / "dbt" / "target" / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[2]: result["compiled_code"]
        for result in results
        if result["unique_id"].startswith("test.")
    }


@pytest.fixture(scope="module")
def tables(built_home: ModelsHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built tables, to be changed in transactions that are rolled back."""
    file = tmp_path_factory.mktemp("faults") / built_home.warehouse.file.name
    shutil.copy(built_home.warehouse.file, file)
    with duckdb.connect(file) as connection:
        yield connection


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_makes_exactly_its_tests_fail(
    fault: str, tables: duckdb.DuckDBPyConnection, sql_of_tests: dict[str, str]
) -> None:
    statement, expected = FAULTS[fault]
    tables.execute("begin")
    try:
        tables.execute(statement)
        failed = {name for name, sql in sql_of_tests.items() if tables.execute(sql).fetchone() is not None}
    finally:
        tables.execute("rollback")
    assert failed == expected


def test_every_test_of_the_models_has_a_fault(sql_of_tests: dict[str, str]) -> None:
    assert set.union(*(tests for _, tests in FAULTS.values())) == set(sql_of_tests)
