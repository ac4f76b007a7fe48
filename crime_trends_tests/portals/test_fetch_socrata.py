"""Raw years from a Socrata portal: pages, counts, what changed, and what is refused."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS
from crime_trends.errors import PortalError
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.portals.conftest import AUSTIN, AUSTIN_HEADER, AUSTIN_ROWS, Ingest, write_csv

PAGES = r"/resource/fdj4-gpfu\.csv"


def pages_asked(portal: SamplePortal) -> int:
    return sum(".csv" in request.target for request in portal.requests)


def rewrite(portal_dir: Path, rows: list[list[str]]) -> None:
    """Publishes other rows; the file's time is another even within a clock tick."""
    file = portal_dir / "austin/fdj4-gpfu.csv"
    before = file.stat().st_mtime_ns
    write_csv(file, AUSTIN_HEADER, rows)
    os.utime(file, ns=(before + 2_000_000_000, before + 2_000_000_000))


def stored_rows(ingest: Ingest, path: str) -> list[dict[str, str]]:
    with ingest.lake.path(path).open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_year_becomes_one_csv_and_its_manifest(ingest: Ingest) -> None:
    result = ingest.new().fetch_year(AUSTIN, 2023)
    manifest = result.manifest
    assert result.status == "fetched"
    assert result.changed_months == ["2023-01", "2023-02", "2023-03"]
    assert manifest == ingest.lake.raw_manifest("austin_crime_reports", "2023")
    assert manifest.header == [":id", ":updated_at", *AUSTIN_HEADER]
    assert {month: (entry.rows, entry.portal_rows) for month, entry in manifest.months.items()} == {
        "2023-01": (4, 4),
        "2023-02": (4, 4),
        "2023-03": (4, 4),
    }
    assert (manifest.rows, manifest.undated_rows, manifest.source) == (12, 0, "fdj4-gpfu")
    assert manifest.synthetic is False
    rows = stored_rows(ingest, manifest.files[0].path)
    assert sorted(row["incident_report_number"] for row in rows) == [f"2023{number:05}" for number in range(12)]
    assert rows[0]["crime_type"] == "BURGLARY, OF VEHICLE"


@pytest.mark.parametrize(("page_rows", "pages"), [(50, 1), (12, 2), (6, 3), (5, 3), (1, 13)])
def test_pages_give_the_same_file_and_a_full_page_asks_for_the_next(
    make_ingest: Callable[..., Ingest], portal: SamplePortal, page_rows: int, pages: int
) -> None:
    ingest = make_ingest(portal, socrata_page_rows=page_rows)
    manifest = ingest.new().fetch_year(AUSTIN, 2023).manifest
    ids = [row[":id"] for row in stored_rows(ingest, manifest.files[0].path)]
    assert len(ids) == len(set(ids)) == 12
    assert pages_asked(portal) == pages
    assert not list(ingest.settings.lake_dir.rglob("*.page"))


def test_a_year_without_change_is_not_downloaded(ingest: Ingest, portal: SamplePortal) -> None:
    first = ingest.new().fetch_year(AUSTIN, 2023)
    before = ingest.lake_state()
    portal.requests.clear()
    again = ingest.new().fetch_year(AUSTIN, 2023)
    assert (again.status, again.manifest, again.changed_months) == ("unchanged", first.manifest, [])
    assert ingest.lake_state() == before
    assert [request.target for request in portal.requests] == ["/austin/api/views/fdj4-gpfu.json"]


def test_a_change_of_another_year_downloads_nothing_and_asks_once_for_all_years(
    ingest: Ingest, portal: SamplePortal, portal_dir: Path
) -> None:
    for year in (2022, 2023):
        ingest.new().fetch_year(AUSTIN, year)
    before = ingest.lake_state()
    portal.requests.clear()
    portal.faults.add(Fault("touch", path="/api/views"))
    run = ingest.new()
    assert [run.fetch_year(AUSTIN, year).status for year in (2022, 2023)] == ["unchanged", "unchanged"]
    assert ingest.lake_state() == before
    assert ["/resource/" in request.target for request in portal.requests] == [False, True]


def test_a_late_row_replaces_its_month_only(ingest: Ingest, portal_dir: Path) -> None:
    first = ingest.new().fetch_year(AUSTIN, 2023).manifest
    rewrite(portal_dir, [*AUSTIN_ROWS, ["202300099", "THEFT", "600", "2023-02-28T00:00:00.000", "0", "BA"]])
    result = ingest.new().fetch_year(AUSTIN, 2023)
    assert result.changed_months == ["2023-02"]
    assert result.manifest.rows == 13
    assert result.manifest.months["2023-01"] == first.months["2023-01"]


