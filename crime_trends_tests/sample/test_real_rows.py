"""The portal over real rows, which are not part of the repository."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.sample.conftest import CALLS, Client


@pytest.fixture(scope="module")
def urls(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The addresses of the portal over the real rows."""
    folder: Path = request.getfixturevalue("real_portal_dir")
    with SamplePortal(folder) as portal:
        yield portal.urls


def counts(client: Client, id: str, date_column: str, function: str) -> dict[str, int]:
    rows = client.values(
        id, select=f"{function}({date_column}) as period,count(*) as rows", group="period", order="period"
    )
    return {row["period"]: int(row["rows"]) for row in rows}


def test_los_angeles(urls: dict[str, str]) -> None:
    client = Client(urls["los_angeles"])
    assert counts(client, "2nrs-mtv8", "date_occ", "date_extract_y") == {"2020": 874, "2023": 24_569}
    where = "date_occ >= '2023-01-01T00:00:00.000' AND date_occ < '2024-01-01T00:00:00.000'"
    rows = client.rows("2nrs-mtv8", select=":id,:updated_at,*", where=where, order=":id", limit=50_000)
    assert len({row[":id"] for row in rows}) == 24_569
    assert rows[0]["location"] == "2100    JAMES M WOOD                 BL"
    assert rows[0]["rpt_dist_no"] == "0265"


def test_austin(urls: dict[str, str]) -> None:
    client = Client(urls["austin"])
    assert counts(client, "fdj4-gpfu", "occ_date", "date_trunc_ym")["2023-12-01T00:00:00.000"] == 863
    rows = client.rows("fdj4-gpfu")
    assert len(rows) == 1_000
    assert sum(row["occ_time"] == "2400" for row in rows) > 0
    assert all(row["location"] == f"({row['latitude']}, {row['longitude']})" for row in rows if row["location"])


def test_san_diego(urls: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(Client(urls["san_diego"]).get(CALLS).text)))
    assert len(rows) == 26_595
