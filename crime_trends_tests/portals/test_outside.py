"""Rows outside: what belongs to no year of a Socrata data set is fetched by itself; nothing is missed or doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crime_trends.checks.portal_total import portal_total
from crime_trends.datasets import DATASETS, Dataset
from crime_trends.errors import CrimeTrendsError, PortalError, UsageError
from crime_trends.lake.orphans import sweep_orphans
from crime_trends.lake.outside import reject_outside
from crime_trends.months import first_day, next_month
from crime_trends.portals.fetch import raw_months
from crime_trends.portals.outside import span
from crime_trends.portals.socrata_rows import outside, within
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends.sample.soql import translate_condition
from crime_trends.sample.soql_parser import Table, companion
from crime_trends_tests.portals.conftest import AUSTIN, AUSTIN_HEADER, AUSTIN_ROWS, Ingest, write_csv

LOS_ANGELES = DATASETS["los_angeles_crime_reports"]
NIBRS = DATASETS["los_angeles_nibrs_offenses"]
LOS_ANGELES_HEADER = ["dr_no", "date_rptd", "date_occ", "time_occ", "area", "area_name", "crm_cd", "crm_cd_desc"]
OUTSIDE_ROWS = [
    ["180000001", 'THEFT, "ALL"', "600", "1800-01-06T00:00:00.000", "7", "CH"],
    ["200200001", "THEFT", "600", "2002-12-31T23:59:59.000", "", ""],
    ["202700001", "THEFT", "600", "2027-01-01T00:00:00.000", "", ""],
]
THIS_YEAR = 2026


def publish(portal_dir: Path, rows: list[list[str]]) -> None:
    """Publishes other rows of Austin."""
    write_csv(portal_dir / "austin/fdj4-gpfu.csv", AUSTIN_HEADER, rows)


@pytest.fixture
def with_rows_outside(portal_dir: Path) -> list[list[str]]:
    """Austin's portal has four rows outside; the undated one is among its rows already."""
    publish(portal_dir, [*AUSTIN_ROWS, *OUTSIDE_ROWS])
    return [*OUTSIDE_ROWS, AUSTIN_ROWS[-1]]


def rejects(ingest: Ingest, dataset: Dataset = AUSTIN) -> list[tuple[object, ...]]:
    """The rejects that the rows outside are, as their file holds them."""
    manifest = reject_outside(ingest.lake, dataset)
    files = [str(ingest.lake.path(file.path)) for file in manifest.rejected_files]
    with duckdb.connect() as connection:
        found = connection.execute("select reason, row_id, month, raw from read_parquet(?) order by row_id", [files])
        return found.fetchall()


def check(ingest: Ingest, dataset: Dataset = AUSTIN) -> dg.AssetCheckResult:
    return portal_total.evaluate(ingest.lake, dataset)


def edges() -> list[datetime]:
    """The first and the last moment of each month in which a span or a year begins or ends, and their neighbors."""
    months = {"2015-01", "2020-01"}
    for dataset in (AUSTIN, LOS_ANGELES, NIBRS):
        for source in dataset.socrata_sources:
            first, last = span(dataset, source, THIS_YEAR)
            months |= {first, next_month(last)}
    starts = [datetime.combine(first_day(month), datetime.min.time()) for month in months]
    return [start + timedelta(milliseconds=shift) for start in starts for shift in (-1, 0, 1)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.none()
        | st.sampled_from(edges())
        | st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
        min_size=1,
        max_size=40,
    )
)
def test_every_row_lies_in_one_year_or_outside_and_never_in_two(moments: list[datetime | None]) -> None:
    table = Table("rows", ("occ",), (), frozenset({"occ"}))
    with duckdb.connect() as connection:
        connection.execute(f'create table rows (occ varchar, "{companion("occ")}" timestamp)')
        connection.executemany("insert into rows values (?, ?)", [(str(moment), moment) for moment in moments])
        for dataset in (AUSTIN, LOS_ANGELES, NIBRS):
            for source in dataset.socrata_sources:
                years = range(source.first_year, (source.last_year or THIS_YEAR) + 1)
                held = [raw_months(dataset, year) for year in years]
                wheres = [within("occ", months[0], months[-1]) for months in held]
                wheres.append(outside("occ", *span(dataset, source, THIS_YEAR)))
                conditions = [translate_condition(where, table) for where in wheres]
                times = " + ".join(f"coalesce(({condition})::integer, 0)" for condition, _ in conditions)
                values = [value for _, bound in conditions for value in bound]
                assert connection.execute(f"select distinct {times} from rows", values).fetchall() == [(1,)]