def test_a_changed_value_is_noticed_by_the_time_of_change(ingest: Ingest, portal_dir: Path) -> None:
    ingest.new().fetch_year(AUSTIN, 2023)
    changed = [[*row] for row in AUSTIN_ROWS]
    changed[0][1] = "UNFOUNDED"
    rewrite(portal_dir, changed)
    result = ingest.new().fetch_year(AUSTIN, 2023)
    assert (result.status, result.changed_months) == ("fetched", [AUSTIN_ROWS[0][3][:7]])


def test_rows_that_are_only_touched_replace_the_manifest_and_no_month(ingest: Ingest, portal_dir: Path) -> None:
    first = ingest.new().fetch_year(AUSTIN, 2023).manifest
    rewrite(portal_dir, AUSTIN_ROWS)
    result = ingest.new().fetch_year(AUSTIN, 2023)
    assert (result.status, result.changed_months) == ("fetched", [])
    assert result.manifest.portal_version != first.portal_version
    assert result.manifest.months == first.months
    assert ingest.new().fetch_year(AUSTIN, 2023).status == "unchanged"


def test_a_month_that_vanished_is_a_changed_month(ingest: Ingest, portal_dir: Path) -> None:
    ingest.new().fetch_year(AUSTIN, 2023)
    rewrite(portal_dir, [row for row in AUSTIN_ROWS if row[3][:7] != "2023-03"])
    result = ingest.new().fetch_year(AUSTIN, 2023)
    assert result.changed_months == ["2023-03"]
    assert set(result.manifest.months) == {"2023-01", "2023-02"}


def test_force_downloads_and_keeps_the_same_bytes(ingest: Ingest, portal: SamplePortal) -> None:
    first = ingest.new().fetch_year(AUSTIN, 2023).manifest
    portal.requests.clear()
    result = ingest.new().fetch_year(AUSTIN, 2023, force=True)
    assert pages_asked(portal) == 1
    assert (result.status, result.changed_months, result.manifest.files) == ("fetched", [], first.files)
    assert len(list(ingest.settings.lake_dir.rglob("*.csv"))) == 1


def test_only_the_span_of_a_dataset_is_fetched(make_ingest: Callable[..., Ingest], portal_dir: Path) -> None:
    header = ["uniquenibrno", "caseno", "date_occ", "time_occ", "nibr_code"]
    days = ["2024-02-29T23:59:00.000", "2024-03-01T00:00:00.000", "2024-12-31T00:00:00.000", "1800-01-06T00:00:00.000"]
    rows = [[f"1_{number}", "1", day, "0000", "240"] for number, day in enumerate(days)]
    write_csv(portal_dir / "los_angeles/k7nn-b2ep.csv", header, rows)
    with SamplePortal(portal_dir) as portal:
        ingest = make_ingest(portal)
        manifest = ingest.new().fetch_year(DATASETS["los_angeles_nibrs_offenses"], 2024).manifest
    assert {month: entry.rows for month, entry in manifest.months.items()} == {"2024-03": 1, "2024-12": 1}
    assert manifest.undated_rows == 0


def test_a_year_without_rows_is_an_empty_partition(ingest: Ingest) -> None:
    result = ingest.new().fetch_year(AUSTIN, 2026)
    assert (result.status, result.manifest.files) == ("empty", [])
    assert result.manifest.note == "the portal has no rows of 2026 yet"
    before = ingest.lake_state()
    assert ingest.new().fetch_year(AUSTIN, 2026).status == "unchanged"
    assert ingest.lake_state() == before


def test_a_year_whose_rows_are_gone_is_withdrawn(ingest: Ingest, portal_dir: Path) -> None:
    ingest.new().fetch_year(AUSTIN, 2022)
    before = ingest.lake_state()
    rewrite(portal_dir, [row for row in AUSTIN_ROWS if not row[3].startswith("2022")])
    for _ in range(2):
        with pytest.raises(PortalError, match=r"austin_crime_reports 2022: withdrawn: .* 1 rows were fetched"):
            ingest.new().fetch_year(AUSTIN, 2022)
    assert ingest.lake_state() == before


@pytest.mark.parametrize("status", [403, 404])
def test_a_data_set_that_is_gone_is_withdrawn_or_never_was(ingest: Ingest, portal: SamplePortal, status: int) -> None:
    ingest.new().fetch_year(AUSTIN, 2023)
    before = ingest.lake_state()
    portal.faults.add(Fault("status", status=status))
    with pytest.raises(PortalError, match=r"austin_crime_reports 2023: withdrawn: .*fdj4-gpfu of 2023, of which 12"):
        ingest.new().fetch_year(AUSTIN, 2023)
    with pytest.raises(PortalError, match=r"austin_crime_reports 2022: the portal does not have .*fdj4-gpfu of 2022"):
        ingest.new().fetch_year(AUSTIN, 2022)
    assert ingest.lake_state() == before


