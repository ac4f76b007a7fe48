"""What a look at a portal finds changed since the last one, asked of a real HTTP server; nothing is downloaded."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS, LOOKUPS, Dataset
from crime_trends.errors import PortalError, UsageError
from crime_trends.months import current_month, trailing_months, years_of
from crime_trends.portals.changes import (
    GONE,
    OUTSIDE,
    Changes,
    asked_in_vain,
    changes_of,
    lookup_is_held,
    lookup_version,
    years_behind,
)
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.portals.conftest import CALLS_HEADER, Ingest, write_csv

LOS_ANGELES, CALLS, AUSTIN = (
    DATASETS[key] for key in ("los_angeles_crime_reports", "san_diego_calls_for_service", "austin_crime_reports")
)
THIS_YEAR = current_month()[:4]
RECENT = years_of(trailing_months(CALLS))
MOMENT = 1_700_000_000
REPORTS_HEADER = ["DR_NO", "DATE OCC", "TIME OCC", "Crm Cd", "Crm Cd Desc"]


def write_calls(folder: Path, year: str, rows: int) -> None:
    """San Diego's file of a year."""
    file = folder / f"san_diego/police_calls_for_service/pd_calls_for_service_{year}_datasd.csv"
    write_csv(
        file, CALLS_HEADER, [[f"E{n}", f"{year}-01-01 00:00:05", "1", "FD", "K", "523", "2"] for n in range(rows)]
    )


def write_reports(folder: Path, rows: dict[str, int], moments: dict[str, int] | int) -> None:
    """Los Angeles's reports of 2020 and later, a file per year; ``:updated_at`` is the file's time of change."""
    for year, count in rows.items():
        file = folder / f"los_angeles/2nrs-mtv8_{year}.csv"
        lines = [[f"{year}{n}", f"01/08/{year} 12:00:00 AM", "0930", "510", "STOLEN"] for n in range(count)]
        write_csv(file, REPORTS_HEADER, lines)
        moment = moments if isinstance(moments, int) else moments[year]
        os.utime(file, (moment, moment))


def write_frozen(folder: Path) -> None:
    """Los Angeles's reports up to 2019."""
    row = ["1", "01/08/2012 12:00:00 AM", "0930", "510", "STOLEN"]
    write_csv(folder / "los_angeles/63jg-8b9z.csv", REPORTS_HEADER, [row])


@pytest.fixture
def portal_dir(tmp_path: Path) -> Path:
    """A portal folder with two cities."""
    folder = tmp_path / "portal"
    for year in ("2019", THIS_YEAR):
        write_calls(folder, year, 3)
    write_frozen(folder)
    write_reports(folder, {"2020": 4, "2021": 5, "2022": 6}, {"2020": MOMENT, "2021": MOMENT + 1, "2022": MOMENT + 2})
    return folder


@pytest.fixture
def look(ingest: Ingest) -> Callable[..., Changes]:
    """Looks at the portal of a dataset."""

    def look(dataset: Dataset, before: Changes | None = None, days: int = 0) -> Changes:
        return changes_of(ingest.settings, ingest.lake, dataset, before.cursor if before else None, in_days(days))

    return look


def in_days(days: int) -> datetime:
    """So many days from now, UTC."""
    return datetime.now(UTC) + timedelta(days=days)


def built(ingest: Ingest, dataset: Dataset, *years: int) -> None:
    """Fetches years, so that they count as built."""
    for year in years:
        ingest.new().fetch_year(dataset, year)


def test_the_first_look_takes_the_recent_years_that_the_portal_has(look: Callable[..., Changes]) -> None:
    first = look(CALLS)
    assert first.is_first
    assert list(first.years) == [THIS_YEAR]
    assert "backfill" in first.summary
    again = look(CALLS, first)
    assert (again.years, again.unbuilt, again.is_first) == ({}, [], False)
    assert again.summary == "nothing new at the portal"


def test_a_dataset_that_ended_has_no_recent_years(look: Callable[..., Changes]) -> None:
    first = look(LOS_ANGELES)
    assert first.years == {}
    assert first.outside


