"""The whole chain with Dagster's own daemon and web server: a backfill over datasets, then news at the portal."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crime_trends.automation.conditions import NAME as AUTOMATION
from crime_trends.automation.sensors import sensor_name
from crime_trends.datasets import DATASETS
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.automation.dagster_server import DagsterServer
from crime_trends_tests.conftest import REAL_PORTAL, Home
from crime_trends_tests.run.conftest import LOS_ANGELES_HEADER, los_angeles_row, write_rows

pytestmark = pytest.mark.xdist_group("daemon")

LOS_ANGELES, AUSTIN = "los_angeles_crime_reports", "austin_crime_reports"
FILE = Path("los_angeles/2nrs-mtv8_2023.csv")
LONG_AGO = "2020-01-01T00:00:00+00:00"
FACTS = {"facts/fct_incidents", "facts/month_ledger"}
"""What a backfill asks for of the monthly models. A tick of the daemon that falls between two months of the step before
splits their run; the second part has nothing to build."""
GOING = ("REQUESTED", "COMPLETING", "FAILING", "CANCELING")
SECONDS = 900.0
"""How long any one thing may take on a machine that is busy with other things."""


def write_portal_folder(folder: Path) -> None:
    """Real rows of two cities if they are at hand, else made-up ones of the same shape."""
    if REAL_PORTAL.is_dir():
        for path in (REAL_PORTAL / "los_angeles" / FILE.name, REAL_PORTAL / "austin" / "fdj4-gpfu.json"):
            target = folder / path.relative_to(REAL_PORTAL)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        return
    rows = [los_angeles_row(month * 100 + n, month) for month in range(1, 5) for n in range(40)]
    write_rows(folder / FILE, LOS_ANGELES_HEADER, [[cell.replace("/2024", "/2023") for cell in row] for row in rows])
    report = {"incident_report_number": "20233571105", "crime_type": "THEFT", "ucr_code": "600", "occ_time": "2200"}
    reports = [{**report, "incident_report_number": str(n), "occ_date": "2023-12-23T00:00:00.000"} for n in range(9)]
    (folder / "austin").mkdir()
    (folder / "austin" / "fdj4-gpfu.json").write_text(json.dumps(reports))


def change_rows(folder: Path) -> None:
    """One row of January is another, and three of March are new."""
    with (folder / FILE).open(newline="") as stream:
        header, *rows = csv.reader(stream)
    number, day, status = (header.index(name) for name in ("DR_NO", "DATE OCC", "Status Desc"))
    january = next(row for row in rows if row[day].startswith("01/"))
    january[status] = "Adult Arrest" if january[status] != "Adult Arrest" else "Invest Cont"
    late = [list(row) for row in rows if row[day].startswith("03/")][:3]
    for row in late:
        row[number] = f"9{row[number]}"
    write_rows(folder / FILE, header, [*rows, *late])


class Chain:
    """A running Dagster, its home and its portal."""

    def __init__(self, dagster: DagsterServer, home: Home, folder: Path) -> None:
        self.dagster = dagster
        self.home = home
        self.folder = folder

    def backfill(self, *arguments: str) -> str:
        """Hands over a backfill and returns its id."""
        result = self.home.command("backfill", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        word, id, page = result.stdout.split()
        assert (word, page) == ("backfill", f"{self.dagster.url}/runs/b/{id.rstrip(':')}")
        return id.rstrip(":")

    def ended(self) -> dict[str, Mapping[str, Any]]:
        """Id -> backfill, once all of them have ended."""

        def look() -> dict[str, Mapping[str, Any]] | None:
            found = {backfill["id"]: backfill for backfill in self.dagster.backfills()}
            return found if not any(it["status"] in GOING for it in found.values()) else None

        return self.dagster.wait_for("end of the backfills", look, SECONDS)

    def settled(self, known: int = -1) -> list[Mapping[str, Any]]:
        """All runs, the latest first, once they have ended well and automation asks for nothing more.

        Arguments:
            known: how many runs there were when automation was last seen to ask for nothing.
        """

        def runs() -> list[Mapping[str, Any]] | None:
            found = self.dagster.runs()
            assert not [run for run in found if run["status"] in ("FAILURE", "CANCELED")], found
            return found if {run["status"] for run in found} == {"SUCCESS"} else None

        while True:
            self.tick(AUTOMATION)
            self.ended()
            found = self.dagster.wait_for("end of the runs", runs, SECONDS)
            if len(found) == known:
                return found
            known = len(found)

    def tick(self, sensor: str, times: int = 2) -> None:
        """Waits until a sensor has ticked anew: the tick that goes on, and one more."""
        seen = self.dagster.last_tick(sensor)
        for _ in range(times):
            seen = self.dagster.wait_for(
                f"tick of {sensor}",
                lambda seen=seen: tick if (tick := self.dagster.last_tick(sensor)) != seen else None,
                SECONDS,
            )

    def look_again(self, dataset: str) -> None:
        """Lets the sensor of a dataset look as if its interval had passed, and waits until it has."""
        name = sensor_name(DATASETS[dataset])

        def known() -> dict[str, str]:
            return dict(json.loads(self.dagster.cursor(name) or "{}"))

        looked_at = known()["looked_at"]

        def has_looked() -> bool:
            cursor = known()
            if cursor["looked_at"] == looked_at:  # also if a tick that was under way has put it back
                self.dagster.set_cursor(name, json.dumps({**cursor, "looked_at": LONG_AGO}))
            return cursor["looked_at"] not in (looked_at, LONG_AGO)

        self.dagster.wait_for("look at the portal", has_looked, SECONDS)

    def cleaned(self) -> dict[str, list[int]]:
        """Dataset -> how many months each of its Spark jobs cleaned."""
        jobs: dict[str, list[int]] = {}
        for dataset, months in re.findall(r"- (\w+): cleaning (\d+) month", self.dagster.log.read_text()):
            jobs.setdefault(dataset, []).append(int(months))
        return jobs

    def builds(self) -> int:
        """How often the monthly models were built and not only tested."""
        return self.dagster.log.read_text().count("building and testing the monthly models")

    def ledger(self, schema: str) -> Counter[tuple[object, object]]:
        """(dataset, month) -> how often it was made."""
        months = f"select dataset, strftime(month, '%Y-%m') from {schema}.month_ledger where month is not null"
        return Counter((dataset, month) for dataset, month in self.home.query(months))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Dagster over an empty home and a portal of two cities; everything is stopped."""
    root = tmp_path_factory.mktemp("daemon")
    write_portal_folder(root / "portal")
    with SamplePortal(root / "portal") as portal:
        home = Home(root / "home", portal.urls)
        with DagsterServer(home, root / "dagster.log") as dagster:
            home.settings["CRIME_TRENDS_WEB_URL"] = dagster.url
            chain = Chain(dagster, home, root / "portal")
            assert portal.requests == [], "a start alone contacts no portal"
            yield chain


