"""A small portal folder of made-up rows, the sample portal over it, and ingest into a home of its own."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS
from crime_trends.lake.local import LocalLake
from crime_trends.portals.fetch import RawIngest
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import Settings

AUSTIN = DATASETS["austin_crime_reports"]
CALLS = DATASETS["san_diego_calls_for_service"]
CALLS_2023 = "police_calls_for_service/pd_calls_for_service_2023_datasd.csv"
AUSTIN_HEADER = ["incident_report_number", "crime_type", "ucr_code", "occ_date", "occ_time", "sector"]
AUSTIN_ROWS = [
    [
        f"2023{number:05}",
        "BURGLARY, OF VEHICLE",
        "601",
        f"2023-{1 + number % 3:02}-{1 + number:02}T00:00:00.000",
        "7",
        "CH",
    ]
    for number in range(12)
] + [["202200001", "THEFT", "600", "2022-12-31T00:00:00.000", "2359", ""], ["202399999", "THEFT", "600", "", "", ""]]
CALLS_HEADER = ["INCIDENT_NUM", "DATE_TIME", "DAY_OF_WEEK", "CALL_TYPE", "DISPOSITION", "BEAT", "PRIORITY"]
CALLS_ROWS = [
    ["E23010000001", "2023-01-01 00:00:05", "1", "FD", "CAN", "523", "2"],
    ["E23010000002", "2023-01-31 23:59:59", "3", "415", "K", "-1", "4"],
    ["E23020000001", "2023-02-01 00:00:00", "4", "DEF", "", "611", ""],
    ["E23020000002", "", "4", "415", "K", "611", "3"],
]


def write_csv(file: Path, header: list[str], rows: list[list[str]]) -> None:
    """Writes a CSV as a portal would."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


@pytest.fixture
def portal_dir(tmp_path: Path) -> Path:
    """The portal folder: Austin's reports, San Diego's calls of 2023, and its look-ups without a historical file."""
    folder = tmp_path / "portal"
    write_csv(folder / "austin/fdj4-gpfu.csv", AUSTIN_HEADER, AUSTIN_ROWS)
    write_csv(folder / "san_diego" / CALLS_2023, CALLS_HEADER, CALLS_ROWS)
    calls = folder / "san_diego/police_calls_for_service"
    (calls / "pd_cfs_calltypes_datasd.csv").write_bytes(
        (
            "\ufeffcall_type,description,,,\r\n415, DISTURBING PEACE ,,,\r\nFD,FLAG DOWN,,,\r\n"
            "415,DISTURBANCE,,,\r\n,,,,\r\n"
        ).encode()
    )
    return folder


@pytest.fixture
def portal(portal_dir: Path) -> Iterator[SamplePortal]:
    """The sample portal over the folder."""
    with SamplePortal(portal_dir) as served:
        yield served


@dataclass
class Ingest:
    """Ingest into one lake; each call is a run of its own, with what was waited and said."""

    settings: Settings
    today: date = date(2026, 6, 1)
    waits: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def lake(self) -> LocalLake:
        return LocalLake(self.settings.lake_dir)

    def new(self) -> RawIngest:
        return RawIngest(
            self.settings, self.lake, progress=self.lines.append, sleep=self.waits.append, today=lambda: self.today
        )

    def lake_state(self) -> dict[str, bytes]:
        """Every file of the lake's raw layer with its content."""
        raw = self.settings.lake_dir / "raw"
        return {str(path.relative_to(raw)): path.read_bytes() for path in sorted(raw.rglob("*")) if path.is_file()}


@pytest.fixture
def make_ingest(tmp_path: Path) -> Callable[..., Ingest]:
    """Makes an ``Ingest`` into the test's home; settings can be given."""

    def make(portal: SamplePortal, **settings: object) -> Ingest:
        urls = {f"{city}_url": url for city, url in portal.urls.items()}
        return Ingest(Settings(**{"home": tmp_path / "home", "http_attempts": 3, **urls, **settings}))

    return make


@pytest.fixture
def ingest(make_ingest: Callable[..., Ingest], portal: SamplePortal) -> Ingest:
    """Ingest from the sample portal."""
    return make_ingest(portal)
