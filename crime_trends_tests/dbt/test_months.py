"""How months are built again: exactly those asked for, all or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from crime_trends_tests.dbt.conftest import CALLS, ModelsHome, call, report

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

TABLES = (
    "facts.fct_incidents",
    "facts.fct_san_diego_calls",
    "facts.fct_crime_cases",
    "intermediate.int_recorded_days",
    "intermediate.int_daily_counts",
    "intermediate.int_area_counts",
    "intermediate.int_hour_counts",
    "intermediate.int_reports_by_day",
    "intermediate.int_report_lags",
    "intermediate.int_case_statuses",
    "intermediate.int_call_outcomes",
    "facts.vintages",
)


def test_building_the_same_months_again_changes_nothing(home: ModelsHome) -> None:
    before = {table: home.table(table) for table in TABLES}
    home.make("monthly")
    assert {table: home.table(table) for table in TABLES} == before


def test_asking_for_no_month_changes_nothing(home: ModelsHome) -> None:
    before = {table: home.table(table) for table in TABLES}
    home.load_month(CALLS, "2024-03", [call("E9", "2024-03-09")], "b")
    home.warehouse.request_facts([])
    home.make("monthly")
    assert {table: home.table(table) for table in TABLES} == before


def test_a_changed_month_is_replaced_an_emptied_one_is_emptied_and_others_stay(home: ModelsHome) -> None:
    vintages = home.table("facts.vintages")
    home.load_month(CALLS, "2024-03", [call("E2", "2024-03-01"), call("E7", "2024-03-20")], "b")
    home.load_month("austin_crime_reports", "2024-03", [], "b")
    home.load_month(CALLS, "2017-10", [], "b")
    home.load_month("los_angeles_crime_reports", "2024-03", [report("9", "2024-03-02")], "b")
    home.warehouse.request_facts([(CALLS, "2024-03"), ("austin_crime_reports", "2024-03")])
    home.build("monthly", "marts")

    assert home.query("select month, call_id from facts.fct_san_diego_calls order by all") == [
        (date(2017, 10, 1), "E1"),
        (date(2017, 10, 1), "P1"),
        (date(2024, 3, 1), "E2"),
        (date(2024, 3, 1), "E7"),
    ]
    assert home.query("select dataset, incident_id from facts.fct_incidents order by all") == [
        ("los_angeles_crime_reports", "010304468"),
        ("los_angeles_nibrs_offenses", "25_240_1"),
        ("los_angeles_nibrs_offenses", "30_120_1"),
        ("los_angeles_nibrs_offenses", "30_120_2"),
        ("los_angeles_nibrs_offenses", "30_23H_0"),
        ("los_angeles_nibrs_offenses", "31_220_0"),
        ("los_angeles_nibrs_offenses", "32_90D_0"),
        (CALLS, "E1"),
        (CALLS, "E2"),
        (CALLS, "E7"),
        (CALLS, "P1"),
        ("san_diego_nibrs_offenses", "3463746_220"),
        ("san_diego_nibrs_offenses", "40_90Z"),
        ("san_diego_nibrs_offenses", "41_100"),
        ("san_diego_nibrs_offenses", "41_90Z"),
    ]
    assert home.query(
        "select dataset, month, has_current_facts, is_reconciled from marts.mart_reconciliation "
        "where not has_current_facts order by all"
    ) == [
        ("los_angeles_crime_reports", date(2024, 3, 1), False, True),
        (CALLS, date(2017, 10, 1), False, True),
        (CALLS, date(2024, 4, 1), False, True),
    ]
    assert home.query("select * from facts.vintages where month_version = 'a' order by all") == vintages
    assert home.query(
        "select dataset, offense_name, record_count from facts.vintages where month_version = 'b' order by all"
    ) == [("austin_crime_reports", None, 0), (CALLS, "DISTURBING THE PEACE", 2)]


def test_a_window_of_loaded_months_is_asked_for_by_hand(home: ModelsHome) -> None:
    outcome = home.dbt("run-operation", "ask_for_months", "--args", "{first: 2024-04, last: 2024-05}")
    assert outcome.returncode == 0, outcome.stdout
    assert home.table("facts.months_to_build") == [
        ("los_angeles_nibrs_offenses", date(2024, 5, 1)),
        (CALLS, date(2024, 4, 1)),
        ("san_diego_nibrs_offenses", date(2024, 5, 1)),
    ]


def test_a_month_that_returns_to_an_earlier_version_is_a_new_vintage(home: ModelsHome) -> None:
    month = ("austin_crime_reports", "2024-03")
    rows = [report("2024001", "2024-03-05")]
    home.warehouse.request_facts([month])
    home.load_month(*month, [], "b")
    home.make("monthly")
    home.load_month(*month, rows, "a")
    home.make("monthly")
    assert home.query(
        f"select month_version, record_count from facts.vintages where dataset = '{month[0]}' order by loaded_at"
    ) == [("a", 1), ("b", 0), ("a", 1)]


def test_a_build_that_fails_half_way_leaves_the_old_rows(home: ModelsHome) -> None:
    before = home.table("facts.fct_san_diego_calls")
    home.execute("create unique index one_call on facts.fct_san_diego_calls (call_id)")
    home.load_month(CALLS, "2024-03", [call("E2", "2024-03-01"), call("P1", "2024-03-01")], "b")
    home.warehouse.request_facts([(CALLS, "2024-03")])
    outcome = home.dbt("run", "--select", "tag:monthly")
    assert outcome.returncode == 1
    assert home.statuses()["fct_san_diego_calls"] == "error"
    assert "Constraint Error" in outcome.stdout
    assert home.table("facts.fct_san_diego_calls") == before


def test_a_full_refresh_and_the_sum_of_month_runs_are_equal_also_after_a_month_lost_its_last_row(
    home: ModelsHome,
) -> None:
    home.load_month(CALLS, "2017-10", [], "b")
    home.warehouse.request_facts([(CALLS, "2017-10")])
    home.make("monthly")
    home.warehouse.request_facts([(CALLS, "2024-04")])
    home.make("monthly")
    by_month = {table: home.table(table) for table in TABLES}
    assert {row[-1] for row in by_month["facts.fct_san_diego_calls"]} == {date(2024, 3, 1), date(2024, 4, 1)}
    home.execute("drop table facts.months_to_build")
    outcome = home.dbt("run", "--full-refresh", "--select", "tag:monthly")
    assert outcome.returncode == 0, outcome.stdout
    assert {table: home.table(table) for table in TABLES} == by_month
