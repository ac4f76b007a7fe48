"""A small portal of two cities with few rows, and a home that was filled from it once and is copied for each test."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crime_trends.datasets import BOUNDARIES
from crime_trends.sample.boundaries import geojson
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home

FIRST, LAST = "2024-03", "2024-04"
LOS_ANGELES, SAN_DIEGO = "los_angeles_crime_reports", "san_diego_calls_for_service"
DATASETS = ("--dataset", LOS_ANGELES, "--dataset", SAN_DIEGO)

LOS_ANGELES_FILE = Path("los_angeles/2nrs-mtv8_2024.csv")
SAN_DIEGO_FILE = Path("san_diego/police_calls_for_service/pd_calls_for_service_2024_datasd.csv")


def los_angeles_row(number: int, month: int, offense: str = "VEHICLE - STOLEN") -> list[str]:
    """A row as the portal's CSV writes it."""
    day = f"{month:02d}/{number % 28 + 1:02d}/2024 12:00:00 AM"
    row = [f"24{number:07d}", day, day, f"{number % 24:02d}30", "07", "Wilshire", "0784", "1", "510", offense]
    row += ["", "34", "F", "H", "101", "STREET", "", "", "IC", "Invest Cont", "510", "", "", ""]
    return [*row, "1900 S  LONGWOOD                     AV", "", "34.0375", "-118.3506"]


def san_diego_row(number: int, month: int) -> list[str]:
    """A row as the city's file writes it; every tenth call is of a type that no list has."""
    moment = f"2024-{month:02d}-{number % 28 + 1:02d} {number % 24:02d}:15:00"
    call_type = "DEF" if number % 10 == 0 else ("415", "AU1")[number % 2]
    return [f"E24{number:08d}", moment, "1", "0", "", "05TH", "AVE", "", "G", "", call_type, "K", "523", "2"]


def write_rows(file: Path, header: list[str], rows: list[list[str]]) -> None:
    """Writes a CSV file as a portal would."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


LOS_ANGELES_HEADER = [
    *("DR_NO", "Date Rptd", "DATE OCC", "TIME OCC", "AREA", "AREA NAME", "Rpt Dist No", "Part 1-2", "Crm Cd"),
    *("Crm Cd Desc", "Mocodes", "Vict Age", "Vict Sex", "Vict Descent", "Premis Cd", "Premis Desc", "Weapon Used Cd"),
    *("Weapon Desc", "Status", "Status Desc", "Crm Cd 1", "Crm Cd 2", "Crm Cd 3", "Crm Cd 4", "LOCATION"),
    *("Cross Street", "LAT", "LON"),
]
SAN_DIEGO_HEADER = [
    *("incident_num", "date_time", "day_of_week", "address_number_primary", "address_dir_primary"),
    *("address_road_primary", "address_sfx_primary", "address_dir_intersecting", "address_road_intersecting"),
    *("address_sfx_intersecting", "call_type", "disposition", "beat", "priority"),
]


def los_angeles_rows() -> list[list[str]]:
    """Forty rows in each of three months, the first of them twice; and four that belong to no month."""
    rows = [los_angeles_row(month * 100 + number, month) for month in (3, 4, 5) for number in range(40)]
    outside = [los_angeles_row(900 + number, 3) for number in range(4)]
    for row, day in zip(outside, ("", "01/06/1800", "12/31/2019", "01/01/2025"), strict=True):
        row[2] = f"{day} 12:00:00 AM" if day else ""
    return [*rows, *outside, rows[0]]


def write_portal_folder(folder: Path) -> None:
    """The portal folder of these tests."""
    write_rows(folder / LOS_ANGELES_FILE, LOS_ANGELES_HEADER, los_angeles_rows())
    calls = [san_diego_row(month * 100 + number, month) for month in (3, 4, 5) for number in range(50)]
    write_rows(folder / SAN_DIEGO_FILE, SAN_DIEGO_HEADER, calls)
    lookups = folder / "san_diego" / "police_calls_for_service"
    call_types = [["415", "DISTURBING PEACE"], ["415", "DISTURBING PEACE"], ["AU1", "AUTO THEFT"]]
    write_rows(lookups / "pd_cfs_calltypes_datasd.csv", ["call_type", "description"], call_types)
    write_rows(lookups / "pd_dispo_codes_datasd.csv", ["dispo_code", "description"], [["K", "NO REPORT REQUIRED"]])
    beats = folder / "san_diego" / "gis_police_beats" / "pd_beat_codes_list_datasd.csv"
    write_rows(beats, ["beat", "neighborhood"], [["523", "Gaslamp"]])
    for key in ("los_angeles_police_divisions", "san_diego_police_beats"):
        file = folder / BOUNDARIES[key].city / BOUNDARIES[key].file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(geojson(key))


@pytest.fixture(scope="session")
def portal_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal folder that the built home was filled from."""
    folder = tmp_path_factory.mktemp("portal")
    write_portal_folder(folder)
    return folder


@pytest.fixture(scope="session")
def home_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The place of all homes of these tests, one after the other: in another place dbt would parse the models anew."""
    return tmp_path_factory.mktemp("run") / "home with a space"


@pytest.fixture(scope="session")
def built_home(portal_folder: Path, home_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home filled once, undisturbed. Never run anything on it: take ``home``, which is a copy."""
    with SamplePortal(portal_folder) as portal:
        result = Home(home_path, portal.urls).run(FIRST, LAST, *DATASETS)
    assert result.returncode == 0, result.stdout + result.stderr
    return home_path.rename(tmp_path_factory.mktemp("built") / "home")


@pytest.fixture
def data_dir(portal_folder: Path, tmp_path: Path) -> Path:
    """A copy of the portal folder, so that a test can change the files."""
    return Path(shutil.copytree(portal_folder, tmp_path / "portal"))


@pytest.fixture
def portal(data_dir: Path) -> Iterator[SamplePortal]:
    """The test's own portal."""
    with SamplePortal(data_dir) as portal:
        yield portal


@pytest.fixture
def home(built_home: Path, home_path: Path, portal: SamplePortal) -> Home:
    """A copy of the built home, pointed at the test's own portal."""
    shutil.rmtree(home_path, ignore_errors=True)
    shutil.copytree(built_home, home_path)
    return Home(home_path, portal.urls)


@pytest.fixture
def empty_home(built_home: Path, home_path: Path, portal: SamplePortal) -> Home:
    """A home in which nothing was done but to parse the models, pointed at the test's own portal."""
    shutil.rmtree(home_path, ignore_errors=True)
    shutil.copytree(built_home / "dbt", home_path / "dbt")
    return Home(home_path, portal.urls)
