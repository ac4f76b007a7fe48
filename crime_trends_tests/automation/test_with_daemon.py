"""The whole chain with Dagster's own daemon and web server: backfills over datasets, then news at the portal.

One Dagster serves all tests; what a test needs of those before it is a fixture: ``at_once``, then ``following``.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crime_trends.automation.conditions import NAME as AUTOMATION
from crime_trends.automation.sensors import LOOKUPS_SENSOR, sensor_name
from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.home import DAGSTER_YAML
from crime_trends.lake.local import LocalLake
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.automation.dagster_server import DagsterServer
from crime_trends_tests.conftest import REAL_PORTAL, Home
from crime_trends_tests.run import conftest as small_portal

pytestmark = pytest.mark.xdist_group("daemon")

LOS_ANGELES, AUSTIN, CALLS = "los_angeles_crime_reports", "austin_crime_reports", "san_diego_calls_for_service"
FILE = Path("los_angeles/2nrs-mtv8_2023.csv")
FILE_2020 = FILE.with_name("2nrs-mtv8_2020.csv")
LOS_ANGELES_SENSOR = sensor_name(DATASETS[LOS_ANGELES])
BEATS = Path("san_diego", LOOKUPS["san_diego_beats"].files[0].path)
LONG_AGO = "2020-01-01T00:00:00+00:00"
FACTS = {"facts/fct_incidents", "facts/month_ledger"}
"""What a backfill asks for of the monthly models. A tick of the daemon that falls between two months of the step before
splits their run; the second part has nothing to build."""
BY_THE_CLOCK = {"grid/mart_grid_counts"}
"""What automation asks for once a week, whatever the tests do at that moment."""
SECONDS = 900.0
"""How long any one thing may take on a machine that is busy with other things."""
QUICK = DAGSTER_YAML.replace(
    "free_slots_after_run_end_seconds: 60", "free_slots_after_run_end_seconds: 1\n  poll_interval_seconds: 3"
)
"""The instance as users have it, but that a dead process is found after seconds and not after minutes."""


def write_portal_folder(folder: Path) -> None:
    """Real rows of three cities if they are at hand, else made-up ones of the same shape."""
    if REAL_PORTAL.is_dir():
        for path in (path for path in REAL_PORTAL.rglob("*") if path.is_file() and path.parent != REAL_PORTAL):
            target = folder / path.relative_to(REAL_PORTAL)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        return
    small_portal.write_portal_folder(folder)
    (folder / small_portal.LOS_ANGELES_FILE).unlink()
    (folder / small_portal.SAN_DIEGO_FILE).unlink()
    rows = [small_portal.los_angeles_row(month * 100 + n, month) for month in range(1, 5) for n in range(40)]
    for file, year in ((FILE, "2023"), (FILE_2020, "2020")):
        dated = [[cell.replace("/2024", f"/{year}") for cell in row] for row in rows]
        of_year = [[f"{year[2:]}{number[2:]}", *cells] for number, *cells in dated]
        small_portal.write_rows(folder / file, small_portal.LOS_ANGELES_HEADER, of_year)
    calls = [small_portal.san_diego_row(n, month) for month in (1, 2) for n in range(50)]
    calls = [[cell.replace("2024-", "2023-") for cell in row] for row in calls]
    calls_file = Path(str(small_portal.SAN_DIEGO_FILE).replace("2024", "2023"))
    small_portal.write_rows(folder / calls_file, small_portal.SAN_DIEGO_HEADER, calls)
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
    small_portal.write_rows(folder / FILE, header, [*rows, *late])


class Chain:
    """A running Dagster, its home and its portal.

    Arguments:
        dagster, home, folder: these three.
        held: the file that holds a dataset's loading, as ``location`` says.
    """

    def __init__(self, dagster: DagsterServer, home: Home, folder: Path, held: Path) -> None:
        self.dagster = dagster
        self.home = home
        self.folder = folder
        self.held = held
        self.dashboard = home.path / "reports" / "dashboard.html"

    def backfill(self, *arguments: str) -> str:
        """Hands over a backfill and returns its id."""
        result = self.home.command("backfill", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        word, id, page = result.stdout.split()
        assert (word, page) == ("backfill", f"{self.dagster.url}/runs/b/{id.rstrip(':')}")
        return id.rstrip(":")

    def ended(self) -> dict[str, Mapping[str, Any]]:
        """Id -> backfill, once all of them have ended."""
        return self.dagster.ended_backfills(SECONDS)

    def runs(self) -> dict[str, Mapping[str, Any]]:
        """Id -> run, of those that the tests bring about, but for processes that died and were taken over."""
        found = {run["runId"]: run for run in self.dagster.runs() if not is_by_the_clock(run)}
        taken_over = {tag(run, "dagster/parent_run_id") for run in found.values()}
        return {id: run for id, run in found.items() if id not in taken_over}

    def settled(self, before: Iterable[str] = ()) -> dict[str, Mapping[str, Any]]:
        """Id -> run, of all since some others, once they have ended well and automation asks for nothing more.

        Arguments:
            before: ids of the others, after which automation was seen to ask for nothing.
        """

        def runs() -> dict[str, Mapping[str, Any]] | None:
            found = self.runs()
            assert not [run for run in found.values() if run["status"] in ("FAILURE", "CANCELED")], found
            return found if {run["status"] for run in found.values()} == {"SUCCESS"} else None

        known = set(before)
        while True:
            self.tick(AUTOMATION)
            self.ended()
            found = self.dagster.wait_for("end of the runs", runs, SECONDS)
            if found.keys() == known:
                return {id: run for id, run in found.items() if id not in before}
            known = set(found)

    def tick(self, sensor: str, times: int = 2) -> None:
        """Waits until a sensor has ticked anew: the tick that goes on, and one more."""
        seen = self.dagster.last_tick(sensor)
        for _ in range(times):
            seen = self.dagster.wait_for(
                f"tick of {sensor}",
                lambda seen=seen: tick if (tick := self.dagster.last_tick(sensor)) != seen else None,
                SECONDS,
            )

    def look_again(self, sensor: str) -> None:
        """Lets a sensor look as if its interval had passed, and waits until it has."""

        def known() -> dict[str, Any]:
            return dict(json.loads(self.dagster.cursor(sensor) or "{}"))

        looked_at = known()["looked_at"]

        def has_looked() -> bool:
            cursor = known()
            if cursor["looked_at"] == looked_at:  # also if a tick that was under way has put it back
                self.dagster.set_cursor(sensor, json.dumps({**cursor, "looked_at": LONG_AGO}))
            return cursor["looked_at"] not in (looked_at, LONG_AGO)

        self.dagster.wait_for("look at the portal", has_looked, SECONDS)

    def cleaned(self) -> dict[str, list[int]]:
        """Dataset -> how many months each of its Spark jobs cleaned."""
        jobs: dict[str, list[int]] = {}
        for dataset, months in re.findall(r"- (\w+): cleaning (\d+) month", self.dagster.log.read_text()):
            jobs.setdefault(dataset, []).append(int(months))
        return jobs

    def builds(self) -> list[str]:
        """The runs in which the monthly models were built and not only tested."""
        return re.findall(r"- (\S+) - monthly_models - building and testing", self.dagster.log.read_text())

    def ledger(self, schema: str) -> Counter[tuple[object, object]]:
        """(dataset, month) -> how often it was made."""
        months = f"select dataset, strftime(month, '%Y-%m') from {schema}.month_ledger where month is not null"
        return Counter((dataset, month) for dataset, month in self.home.query(months))

    def ledgers(self) -> tuple[Counter[tuple[object, object]], Counter[tuple[object, object]]]:
        """The ledger of the tables and that of the facts."""
        return self.ledger("warehouse"), self.ledger("facts")

    def fetched_at(self, year: str) -> str:
        """When a year of Los Angeles's reports was fetched last."""
        manifest = LocalLake(self.home.path / "lake").raw_manifest(LOS_ANGELES, year)
        assert manifest is not None
        return manifest.fetched_at


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Dagster over an empty home and a portal of three cities; everything is stopped."""
    root = tmp_path_factory.mktemp("daemon")
    write_portal_folder(root / "portal")
    (root / "dagster").mkdir()
    (root / "dagster" / "dagster.yaml").write_text(QUICK)
    with SamplePortal(root / "portal") as portal:
        home = Home(root / "home", portal.urls)
        home.settings |= {
            "DAGSTER_HOME": str(root / "dagster"),
            "DAGSTER_EVENT_LOG_CONSUMER_DAEMON_INTERVAL_SECONDS": "1",
            "HELD": str(root / "held.txt"),
        }
        with DagsterServer(home, root / "dagster.log") as dagster:
            home.settings["CRIME_TRENDS_WEB_URL"] = dagster.url
            chain = Chain(dagster, home, root / "portal", root / "held.txt")
            chain.dagster.wait_for("heartbeats", dagster.has_live_daemon, SECONDS)
            assert portal.requests == [], "a start alone contacts no portal"
            yield chain


def made(runs: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Asset -> how many of the runs were asked to make it; none of a run that only checks, and of one of a job."""
    return Counter("/".join(key["path"]) for run in runs for key in run["assetSelection"] or ())


