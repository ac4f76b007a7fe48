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
EVERY_OFFENSE, CASE_ONCE = "fct_crime_cases_hold_every_offense", "fct_crime_cases_case_is_once_in_a_month"
RECORDED, KNOWN_GROUP = "int_recorded_days_add_up_to_fct_incidents", "fct_incidents_offense_groups_are_known"
OF_A_SERIES, SHARE = "int_dataset_months_every_month_is_of_a_series", "int_mapped_shares_lie_between_0_and_1"
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
        {ONCE, IN_ONE_MONTH, ALL_ROWS, EVERY_OFFENSE, RECORDED, DAYS_ADD_UP, MONTHS_ADD_UP},
    ),
    "a record in two months": (
        "update facts.fct_incidents set incident_id = 'P1' where incident_id = 'E2'",
        {IN_ONE_MONTH},
    ),
    "a record lost": (
        f"delete from facts.fct_incidents {AUSTIN}",
        {ALL_ROWS, EVERY_OFFENSE, RECORDED, DAYS_ADD_UP, MONTHS_ADD_UP},
    ),
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
        {"not_null_fct_incidents_month", ALL_ROWS, EVERY_OFFENSE, RECORDED, MONTHS_ADD_UP},
    ),
    "a report taken for an offense": (f"update facts.fct_incidents set record_type = 'offense' {AUSTIN}", {NOT_MIXED}),
    "an unknown record type": (
        f"update facts.fct_incidents set record_type = 'crime' {AUSTIN}",
        {KNOWN_TYPE, NOT_MIXED},
    ),
    "no record type": (
        f"update facts.fct_incidents set record_type = null {AUSTIN}",
        {NOT_MIXED, EVERY_OFFENSE, "fct_incidents_offenses_have_a_case"},
    ),
    "an unknown city": (f"update facts.fct_incidents set city = 'el_paso' {AUSTIN}", {KNOWN_CITY, NOT_MIXED}),
    "an unknown dataset": (
        f"update facts.fct_incidents set dataset = 'el_paso_reports' {AUSTIN}",
        {KNOWN_DATASET, NOT_MIXED, ALL_ROWS, EVERY_OFFENSE, RECORDED, DAYS_ADD_UP, MONTHS_ADD_UP},
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
        {"mart_reconciliation_rows_outside_are_rejected"},
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
    "an unknown offense group": (
        f"update facts.fct_incidents set offense_group = 'crime' {AUSTIN}",
        {KNOWN_GROUP, "fct_incidents_index_series_lies_between_low_and_high", RECORDED},
    ),
    "no offense group": (
        f"update facts.fct_incidents set offense_group = null, offense_scope = null {AUSTIN}",
        {
            KNOWN_GROUP,
            "fct_incidents_what_is_mapped_says_by_whom",
            "fct_incidents_index_series_lies_between_low_and_high",
            RECORDED,
        },
    ),
    "an offense group in another scope": (
        f"update facts.fct_incidents set offense_scope = 'group_b', index_group_low = null {AUSTIN}",
        {KNOWN_GROUP},
    ),
    "a mapping of nobody": (
        f"update facts.fct_incidents set mapping_authority = null, mapping_confidence = null {AUSTIN}",
        {"fct_incidents_what_is_mapped_says_by_whom"},
    ),
    "a judgement called exact": (
        f"update facts.fct_incidents set mapping_authority = 'crime_open_database' {AUSTIN}",
        {"fct_incidents_only_the_agency_is_exact"},
    ),
    "an index offense outside of its range": (
        f"update facts.fct_incidents set index_group_low = null, index_group_high = 'theft' {AUSTIN}",
        {"fct_incidents_index_series_lies_between_low_and_high"},
    ),
    "a report without a case": (
        f"update facts.fct_incidents set case_id = null {AUSTIN}",
        {"fct_incidents_offenses_have_a_case"},
    ),
    "a call with a case": (
        "update facts.fct_incidents set case_id = 'E2' where incident_id = 'E2'",
        {"fct_incidents_offenses_have_a_case"},
    ),
    "a beat of a sensitive call": (
        "update facts.fct_incidents set is_sensitive = true where incident_id = 'E2'",
        {"fct_incidents_sensitive_calls_have_no_beat"},
    ),
    "a time that is known in another way": (
        f"update facts.fct_incidents set time_precision = 'hour' {AUSTIN}",
        {"fct_incidents_time_precision_is_known"},
    ),
    "a case twice": (
        f"insert into facts.fct_crime_cases from facts.fct_crime_cases {AUSTIN}",
        {CASE_ONCE, "fct_crime_cases_case_is_in_one_month", EVERY_OFFENSE},
    ),
    "a case in two months": (
        "update facts.fct_crime_cases set case_id = '30' where case_id = '25'",
        {"fct_crime_cases_case_is_in_one_month"},
    ),
    "a case lost": (f"delete from facts.fct_crime_cases {AUSTIN}", {EVERY_OFFENSE}),
    "a case without name, day and month": (
        f"update facts.fct_crime_cases set case_id = null, occurred_date = null, month = null {AUSTIN}",
        {*(f"not_null_fct_crime_cases_{column}" for column in ("case_id", "occurred_date", "month")), EVERY_OFFENSE},
    ),
    "a case of another record type": (
        f"update facts.fct_crime_cases set record_type = 'call' {AUSTIN}",
        {"fct_crime_cases_record_types_are_not_mixed"},
    ),
    "a case of an unknown offense group": (
        f"update facts.fct_crime_cases set offense_group = 'crime' {AUSTIN}",
        {"fct_crime_cases_offense_groups_are_known"},
    ),
    "a report that counts its offenses": (
        f"update facts.fct_crime_cases set offense_count = 1 {AUSTIN}",
        {"fct_crime_cases_offenses_are_counted_in_nibrs_only"},
    ),
    "a NIBRS case without offenses": (
        "update facts.fct_crime_cases set offense_count = 0 where case_id = '25'",
        {"fct_crime_cases_offenses_are_counted_in_nibrs_only"},
    ),
    "a recorded day twice": (
        f"insert into intermediate.int_recorded_days from intermediate.int_recorded_days {AUSTIN}",
        {"int_recorded_days_day_is_counted_once", RECORDED},
    ),
    "a day that takes records away": (
        f"update intermediate.int_recorded_days set record_count = -1, offense_group = 'unmapped' {AUSTIN}",
        {RECORDED, "int_mapped_shares_are_high"},
    ),
    "more records mapped than there are": (
        "insert into intermediate.int_recorded_days "
        "select dataset, 'unmapped', null, -record_count / 2, month from intermediate.int_recorded_days "
        "where dataset = 'los_angeles_nibrs_offenses' and offense_group = 'robbery'",
        {RECORDED, SHARE},
    ),
    "a month of two series": (
        f"insert into facts.dim_series select * replace ('other' as series_id, date '2024-01-01' as first_month) "
        f"from facts.dim_series {AUSTIN} and offense_group = 'murder'",
        {"int_month_status_month_is_of_one_series"},
    ),
    "a span of a series twice": (
        f"insert into facts.dim_series from facts.dim_series {AUSTIN} and offense_group = 'murder'",
        {"int_month_status_month_is_of_one_series", "dim_series_span_starts_once"},
    ),
    "a series without name": (
        f"update facts.dim_series set series_id = null {AUSTIN}",
        {"not_null_dim_series_series_id"},
    ),
    "a month of no series": (f"delete from facts.dim_series {AUSTIN}", {OF_A_SERIES}),
    "a change of system taken for a month like any other": (
        "update facts.series_breaks set is_incomplete = false where city = 'los_angeles'; "
        "update facts.dim_datasets set default_settling_days = -400 where city = 'los_angeles'",
        {"int_month_status_the_change_of_system_in_los_angeles_never_counts"},
    ),
    "a break twice, of no kind, with no known effect on no known figures": (
        "insert into facts.series_breaks select * replace ('war' as kind, 'moods' as applies_to, 'none' as effect) "
        "from facts.series_breaks where break_id = 'pandemic'",
        {
            "unique_series_breaks_break_id",
            "series_breaks_kind_is_known",
            "series_breaks_figures_are_known",
            "series_breaks_effect_is_known",
        },
    ),
    "a break without name and day": (
        "update facts.series_breaks set break_id = null, valid_from = null where break_id = 'pandemic'",
        {"not_null_series_breaks_break_id", "not_null_series_breaks_valid_from"},
    ),
    "a population twice": (
        "insert into facts.populations from facts.populations where city = 'austin'",
        {"populations_city_has_a_year_once"},
    ),
    "a population that is not known": (
        "update facts.populations set population = null where city = 'austin'",
        {"not_null_populations_population"},
    ),
    "a published total twice": (
        "insert into facts.published_totals from facts.published_totals where city = 'austin'",
        {"published_totals_total_is_listed_once"},
    ),
    "a published total of an unknown offense group": (
        "update facts.published_totals set offense_group = 'larceny' where offense_group = 'theft'",
        {"relationships_published_totals_offense_group__offense_group__ref_offense_groups_"},
    ),
    "an offense code mapped twice": (
        "insert into facts.austin_offense_crosswalk from facts.austin_offense_crosswalk where offense_code = '900'; "
        "insert into facts.los_angeles_offense_crosswalk from facts.los_angeles_offense_crosswalk "
        "where offense_code = '510'",
        {
            "austin_offense_crosswalk_code_is_mapped_once",
            "unique_los_angeles_offense_crosswalk_offense_code",
        },
    ),
    "a crosswalk without code, to no NIBRS code, called exact": (
        "insert into facts.austin_offense_crosswalk (nibrs_code, confidence) values ('XXX', 'exact'); "
        "insert into facts.los_angeles_offense_crosswalk (nibrs_code, confidence) values ('XXX', 'exact')",
        {
            f"{test}_{city}_offense_crosswalk_{rest}"
            for city in ("austin", "los_angeles")
            for test, rest in (
                ("not_null", "offense_code"),
                ("relationships", "nibrs_code__nibrs_code__ref_nibrs_offenses_"),
            )
        }
        | {f"{city}_offense_crosswalk_only_the_agency_is_exact" for city in ("austin", "los_angeles")},
    ),
    "a kind of record that is twice no crime": (
        "insert into facts.not_a_crime_offenses from facts.not_a_crime_offenses where offense_code = '3400'",
        {"not_a_crime_offenses_kind_is_listed_once"},
    ),
    "a sensitive call type twice and one without code": (
        "insert into facts.sensitive_call_types values ('207', 'again'), (null, 'none')",
        {
            "unique_sensitive_call_types_call_type_code",
            "not_null_sensitive_call_types_call_type_code",
        },
    ),
    "a NIBRS code twice and one without code, of no known series": (
        "insert into facts.nibrs_offenses (nibrs_code, index_series) values ('240', 'larceny'), (null, null); "
        "insert into facts.dim_nibrs_offenses (nibrs_code, offense_group) values ('240', 'larceny'), (null, null)",
        {
            "unique_nibrs_offenses_nibrs_code",
            "not_null_nibrs_offenses_nibrs_code",
            "relationships_nibrs_offenses_index_series__offense_group__ref_offense_groups_",
            "unique_dim_nibrs_offenses_nibrs_code",
            "not_null_dim_nibrs_offenses_nibrs_code",
            "not_null_dim_nibrs_offenses_offense_group",
            "relationships_dim_nibrs_offenses_offense_group__offense_group__ref_offense_groups_",
        },
    ),
    "an offense group twice and one without name": (
        "insert into facts.offense_groups (offense_group) values ('call'), (null)",
        {"unique_offense_groups_offense_group", "not_null_offense_groups_offense_group"},
    ),
    "a dataset twice": (
        "insert into facts.dim_datasets from facts.dim_datasets where city = 'austin'",
        {"unique_dim_datasets_dataset", "int_month_status_month_is_of_one_series"},
    ),
    "a dataset without key, of no known city and record type": (
        "insert into facts.dim_datasets (dataset, city, record_type) values (null, 'el_paso', 'crime')",
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