def test_a_row_inserted_during_the_download_starts_it_again(
    make_ingest: Callable[..., Ingest], portal: SamplePortal
) -> None:
    ingest = make_ingest(portal, socrata_page_rows=5)
    portal.faults.add(Fault("insert_row", path=PAGES, after=1))
    manifest = ingest.new().fetch_year(AUSTIN, 2023).manifest
    ids = [row[":id"] for row in stored_rows(ingest, manifest.files[0].path)]
    assert len(ids) == len(set(ids)) == manifest.rows == 13


def test_a_change_seen_only_by_its_time_starts_the_download_again(ingest: Ingest, portal: SamplePortal) -> None:
    portal.faults.add(Fault("touch", path=PAGES))
    manifest = ingest.new().fetch_year(AUSTIN, 2023).manifest
    assert pages_asked(portal) == 2
    assert ingest.new().fetch_year(AUSTIN, 2023).status == "unchanged"
    assert manifest.rows == 12


def test_data_that_change_in_every_attempt_fail(make_ingest: Callable[..., Ingest], portal: SamplePortal) -> None:
    ingest = make_ingest(portal, socrata_page_rows=8)
    ingest.new().fetch_year(AUSTIN, 2023)
    before = ingest.lake_state()
    portal.requests.clear()
    for number in range(12):
        portal.faults.add(Fault("insert_row", path=PAGES, after=number))
    with pytest.raises(PortalError, match=r"fdj4-gpfu of 2023: expected .*got a row \(:id\) twice \(attempts: 3\)"):
        ingest.new().fetch_year(AUSTIN, 2023, force=True)
    assert pages_asked(portal) == 6
    assert ingest.lake_state() == before


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault("status", status=404), "got 404"),
        (Fault("status", status=403), "got 403"),
        (Fault("status", status=500), "got status 500"),
        (Fault("status", status=429, retry_after="1"), "got status 429"),
        (Fault("html"), "expected CSV, got text/html"),
        (Fault("html", path=r"/resource/.*\.json"), "expected JSON, got text/html"),
        (Fault("cut", bytes=300), "cut short"),
        (Fault("drop_column", column="occ_date"), "expected the columns occ_date, which are missing"),
        (Fault("drop_column", column=":id"), "expected a CSV with the column :id"),
        (Fault("drop_rows", rows=2), "2023-03: expected 4, got 3"),
        (Fault("wrong_count", path=r"/resource/"), r"2023-01: expected 5, got 4"),
    ],
)
def test_what_does_not_fit_the_contract_leaves_the_last_good_data(
    ingest: Ingest, portal: SamplePortal, portal_dir: Path, fault: Fault, problem: str
) -> None:
    ingest.new().fetch_year(AUSTIN, 2023)
    before = ingest.lake_state()
    rewrite(portal_dir, AUSTIN_ROWS)
    portal.faults.add(Fault(**{**vars(fault), "path": fault.path or PAGES}))
    with pytest.raises(PortalError) as failed:
        ingest.new().fetch_year(AUSTIN, 2023)
    assert problem in str(failed.value)
    assert "fdj4-gpfu" in str(failed.value)
    assert "\n" not in str(failed.value)
    assert ingest.lake_state() == before

    portal.clear_faults()
    assert ingest.new().fetch_year(AUSTIN, 2023).status == "fetched"


def test_a_new_column_is_named(ingest: Ingest, portal_dir: Path) -> None:
    write_csv(portal_dir / "austin/fdj4-gpfu.csv", [*AUSTIN_HEADER, "drone_used"], [[*row, "N"] for row in AUSTIN_ROWS])
    result = ingest.new().fetch_year(AUSTIN, 2023)
    assert result.new_columns == ["drone_used"]
    assert ingest.new().fetch_year(AUSTIN, 2023).new_columns == ["drone_used"]


def test_plan_says_what_a_fetch_would_do_and_writes_nothing(ingest: Ingest, portal_dir: Path) -> None:
    plan = ingest.new().plan_year(AUSTIN, 2023)
    assert (plan.fetch, plan.reason, plan.rows) == (True, "never fetched", 12)
    assert ingest.lake_state() == {}

    ingest.new().fetch_year(AUSTIN, 2023)
    plan = ingest.new().plan_year(AUSTIN, 2023)
    assert (plan.fetch, plan.reason, plan.rows) == (False, "unchanged", 12)
    assert ingest.new().plan_year(AUSTIN, 2023, force=True).reason == "forced"

    rewrite(portal_dir, AUSTIN_ROWS[1:])
    plan = ingest.new().plan_year(AUSTIN, 2023)
    assert (plan.fetch, plan.reason, plan.rows) == (True, "11 rows at the portal, 12 before", 11)
    ingest.new().fetch_year(AUSTIN, 2023)
    rewrite(portal_dir, AUSTIN_ROWS[1:])
    assert ingest.new().plan_year(AUSTIN, 2023).reason.startswith("rows changed at the portal up to 20")
    assert ingest.new().plan_year(AUSTIN, 2026).reason == "not published yet"