def test_rows_outside_are_one_csv_and_their_manifest_knows_the_total(
    ingest: Ingest, with_rows_outside: list[list[str]]
) -> None:
    result = ingest.new().fetch_outside(AUSTIN)
    manifest = result.manifest
    assert (result.status, manifest.rows, manifest.months) == ("fetched", 4, {})
    assert manifest == ingest.lake.raw_manifest("austin_crime_reports_outside", "")
    assert manifest.portal_rows is not None
    assert vars(manifest.portal_rows) == {"total": 17, "years": {"2022": 1, "2023": 12}, "outside": 4}
    text = ingest.lake.path(manifest.files[0].path).read_text()
    assert all(row[0] in text for row in with_rows_outside)
    assert "202200001" not in text


def test_years_and_rows_outside_hold_every_row_once(ingest: Ingest, with_rows_outside: list[list[str]]) -> None:
    run = ingest.new()
    rows = [run.fetch_year(AUSTIN, year).manifest.rows for year in (2003, 2022, 2023, 2026)]
    assert [*rows, run.fetch_outside(AUSTIN).manifest.rows] == [0, 1, 12, 0, 4]
    assert check(ingest).passed


def test_nothing_is_downloaded_while_the_portal_is_the_same(
    ingest: Ingest, portal: SamplePortal, with_rows_outside: list[list[str]]
) -> None:
    ingest.new().fetch_outside(AUSTIN)
    before = ingest.lake_state()
    portal.requests.clear()
    assert ingest.new().fetch_outside(AUSTIN).status == "unchanged"
    assert [request.target for request in portal.requests] == ["/austin/api/views/fdj4-gpfu.json"]
    assert ingest.lake_state() == before


def test_a_change_elsewhere_keeps_the_same_file_and_counts_anew(ingest: Ingest, portal_dir: Path) -> None:
    first = ingest.new().fetch_outside(AUSTIN).manifest
    publish(portal_dir, [*AUSTIN_ROWS, ["202300099", "THEFT", "600", "2023-02-28T00:00:00.000", "0", "BA"]])
    second = ingest.new().fetch_outside(AUSTIN).manifest
    assert second.undated_checksum == first.undated_checksum
    assert second.portal_rows is not None
    assert second.portal_rows.years == {"2022": 1, "2023": 13}


def test_at_new_year_the_rows_of_the_new_year_move_into_it(ingest: Ingest, with_rows_outside: list[list[str]]) -> None:
    assert ingest.new().fetch_outside(AUSTIN).manifest.rows == 4
    ingest.today = date(2027, 1, 1)
    assert ingest.new().plan_outside(AUSTIN).fetch
    assert ingest.new().fetch_outside(AUSTIN).manifest.rows == 3
    assert ingest.new().fetch_year(AUSTIN, 2027).manifest.rows == 1
    assert check(ingest).passed


def test_no_row_outside_is_an_empty_partition(ingest: Ingest, portal_dir: Path) -> None:
    publish(portal_dir, AUSTIN_ROWS[:-1])
    result = ingest.new().fetch_outside(AUSTIN)
    assert (result.status, result.manifest.files) == ("empty", [])
    manifest = reject_outside(ingest.lake, AUSTIN)
    assert (manifest.rejected_rows, manifest.rejected_files, manifest.rejections) == (0, [], {})
    assert ingest.new().fetch_outside(AUSTIN).status == "unchanged"