def test_only_a_few_small_requests_are_made_and_nothing_is_downloaded(
    look: Callable[..., Changes], portal: SamplePortal, ingest: Ingest
) -> None:
    first = look(LOS_ANGELES)
    assert len(portal.requests) == 4
    portal.requests.clear()
    look(LOS_ANGELES, first)
    assert [request.target for request in portal.requests] == [
        f"/los_angeles/api/views/{id}.json" for id in ("63jg-8b9z", "2nrs-mtv8")
    ]
    look(CALLS)
    assert not any(".csv?" in request.target for request in portal.requests)
    assert {request.method for request in portal.requests if "datasd.csv" in request.target} == {"HEAD"}
    assert ingest.lake_state() == {}


def test_of_the_years_that_changed_only_built_ones_are_asked_for(
    look: Callable[..., Changes], ingest: Ingest, portal_dir: Path
) -> None:
    built(ingest, LOS_ANGELES, 2020, 2021)
    first = look(LOS_ANGELES)
    write_reports(portal_dir, {"2021": 5, "2022": 7}, MOMENT + 60)
    changes = look(LOS_ANGELES, first)
    assert list(changes.years) == ["2021"]
    assert changes.unbuilt == ["2022"]
    assert "2022" in changes.summary
    assert changes.outside
    assert look(LOS_ANGELES, changes).years == {}


def test_the_version_tells_contents_apart(look: Callable[..., Changes], ingest: Ingest, portal_dir: Path) -> None:
    built(ingest, CALLS, 2019)
    first = look(CALLS)
    versions = []
    for rows in (4, 5, 4):
        write_calls(portal_dir, "2019", rows)
        os.utime(next(portal_dir.rglob("*2019_datasd.csv")), (MOMENT + rows, MOMENT + rows))
        versions.append(look(CALLS, first).years["2019"])
    assert versions[0] == versions[2] != versions[1]


def test_a_set_published_whole_again_is_left_to_the_sweeps_but_for_changed_counts(
    look: Callable[..., Changes], ingest: Ingest, portal_dir: Path
) -> None:
    built(ingest, LOS_ANGELES, 2020, 2021, 2022)
    first = look(LOS_ANGELES)
    write_reports(portal_dir, {"2020": 4, "2021": 9, "2022": 6}, MOMENT + 60)
    changes = look(LOS_ANGELES, first)
    assert list(changes.years) == ["2021"]
    assert changes.waiting == ["2020", "2022"]
    assert "weekly sweeps: 2020, 2022" in changes.summary
    assert years_behind(ingest.lake, LOS_ANGELES, changes.cursor) == ["2020", "2021", "2022"]
    built(ingest, LOS_ANGELES, 2021, 2022)
    assert years_behind(ingest.lake, LOS_ANGELES, look(LOS_ANGELES, changes).cursor) == ["2020"]


def test_a_year_that_was_fetched_since_the_last_look_is_not_asked_for_again(
    look: Callable[..., Changes], ingest: Ingest
) -> None:
    first = look(CALLS)
    built(ingest, CALLS, 2019)
    assert look(CALLS, first).years == {}


def test_a_year_that_no_run_brought_is_asked_for_again_each_day_until_it_is_in_the_lake(
    look: Callable[..., Changes], ingest: Ingest, portal_dir: Path, portal: SamplePortal
) -> None:
    built(ingest, CALLS, 2019)
    first = look(CALLS)
    write_calls(portal_dir, "2019", 4)
    asked = look(CALLS, first)
    assert (list(asked.years), years_behind(ingest.lake, CALLS, asked.cursor)) == (["2019"], ["2019", THIS_YEAR])
    assert look(CALLS, asked).years == {}
    assert asked_in_vain(ingest.lake, CALLS, asked.cursor, in_days(0)) is None

    portal.requests.clear()
    again = asked_in_vain(ingest.lake, CALLS, asked.cursor, in_days(1))
    assert again is not None
    assert (again.years, portal.requests) == (asked.years | {THIS_YEAR: first.years[THIS_YEAR]}, [])
    assert again.summary == f"asked for again, since no run brought it: 2019, {THIS_YEAR}"
    assert asked_in_vain(ingest.lake, CALLS, again.cursor, in_days(1)) is None
    assert look(CALLS, again, days=2).years == again.years

    built(ingest, CALLS, 2019, int(THIS_YEAR))
    assert asked_in_vain(ingest.lake, CALLS, again.cursor, in_days(9)) is None
    assert look(CALLS, again, days=9).years == {}
    assert years_behind(ingest.lake, CALLS, again.cursor) == []


