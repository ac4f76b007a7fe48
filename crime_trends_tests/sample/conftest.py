"""A small portal folder that writes dates in every way the portals have written them, and a portal over it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from crime_trends.sample.generator import write_sample
from crime_trends.sample.portal import SamplePortal

CALLS = "police_calls_for_service/pd_calls_for_service_2023_datasd.csv"
CALLS_BYTES = b'\xef\xbb\xbf"incident_num","date_time"\n"E23010000001","2023-01-01 00:00:05"\n'
# Display names, the trailing space of 63jg-8b9z, and a date in each way that has been published; two are none.
LOS_ANGELES_CSV = """DR_NO,Date Rptd,DATE OCC,TIME OCC,AREA ,Crm Cd Desc,LOCATION,New Column
001,01/08/2020 12:00:00 AM,01/08/2020 12:00:00 AM,0001,03,"SAYS ""NO"", TWICE",1100 W  39TH                         PL,x
002,,1/8/2020 0:00,1200,03,THEFT,,
003,,11/27/2020  14:00,1200,03,THEFT,,
004,,44119,1200,03,THEFT,,
005,,2020 Dec 22 11:31:16 AM,1200,03,THEFT,,
006,,2021-01-01T00:00:00.000,1200,03,THEFT,,
007,,2021-02-03 04:05:06,1200,03,THEFT,,
008,,,1200,03,THEFT,,
009,,not a date,1200,03,THEFT,,
"""
AUSTIN_JSON = [
    {"incident_report_number": "2016160056", "occ_date": "2016-01-16T00:00:00.000", "occ_time": "27"},
    {
        "incident_report_number": "20233571105",
        "occ_date": "2023-12-23T00:00:00.000",
        "location": {"latitude": "30.22", "longitude": "-97.75", "human_address": '{"address": ""}'},
    },
]


@dataclass(frozen=True)
class Client:
    """Asks one portal, as a client of Socrata or seshat would."""

    base: str

    def get(self, path: str, **clauses: object) -> requests.Response:
        """The answer to a path, with ``where="…"`` as ``$where``."""
        return requests.get(
            f"{self.base}/{path}", params={f"${name}": str(value) for name, value in clauses.items()}, timeout=10
        )

    def rows(self, id: str, **clauses: object) -> list[dict[str, str]]:
        """The rows of a CSV answer."""
        answer = self.get(f"resource/{id}.csv", **clauses)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text)))

    def values(self, id: str, **clauses: object) -> list[dict[str, str]]:
        """The objects of a JSON answer."""
        answer = self.get(f"resource/{id}.json", **clauses)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The portal folder."""
    root = tmp_path / "portal folder"
    for file, content in {
        f"san_diego/{CALLS}": CALLS_BYTES,
        "los_angeles/2nrs-mtv8_2020.csv": LOS_ANGELES_CSV.encode(),
        "austin/fdj4-gpfu.json": json.dumps(AUSTIN_JSON).encode(),
    }.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(content)
    return root


@pytest.fixture
def portal(folder: Path) -> Iterator[SamplePortal]:
    """A portal over the folder."""
    with SamplePortal(folder) as portal:
        yield portal


@pytest.fixture
def los_angeles(portal: SamplePortal) -> Client:
    """A client of Los Angeles."""
    return Client(portal.urls["los_angeles"])


@pytest.fixture
def austin(portal: SamplePortal) -> Client:
    """A client of Austin."""
    return Client(portal.urls["austin"])


@pytest.fixture
def san_diego(portal: SamplePortal) -> Client:
    """A client of San Diego."""
    return Client(portal.urls["san_diego"])


@pytest.fixture(scope="session")
def sample_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated sample, a fiftieth of the real volume. Read only."""
    out = tmp_path_factory.mktemp("sample") / "sample"
    write_sample(out, share=0.02)
    return out
