"""What the warehouse does, whichever database it is in: the same calls have the same results."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from crime_trends.checks.ids import ids_in_two_months
from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.errors import NoTableError, ReconciliationError, WarehouseBusyError
from crime_trends.lake.manifests import CleanManifest
from crime_trends.warehouse.base import LedgerEntry, Statement, Warehouse
from crime_trends.warehouse.newest import newest_event, newest_facts
from crime_trends_tests.warehouse.conftest import CleanFiles

# One worker for all tests that need BigQuery's emulator and no run.
pytestmark = pytest.mark.xdist_group("models")

Place = tuple[Warehouse, CleanFiles]
AUSTIN = "austin_crime_reports"
CALLS = "san_diego_calls_for_service"
NIBRS = "san_diego_nibrs_offenses"


def test_months_are_replaced_added_and_emptied(place: Place) -> None:
    warehouse, files = place
    files.load(
        warehouse, files.month(AUSTIN, "2024-02", [("1", 1), ("2", 2)]), files.month(AUSTIN, "2024-03", [("3", 1)])
    )
    before = warehouse.content_versions([("warehouse", AUSTIN)])
    assert warehouse.month_rows(AUSTIN) == {"2024-02": 2, "2024-03": 1}

    files.load(
        warehouse,
        files.month(AUSTIN, "2024-02", [], "b"),
        files.month(AUSTIN, "2024-03", [("4", 5), ("5", 6)], "b"),
        files.month(AUSTIN, "2024-04", [("6", 30)]),
    )
    assert warehouse.month_rows(AUSTIN) == {"2024-03": 2, "2024-04": 1}
    assert warehouse.month_versions()[AUSTIN] == {
        "2024-02": LedgerEntry("b", 0),
        "2024-03": LedgerEntry("b", 2),
        "2024-04": LedgerEntry("a", 1),
    }
    rows = warehouse.read(f"select incident_id, occurred_date from {warehouse.table('warehouse', AUSTIN)} order by 1")
    assert rows == [("4", date(2024, 3, 5)), ("5", date(2024, 3, 6)), ("6", date(2024, 4, 30))]
    assert warehouse.content_versions([("warehouse", AUSTIN)]) != before
    fetched = warehouse.read(f"select distinct fetched_at from {warehouse.table('warehouse', 'month_ledger')}")
    assert fetched == [(datetime(2026, 1, 2, 3, 4, 5),)]


def test_files_with_other_rows_than_their_manifest_says_change_nothing(place: Place) -> None:
    warehouse, files = place
    files.load(warehouse, files.month(NIBRS, "2024-03", [("1", 1)]))
    manifest, _ = files.month(NIBRS, "2024-03", [("1", 1), ("2", 2)], "b")
    _, short = files.month(NIBRS, "2024-03", [("9", 1)], "b")
    with pytest.raises(ReconciliationError, match=r"2024-03: the files hold 1 rows.*their manifest says 2"):
        files.load(warehouse, (manifest, short))
    assert warehouse.month_versions()[NIBRS] == {"2024-03": LedgerEntry("a", 1)}
    assert warehouse.read(f"select offense_id from {warehouse.table('warehouse', NIBRS)}") == [("1",)]


def test_look_ups_keep_their_order_and_their_repeated_codes(place: Place) -> None:
    warehouse, _ = place
    beats = LOOKUPS["san_diego_beats"]
    warehouse.replace_lookup(beats, [("111", "Clairemont", False, 1)], "a")
    rows = [("111", "O'Farrell", False, 1), ("111", 'Say "hi"?', True, 2)]
    warehouse.replace_lookup(beats, rows, "b")
    assert warehouse.read(f"select * from {warehouse.table('warehouse', beats.key)} order by position") == rows
    assert warehouse.table_versions()[beats.key] == LedgerEntry("b", 2)


def test_rows_outside_and_sets_of_models_are_noted(place: Place) -> None:
    warehouse, _ = place
    warehouse.record_outside(AUSTIN, CleanManifest("", "", "v", "", "", 3, 0, 3, 0, {}, {}, [], [], 3, ""))
    warehouse.record_table("marts", "m")
    assert warehouse.outside_versions() == {AUSTIN: LedgerEntry("v", 0)}
    assert warehouse.table_versions()["marts"] == LedgerEntry("m", 0)


def test_facts_are_asked_for_and_noted_with_their_rows(place: Place) -> None:
    warehouse, _ = place
    assert newest_facts(warehouse, date(2024, 3, 31)) == {}
    facts = warehouse.table("facts", "fct_incidents")
    warehouse.write(
        [Statement(f"create table {facts} (dataset string, month date, occurred_date date, report_date date)")]
    )
    row = f"('{CALLS}', date '2024-03-01', date '2024-03-01', date '2024-04-02')"
    warehouse.write([Statement(f"insert into {facts} values {row}, {row}")])

    warehouse.request_facts([(CALLS, "2024-02"), (CALLS, "2024-03")])
    warehouse.request_facts([(CALLS, "2024-03")])
    assert warehouse.read(f"select * from {warehouse.table('facts', 'months_to_build')}") == [(CALLS, date(2024, 3, 1))]
    built = {(CALLS, "2024-02"): "x", (CALLS, "2024-03"): "y", (AUSTIN, "2024-03"): "z"}
    with pytest.raises(WarehouseBusyError, match="another process built other months of the facts") as busy:
        warehouse.record_facts(built)
    assert busy.value.passes
    assert warehouse.facts_versions()[CALLS] == {}

    warehouse.request_facts(built)
    warehouse.record_facts(built)
    assert warehouse.facts_versions()[CALLS] == {"2024-02": LedgerEntry("x", 0), "2024-03": LedgerEntry("y", 2)}
    assert warehouse.facts_versions()[AUSTIN] == {"2024-03": LedgerEntry("z", 0)}
    assert newest_facts(warehouse, date(2024, 3, 31)) == {CALLS: (date(2024, 3, 1), None)}
    assert warehouse.table_rows(["facts"]) == {
        ("facts", "fct_incidents"): 2,
        ("facts", "month_ledger"): 3,
        ("facts", "months_to_build"): 3,
    }


def test_the_newest_event_and_ids_in_two_months_are_found(place: Place) -> None:
    warehouse, files = place
    calls = DATASETS[CALLS]
    assert newest_event(warehouse, calls, date(2024, 4, 15)) is None
    files.load(
        warehouse, files.month(CALLS, "2024-03", [("E1", 1), ("E2", 2)]), files.month(CALLS, "2024-04", [("E2", 20)])
    )
    assert newest_event(warehouse, calls, date(2024, 4, 15)) == date(2024, 3, 2)
    assert "E2 in 2024-03 and 2024-04" in str(ids_in_two_months.evaluate(warehouse, calls).description)


def test_what_was_never_made_is_named(place: Place) -> None:
    warehouse, _ = place
    with pytest.raises(NoTableError, match="mart_unknown"), warehouse.snapshot() as read:
        read(f"select * from {warehouse.table('marts', 'mart_unknown')}")