@pytest.mark.parametrize(
    ("faults", "problem"),
    [
        ([Fault("drop_rows", path=r"\.csv")], "expected 4, got 3"),
        ([Fault("status", path=r"\.csv", status=500)], "got status 500"),
        ([Fault("drop_column", column="occ_date")], "occ_date"),
        ([Fault("touch", path=r"\.csv", after=page) for page in range(3)], "stay the same during the download"),
    ],
    ids=["rows_left_out", "500_for_ever", "needed_column_gone", "changing_all_the_time"],
)
def test_what_is_not_whole_leaves_the_last_good_rows(
    ingest: Ingest, portal: SamplePortal, with_rows_outside: list[list[str]], faults: list[Fault], problem: str
) -> None:
    ingest.new().fetch_outside(AUSTIN)
    before = ingest.lake_state()
    for fault in faults:
        portal.faults.add(fault)
    with pytest.raises(PortalError) as failed:
        ingest.new().fetch_outside(AUSTIN, force=True)
    assert problem in str(failed.value)
    assert "\n" not in str(failed.value)
    assert ingest.lake_state() == before


def test_a_date_that_only_the_portal_can_not_read_is_refused(ingest: Ingest, portal_dir: Path) -> None:
    publish(portal_dir, [*AUSTIN_ROWS, ["202300098", "THEFT", "600", "2023 Feb 28", "0", "BA"]])
    with pytest.raises(PortalError, match=r"dated within these months, got 1, in 2023-02"):
        ingest.new().fetch_outside(AUSTIN)


def test_a_home_of_the_other_kind_is_refused(ingest: Ingest, portal_dir: Path) -> None:
    ingest.new().fetch_outside(AUSTIN)
    (portal_dir / "SYNTHETIC").touch()
    with pytest.raises(UsageError, match="synthetic"):
        ingest.new().fetch_outside(AUSTIN, force=True)


def test_two_sources_each_with_what_lies_outside_of_its_own_years(
    make_ingest: Callable[..., Ingest], portal_dir: Path
) -> None:
    def row(number: int, day: str) -> list[str]:
        return [f"0{number}", day, day, "0001", "03", "Southwest", "510", "VEHICLE - STOLEN"]

    older = ["2009-12-31T00:00:00.000", "2010-01-01T00:00:00.000", "2020-01-01T00:00:00.000", ""]
    newer = ["2019-12-31T00:00:00.000", "2020-01-01T00:00:00.000", "2025-01-01T00:00:00.000"]
    rows = [row(number, day) for number, day in enumerate(newer, start=20)]
    write_csv(portal_dir / "los_angeles/2nrs-mtv8.csv", LOS_ANGELES_HEADER, rows)
    with SamplePortal(portal_dir) as portal:
        ingest = make_ingest(portal)
        alone = ingest.new().fetch_outside(LOS_ANGELES).manifest
        assert (alone.rows, alone.note) == (2, "the portal does not have 63jg-8b9z")
        assert ingest.new().fetch_outside(LOS_ANGELES).status == "unchanged"

        rows = [row(number, day) for number, day in enumerate(older, start=10)]
        write_csv(
            portal_dir / "los_angeles/63jg-8b9z.csv", [*LOS_ANGELES_HEADER, "drone_used"], [[*r, "N"] for r in rows]
        )
        both = ingest.new().fetch_outside(LOS_ANGELES).manifest
        assert (both.rows, both.source, both.note) == (5, "63jg-8b9z, 2nrs-mtv8", "")
        assert both.portal_rows is not None
        assert vars(both.portal_rows) == {"total": 7, "years": {"2010": 1, "2020": 1}, "outside": 5}
        found = rejects(ingest, LOS_ANGELES)
        assert [row_id for _, row_id, _, _ in found] == ["010", "012", "013", "020", "022"]
        assert ["drone_used" in str(raw) for *_, raw in found] == [True, True, True, False, False]

        (portal_dir / "los_angeles/63jg-8b9z.csv").unlink()
        before = ingest.lake_state()
        with pytest.raises(PortalError, match=r"withdrawn.*63jg-8b9z"):
            ingest.new().fetch_outside(LOS_ANGELES)
        assert ingest.lake_state() == before


def test_a_portal_without_any_source_is_named(ingest: Ingest) -> None:
    with pytest.raises(PortalError, match=r"does not have .*63jg-8b9z"):
        ingest.new().fetch_outside(LOS_ANGELES)


