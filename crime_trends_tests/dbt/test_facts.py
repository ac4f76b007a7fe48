"""What the facts, the vintages and the marts say of hand-written rows."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from crime_trends.datasets import DATASETS
from crime_trends_tests.dbt.conftest import CALLS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

NOT_LISTED = "not in the city's list"
MARCH = date(2024, 3, 1)


def test_duplicate_look_up_keys_double_nothing_and_missing_codes_drop_nothing(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select call_id, call_type_name, is_call_type_listed, neighborhood_name, is_beat_listed "
        "from facts.fct_san_diego_calls where month = '2024-03-01' order by call_id"
    )
    assert rows == [
        ("E2", "DISTURBING THE PEACE", True, "Clairemont Mesa East", True),
        ("E3", NOT_LISTED, False, NOT_LISTED, False),
        ("E4", None, None, None, None),
        ("E5", "FORMER TYPE", True, "Clairemont Mesa East", True),
    ]


def test_dispositions_change_their_meaning_on_2017_10_17(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select call_id, disposition_name, is_disposition_listed from facts.fct_san_diego_calls order by call_id"
    )
    assert rows == [
        ("E1", "ARREST MADE", True),
        ("E2", "ARREST MADE", True),
        ("E3", NOT_LISTED, False),
        ("E4", None, None),
        ("E5", "NOT ACKNOWLEDGED", True),
        ("P1", "ARREST", True),
    ]


def test_incidents_of_all_datasets_stand_in_the_same_columns(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select dataset, incident_id, offense_code, offense_name, area_code, area_name, status_name "
        f"from facts.fct_incidents where month = '2024-03-01' and (dataset <> '{CALLS}' or incident_id = 'E2') "
        "order by dataset"
    )
    theft, stolen = "Motor Vehicle Theft", "VEHICLE - STOLEN"
    assert rows == [
        ("austin_crime_reports", "2024001", "700", stolen, "BA", None, "Arrested"),
        ("los_angeles_crime_reports", "010304468", "510", stolen, "03", "Southwest", "Invest Cont"),
        ("los_angeles_nibrs_offenses", "25_240_1", "240", theft, "01", None, None),
        (CALLS, "E2", "415", "DISTURBING THE PEACE", "111", "Clairemont Mesa East", "ARREST MADE"),
        ("san_diego_nibrs_offenses", "3463746_220", "240", theft, "1", "Northern", None),
    ]


def test_days_and_times_are_those_that_the_portal_publishes(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select incident_id, occurred_at, occurred_date, report_date, month from facts.fct_incidents "
        "where incident_id in ('2024001', 'E2', '3463746_220') order by incident_id"
    )
    fifth, ninth = date(2024, 3, 5), date(2024, 3, 9)
    assert rows == [
        ("2024001", datetime(2024, 3, 5, 13, 45), fifth, fifth, MARCH),
        ("3463746_220", None, ninth, None, MARCH),
        ("E2", datetime(2024, 3, 1, 0, 30), MARCH, MARCH, MARCH),
    ]


def test_what_the_models_know_of_a_dataset_is_what_the_registry_says(built_home: ModelsHome) -> None:
    known = {(dataset.key, dataset.city, dataset.record_type) for dataset in DATASETS.values()}
    times = {
        (
            dataset.key,
            dataset.first_month,
            dataset.last_month,
            dataset.update_interval_days or 0,
            dataset.settled_days,
        )
        for dataset in DATASETS.values()
    }
    assert set(built_home.query("select dataset, city, record_type from facts.dim_datasets")) == known
    assert (
        set(
            built_home.query(
                "select dataset, strftime(first_month, '%Y-%m'), strftime(last_month, '%Y-%m'), portal_delay_days, "
                "default_settling_days from facts.dim_datasets"
            )
        )
        == times
    )
    assert set(built_home.query("select dataset, city, record_type from facts.fct_incidents")) == known


def test_facts_hold_no_column_beyond_the_list(built_home: ModelsHome) -> None:
    columns = built_home.query(
        "select table_name, string_agg(column_name, ' ' order by ordinal_position) from information_schema.columns "
        "where table_name in ('fct_crime_cases', 'fct_incidents', 'fct_san_diego_calls', 'vintages') "
        "group by all order by table_name"
    )
    assert columns == [
        (
            "fct_crime_cases",
            "case_id city dataset record_type occurred_at occurred_date time_precision is_first_of_month_booking "
            "recorded_date nibrs_code offense_group offense_scope mapping_authority mapping_confidence index_group_low "
            "index_group_high is_sensitive area_code area_name status_name status_date offense_count record_count "
            "month",
        ),
        (
            "fct_incidents",
            "incident_id case_id city dataset record_type occurred_at occurred_date time_precision "
            "is_first_of_month_booking report_date recorded_date offense_code offense_name nibrs_code offense_group "
            "offense_scope mapping_authority mapping_confidence index_group_low index_group_high is_sensitive "
            "area_code area_name status_name status_date month",
        ),
        (
            "fct_san_diego_calls",
            "call_id city dataset record_type occurred_at occurred_date day_of_week call_type_code call_type_name "
            "is_call_type_listed disposition_code disposition_name is_disposition_listed priority_code priority_name "
            "beat_code neighborhood_name is_beat_listed is_sensitive month",
        ),
        ("vintages", "dataset month offense_group offense_name month_version as_of record_count loaded_at"),
    ]


def test_only_months_that_were_asked_for_are_built(built_home: ModelsHome) -> None:
    assert built_home.query(
        "select count(*) from warehouse.san_diego_calls_for_service where month = '2024-04-01'"
    ) == [(1,)]
    assert built_home.query("select count(*) from facts.fct_incidents where month = '2024-04-01'") == [(0,)]
    assert built_home.query("select count(*) from facts.vintages where month = '2024-04-01'") == [(0,)]


def test_reconciliation_follows_a_month_from_the_portal_to_the_facts(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select city, dataset, month, portal_rows, raw_rows, clean_rows, rejected_rows, duplicate_rows, "
        "warehouse_rows, fact_rows, has_current_facts, is_reconciled from marts.mart_reconciliation "
        "where city in ('austin', 'san_diego') and dataset <> 'san_diego_nibrs_offenses' order by dataset, month"
    )
    assert rows == [
        ("austin", "austin_crime_reports", MARCH, 1, 1, 1, 0, 0, 1, 1, True, True),
        ("san_diego", CALLS, date(2017, 10, 1), None, 2, 2, 0, 0, 2, 2, True, True),
        ("san_diego", CALLS, MARCH, None, 7, 4, 2, 1, 4, 4, True, True),
        ("san_diego", CALLS, date(2024, 4, 1), None, 1, 1, 0, 0, 1, 0, False, True),
    ]


def test_rows_outside_are_reconciled_without_a_month_and_are_in_no_vintage(built_home: ModelsHome) -> None:
    assert built_home.query(
        "select dataset, portal_rows, raw_rows, clean_rows, rejected_rows, warehouse_rows, fact_rows, "
        "has_current_facts, is_reconciled from marts.mart_reconciliation where month is null"
    ) == [("los_angeles_nibrs_offenses", 3, 3, 0, 3, 0, 0, True, True)]
    assert built_home.query("select count(*) from facts.vintages where month is null") == [(0,)]


def test_vintages_keep_what_a_version_of_a_month_counted(built_home: ModelsHome) -> None:
    assert built_home.query(
        "select offense_name, month_version, record_count from facts.vintages "
        f"where dataset = '{CALLS}' and month = '2024-03-01' order by offense_name nulls last"
    ) == [("DISTURBING THE PEACE", "a", 1), ("FORMER TYPE", "a", 1), (NOT_LISTED, "a", 1), (None, "a", 1)]