def test_rows_outside_that_no_run_brought_are_asked_for_again(look: Callable[..., Changes], ingest: Ingest) -> None:
    first = look(LOS_ANGELES)
    again = asked_in_vain(ingest.lake, LOS_ANGELES, first.cursor, in_days(1))
    assert again is not None
    assert (again.outside, again.again, again.years) == (first.outside, [OUTSIDE], {})
    ingest.new().fetch_outside(LOS_ANGELES)
    assert asked_in_vain(ingest.lake, LOS_ANGELES, first.cursor, in_days(1)) is None


def test_a_new_years_file_is_asked_for_when_it_appears(look: Callable[..., Changes], portal_dir: Path) -> None:
    missing = RECENT[0]
    first = look(CALLS)
    assert missing not in first.years
    write_calls(portal_dir, missing, 3)
    assert list(look(CALLS, first).years) == [missing]


def test_a_built_year_that_the_portal_takes_away_is_asked_for_once(
    look: Callable[..., Changes], ingest: Ingest, portal_dir: Path
) -> None:
    built(ingest, CALLS, 2019)
    first = look(CALLS)
    next(portal_dir.rglob("*2019_datasd.csv")).unlink()
    changes = look(CALLS, first)
    assert changes.years == {"2019": GONE}
    assert "2019" not in look(CALLS, changes, days=2).years
    write_calls(portal_dir, "2019", 3)
    assert list(look(CALLS, changes).years) == ["2019"]


def test_a_withdrawn_data_set_does_not_stop_the_others(
    look: Callable[..., Changes], ingest: Ingest, portal_dir: Path
) -> None:
    built(ingest, LOS_ANGELES, 2012, 2020)
    first = look(LOS_ANGELES)
    (portal_dir / "los_angeles/63jg-8b9z.csv").unlink()
    write_reports(portal_dir, {"2020": 9}, MOMENT + 60)
    changes = look(LOS_ANGELES, first)
    assert changes.years["2012"] == GONE
    assert list(changes.years) == ["2012", "2020"]
    assert look(LOS_ANGELES, changes).years == {}


def test_a_portal_that_fails_is_asked_once_and_named(look: Callable[..., Changes], portal: SamplePortal) -> None:
    portal.faults.add(Fault("status", city="los_angeles", status=503))
    with pytest.raises(PortalError, match=r"Los Angeles.*503"):
        look(LOS_ANGELES)
    assert len(portal.requests) == 1


def test_the_other_kind_of_portal_is_refused(look: Callable[..., Changes], ingest: Ingest, portal_dir: Path) -> None:
    built(ingest, CALLS, 2019)
    (portal_dir / "SYNTHETIC").touch()
    with pytest.raises(UsageError, match="synthetic"):
        look(CALLS)


def test_a_look_up_has_another_version_when_one_of_its_files_has(ingest: Ingest, portal_dir: Path) -> None:
    lookup = LOOKUPS["san_diego_call_types"]

    def version() -> str:
        return lookup_version(ingest.settings, ingest.lake, lookup)

    current = portal_dir / "san_diego" / lookup.files[0].path
    write_csv(current, ["call_type", "description"], [["415", "DISTURBANCE"]])
    first = version()
    assert version() == first
    assert not lookup_is_held(ingest.lake, lookup, first)
    ingest.new().fetch_lookup(lookup)
    assert lookup_is_held(ingest.lake, lookup, first)
    write_csv(portal_dir / "san_diego" / lookup.files[1].path, ["call_type", "description"], [["10", "OLD"]])
    assert version() != first
    assert not lookup_is_held(ingest.lake, lookup, version())


def test_the_cursor_is_json(look: Callable[..., Changes]) -> None:
    assert json.loads(look(LOS_ANGELES).cursor)["2nrs-mtv8"]["years"]["2021"][0] == 5