def test_rejects_keep_each_row_as_it_was_served(ingest: Ingest, with_rows_outside: list[list[str]]) -> None:
    ingest.new().fetch_outside(AUSTIN)
    found = rejects(ingest)
    assert [row[:3] for row in found] == [("no_month", key, None) for key in sorted(r[0] for r in with_rows_outside)]
    raw = json.loads(str(found[0][3]))
    assert raw.pop(":id")
    assert raw.pop(":updated_at")
    assert raw == dict(zip(AUSTIN_HEADER, OUTSIDE_ROWS[0], strict=True))
    assert "occ_date" not in json.loads(str(found[-2][3])), "an empty field is left out"


def test_rejects_follow_the_raw_rows_and_nothing_else(ingest: Ingest, portal_dir: Path) -> None:
    with pytest.raises(CrimeTrendsError, match="never fetched"):
        reject_outside(ingest.lake, AUSTIN)
    ingest.new().fetch_outside(AUSTIN)
    first = reject_outside(ingest.lake, AUSTIN)
    assert reject_outside(ingest.lake, AUSTIN) == first
    again = reject_outside(ingest.lake, AUSTIN, force=True)
    assert again.version == first.version
    assert again.rejected_files != first.rejected_files

    publish(portal_dir, [*AUSTIN_ROWS, *OUTSIDE_ROWS])
    ingest.new().fetch_outside(AUSTIN)
    changed = reject_outside(ingest.lake, AUSTIN)
    assert (changed.rejected_rows, changed.portal_rows) == (4, 4)
    assert changed.version != first.version


def test_the_check_names_years_that_were_never_fetched_and_those_that_differ(
    ingest: Ingest, portal_dir: Path, with_rows_outside: list[list[str]]
) -> None:
    assert not check(ingest).passed
    ingest.new().fetch_year(AUSTIN, 2023)
    ingest.new().fetch_outside(AUSTIN)
    result = check(ingest)
    assert result.passed
    assert result.metadata["years_never_fetched"].value == "2022"
    assert result.metadata["rows_fetched"].value == 16

    publish(portal_dir, [*AUSTIN_ROWS[1:], *OUTSIDE_ROWS])
    ingest.new().fetch_outside(AUSTIN)
    result = check(ingest)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.description == "fetch again 2023 (12 rows fetched, 11 at the portal)"


def test_the_check_fails_when_the_portal_has_rows_in_no_year(
    ingest: Ingest, portal: SamplePortal, with_rows_outside: list[list[str]]
) -> None:
    portal.faults.add(Fault("wrong_count", path=r"date_trunc_ym", rows=-1))
    ingest.new().fetch_outside(AUSTIN)
    result = check(ingest)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "miss the portal's 17 rows by +" in str(result.description)


@pytest.mark.parametrize("text", ["", '{"dataset": "austin', "[]", '{"unknown": 1}', "\udcff"])
def test_a_damaged_manifest_is_named_with_what_to_do(ingest: Ingest, text: str) -> None:
    ingest.new().fetch_outside(AUSTIN)
    reject_outside(ingest.lake, AUSTIN)
    for folder, read in (
        ("raw/austin_crime_reports_outside", lambda: ingest.new().fetch_outside(AUSTIN)),
        ("clean/austin_crime_reports_outside_rejects", lambda: reject_outside(ingest.lake, AUSTIN)),
    ):
        path = ingest.lake.path(folder) / "manifest.json"
        good = path.read_bytes()
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(CrimeTrendsError, match=rf"{path} is damaged .*delete it and run again") as failed:
            read()
        assert "\n" not in str(failed.value)
        path.write_bytes(good)
    path = ingest.lake.path("raw/austin_crime_reports_outside/manifest.json")
    path.unlink()
    assert ingest.new().fetch_outside(AUSTIN).status == "fetched"


def test_only_what_a_manifest_names_stays(ingest: Ingest) -> None:
    ingest.new().fetch_outside(AUSTIN)
    manifest = reject_outside(ingest.lake, AUSTIN)
    kept = ingest.lake.path(manifest.rejected_files[0].path)
    orphan = kept.with_name("orphan.parquet")
    orphan.touch()
    sweep_orphans(ingest.lake, manifest.dataset, grace_seconds=-1)
    assert (kept.exists(), orphan.exists()) == (True, False)