def of_layers(assets: Iterable[str], *layers: str) -> set[str]:
    """The assets of some layers."""
    return {asset for asset in assets if asset.split("/")[0] in layers}


def tag(run: Mapping[str, Any], key: str) -> str | None:
    """The value of a run's tag."""
    return next((str(tag["value"]) for tag in run["tags"] if tag["key"] == key), None)


def is_by_the_clock(run: Mapping[str, Any]) -> bool:
    """Whether automation started a run since it is that time of the day or the week: of the data's age, of the grid."""
    assets = made([run]).keys()
    return assets == BY_THE_CLOCK or (not assets and bool(run["assetCheckSelection"]))


@pytest.fixture(scope="module")
def at_once(chain: Chain) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Two backfills that were handed over at once: a year of two cities, and a month of it together with a third city.

    A process of the second was killed while it loaded the third city's month, which it had cleaned.
    """
    chain.held.write_text(CALLS)
    year = chain.backfill("--from", "2023-01", "--to", "2023-12", "--dataset", LOS_ANGELES, "--dataset", AUSTIN)
    month = chain.backfill("--from", "2023-01", "--to", "2023-01", "--dataset", LOS_ANGELES, "--dataset", CALLS)
    note = chain.held.with_suffix(".pid")
    pid = chain.dagster.wait_for("loading", lambda: note.exists() and note.read_text(), SECONDS)
    os.kill(int(pid), signal.SIGKILL)
    chain.held.unlink()
    ended = chain.ended()
    return ended[year], ended[month]


@pytest.fixture(scope="module")
def following(chain: Chain, at_once: object) -> Chain:
    """Automation and the sensor of a portal have started, looked, and found that there is nothing to do.

    Of Los Angeles's reports another year was fetched, of which nobody built a month.
    """
    before = chain.ledgers()
    chain.dagster.launch(f"{LOS_ANGELES}_raw", "2020", f"raw__{LOS_ANGELES}", {"force": False})
    for name in (AUTOMATION, LOS_ANGELES_SENSOR):
        chain.dagster.start_sensor(name)
    chain.dagster.wait_for("first look", lambda: chain.dagster.cursor(LOS_ANGELES_SENSOR), SECONDS)
    chain.settled()
    assert chain.ledgers() == before, "nothing is built again, and nothing that nobody built"
    return chain


def test_a_backfill_makes_each_asset_once_and_another_at_the_same_time_does_no_harm(
    chain: Chain, at_once: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> None:
    runs = chain.runs()
    assert [backfill["status"] for backfill in at_once] == ["COMPLETED_SUCCESS"] * 2
    of_year = made(runs[run["runId"]] for run in at_once[0]["runs"])
    assert {f"warehouse/{AUSTIN}", f"warehouse/{LOS_ANGELES}", "reports/dashboard"} <= of_year.keys() - FACTS
    assert {times for asset, times in of_year.items() if asset not in FACTS} == {1}
    # Each builds the monthly models once, or not at all if the other has; undisturbed it is once, as late rows show.
    assert 1 <= len(chain.builds()) <= 2
    # Spark cleans each month that has rows once, and all of a backfill in one job per dataset.
    cleaned = chain.cleaned()
    assert (cleaned[AUSTIN], sum(cleaned[LOS_ANGELES])) == ([1], 4)
    assert len(cleaned[LOS_ANGELES]) <= 2
    asked = {(dataset, f"2023-{month:02d}") for dataset in (LOS_ANGELES, AUSTIN) for month in range(1, 13)}
    assert chain.ledgers() == (Counter({*asked, (CALLS, "2023-01")}),) * 2
    assert chain.dashboard.exists()
    assert chain.home.query("select count(*) from marts.mart_reconciliation where not is_reconciled") == [(0,)]


def test_a_killed_run_is_taken_over_and_cleans_no_month_again(
    chain: Chain, at_once: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> None:
    runs = {run["runId"]: run for run in chain.dagster.runs()}
    of_month = [runs[run["runId"]] for run in at_once[1]["runs"]]
    (dead,) = (run for run in of_month if run["status"] == "FAILURE")
    (heir,) = (run for run in of_month if tag(run, "dagster/parent_run_id") == dead["runId"])
    assert f"warehouse/{CALLS}" in made([dead])
    assert heir["status"] == "SUCCESS"
    assert chain.cleaned()[CALLS] == [1]


def test_late_rows_are_seen_and_only_what_they_change_is_made_anew(following: Chain) -> None:
    chain, before, months = following, list(following.runs()), ("2023-01", "2023-02", "2023-03")
    (tables, facts), builds, cleaned = chain.ledgers(), len(chain.builds()), chain.cleaned()[LOS_ANGELES]
    dashboard, versions = chain.dashboard.stat().st_mtime_ns, chain.dagster.versions("facts/month_ledger", *months)
    fetched = {year: chain.fetched_at(year) for year in ("2020", "2023")}

    change_rows(chain.folder)
    chain.look_again(LOS_ANGELES_SENSOR)
    new = chain.settled(before).values()

    (raw,) = (run for run in new if f"raw/{LOS_ANGELES}" in made([run]))
    assert tag(raw, "dagster/partition") == "2023"
    assert {year for year, moment in fetched.items() if chain.fetched_at(year) != moment} == {"2023"}
    # The year is fetched, and beside it the rows that belong to none; then its months, the facts, the marts. Facts are
    # one run; on a slow machine a tick of automation that falls between the reports of two months makes two of it, and
    # asks for the ledger of each by itself. None of them builds but the first.
    of_facts = [run for run in new if {asset.split("/")[0] for asset in made([run])} <= {"facts", "intermediate"}]
    others = [run for run in new if run not in of_facts]
    assert 1 <= len(of_facts) <= 4
    assert len(chain.builds()) == builds + 1
    assert len(others) == 4
    assert set(made(others).values()) == {1}
    assets = made(new).keys() - BY_THE_CLOCK
    assert of_layers(assets, "raw", "clean", "warehouse") == {
        f"raw/{LOS_ANGELES}",
        f"raw/{LOS_ANGELES}_outside",
        f"clean/{LOS_ANGELES}",
        f"clean/{LOS_ANGELES}_rejects",
        f"warehouse/{LOS_ANGELES}",
    }
    assert assets == of_layers(assets, "raw", "clean", "warehouse", "intermediate", "facts", "marts", "reports")
    assert not [asset for asset in assets if asset.startswith("facts/dim_")]
    assert {"marts/mart_reconciliation", "reports/dashboard", "reports/findings"} <= assets
    changed = Counter({(LOS_ANGELES, "2023-01"): 1, (LOS_ANGELES, "2023-03"): 1})
    assert [now - then for now, then in zip(chain.ledgers(), (tables, facts), strict=True)] == [changed, changed]
    after = chain.dagster.versions("facts/month_ledger", *months)
    assert [month for month in months if after[month] != versions[month]] == ["2023-01", "2023-03"]
    assert chain.cleaned()[LOS_ANGELES] == [*cleaned, 2]
    assert chain.dashboard.stat().st_mtime_ns > dashboard
    numbers = chain.dagster.numbers(*assets)
    timed = assets - (made(of_facts).keys() - {"facts/month_ledger"})  # A run that builds nothing has no seconds.
    assert [asset for asset in timed if not {"step_seconds", "Execution Duration"} & numbers[asset]] == []
    tables_made = assets - of_layers(assets, "reports")
    assert [asset for asset in tables_made if "dagster/row_count" not in numbers[asset]] == []


def test_the_same_bytes_move_nothing_looked_at_or_fetched_again_by_force(following: Chain) -> None:
    chain, before, ledgers = following, list(following.runs()), following.ledgers()
    dashboard, fetched_at = chain.dashboard.stat().st_mtime_ns, chain.fetched_at("2023")
    forced = chain.dagster.launch(f"{LOS_ANGELES}_raw", "2023", f"raw__{LOS_ANGELES}", {"force": True})
    chain.look_again(LOS_ANGELES_SENSOR)
    assert chain.settled(before).keys() == {forced}
    assert chain.fetched_at("2023") > fetched_at
    assert (chain.ledgers(), chain.dashboard.stat().st_mtime_ns) == (ledgers, dashboard)


def test_a_changed_look_up_makes_the_facts_of_built_months_anew_and_cleans_and_loads_none(following: Chain) -> None:
    chain, before, cleaned = following, list(following.runs()), following.cleaned()
    tables, facts = chain.ledgers()
    with (chain.folder / BEATS).open("a") as stream:
        stream.write("999,NOWHERE\n")
    chain.dagster.start_sensor(LOOKUPS_SENSOR)
    chain.dagster.wait_for("first look", lambda: chain.dagster.cursor(LOOKUPS_SENSOR), SECONDS)
    assets = made(chain.settled(before).values())
    assert of_layers(assets, "raw") == {f"raw/{key}" for key in LOOKUPS}, "the first look asks for all, one has changed"
    assert of_layers(assets, "clean", "warehouse") == {"warehouse/san_diego_beats"}
    assert {"facts/dim_san_diego_beats", "reports/dashboard"} <= assets.keys()
    # San Diego's file holds other months too; nobody built them.
    assert (chain.ledger("warehouse"), chain.cleaned()) == (tables, cleaned)
    assert chain.ledger("facts") - facts == Counter({(CALLS, "2023-01"): 1})


def test_status_says_of_which_years_the_portal_has_others_by_what_the_sensor_saw(following: Chain) -> None:
    # Another number of rows than was fetched, as a sensor notes it that leaves the year to the sweeps.
    chain = following
    cursor = json.loads(chain.dagster.cursor(LOS_ANGELES_SENSOR) or "")
    seen = json.loads(cursor["portal"])
    seen["2nrs-mtv8"]["years"]["2023"][0] = 7
    chain.dagster.set_cursor(LOS_ANGELES_SENSOR, json.dumps({**cursor, "portal": json.dumps(seen)}))
    status = chain.home.command("status")
    assert f"waits     raw/{LOS_ANGELES} 2023: changed at the portal since" in status.stdout, status