def made(runs: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Asset -> how many of the runs made it."""
    return Counter("/".join(key["path"]) for run in runs for key in run["assetSelection"])


def test_a_backfill_makes_each_asset_once_and_another_at_the_same_time_does_no_harm(chain: Chain) -> None:
    months = ["--from", "2023-01", "--to", "2023-12"]
    whole = chain.backfill(*months, "--dataset", LOS_ANGELES, "--dataset", AUSTIN)
    other = chain.backfill("--from", "2023-01", "--to", "2023-04", "--dataset", LOS_ANGELES)

    backfills = chain.ended()

    assert {backfills[id]["status"] for id in (whole, other)} == {"COMPLETED_SUCCESS"}
    runs = {run["runId"]: run for run in chain.dagster.runs()}
    of_whole = made(runs[run["runId"]] for run in backfills[whole]["runs"])
    assert {f"warehouse/{AUSTIN}", f"warehouse/{LOS_ANGELES}", "reports/dashboard"} <= of_whole.keys() - FACTS
    assert {times for asset, times in of_whole.items() if asset not in FACTS} == {1}
    # Each of the two backfills has its call of the monthly models; what the other built is not built again.
    assert chain.builds() <= 2
    # One Spark job per dataset, over the months that have rows, and none for what the other backfill asked for again.
    assert chain.cleaned() == {AUSTIN: [1], LOS_ANGELES: [4]}
    asked = {(dataset, f"2023-{month:02d}") for dataset in (LOS_ANGELES, AUSTIN) for month in range(1, 13)}
    assert chain.ledger("warehouse") == chain.ledger("facts") == Counter(asked)
    assert (chain.home.path / "reports" / "dashboard.html").exists()
    assert chain.home.query("select count(*) from marts.mart_reconciliation where not is_reconciled") == [(0,)]


def test_late_rows_are_seen_and_only_what_they_change_is_made_anew(chain: Chain) -> None:
    for name in (AUTOMATION, sensor_name(DATASETS[LOS_ANGELES])):
        chain.dagster.start_sensor(name)
    chain.dagster.wait_for("first look", lambda: chain.dagster.cursor(sensor_name(DATASETS[LOS_ANGELES])), SECONDS)
    before = chain.settled()
    dashboard = (chain.home.path / "reports" / "dashboard.html").stat().st_mtime_ns
    tables, facts, builds = chain.ledger("warehouse"), chain.ledger("facts"), chain.builds()
    assert len(tables) == 24, "what was built by hand is not built again"

    change_rows(chain.folder)
    chain.look_again(LOS_ANGELES)
    new = chain.settled()[: -len(before)]

    # The year is fetched, and beside it the rows that belong to none; then its months, the facts, the marts.
    without_facts = [run for run in new if "facts/fct_incidents" not in made([run])]
    assert len(without_facts) == 4
    assert set(made(without_facts).values()) == {1}
    assert chain.builds() == builds + 1
    assert {asset for asset in made(new) if asset.split("/")[0] in ("raw", "clean", "warehouse")} == {
        f"raw/{LOS_ANGELES}",
        f"raw/{LOS_ANGELES}_outside",
        f"clean/{LOS_ANGELES}",
        f"clean/{LOS_ANGELES}_rejects",
        f"warehouse/{LOS_ANGELES}",
    }
    changed = Counter({(LOS_ANGELES, "2023-01"): 1, (LOS_ANGELES, "2023-03"): 1})
    assert chain.ledger("warehouse") - tables == chain.ledger("facts") - facts == changed
    assert chain.cleaned()[LOS_ANGELES] == [4, 2]
    assert (chain.home.path / "reports" / "dashboard.html").stat().st_mtime_ns > dashboard

    chain.look_again(LOS_ANGELES)
    assert chain.settled(len(new + before)) == [*new, *before], "the same bytes again: nothing runs"

    # Another number of rows than was fetched, as a sensor notes it that leaves the year to the sweeps.
    sensor = sensor_name(DATASETS[LOS_ANGELES])
    cursor = json.loads(chain.dagster.cursor(sensor) or "")
    seen = json.loads(cursor["portal"])
    seen["2nrs-mtv8"]["years"]["2023"][0] = 7
    chain.dagster.set_cursor(sensor, json.dumps({**cursor, "portal": json.dumps(seen)}))
    status = chain.home.command("status")
    assert f"waits     raw/{LOS_ANGELES} 2023: changed at the portal since" in status.stdout, status
