"""Runs that are killed, each at a later point than the one before: the last one ends where an undisturbed run ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.automation.retries import KILLED_TAG
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import DATASETS, FIRST, LAST, LOS_ANGELES, SAN_DIEGO

pytestmark = pytest.mark.xdist_group("run")

POINTS = {
    "in_the_download": rf"raw +{SAN_DIEGO} 2024: fetching",
    "in_the_spark_job": rf"clean +{LOS_ANGELES}: cleaning",
    "while_loading": r"warehouse +loaded",
    "in_dbt": r"monthly +building",
}


def contents(home: Home) -> list[tuple[object, ...]]:
    """Everything that was made, but for when it was made."""
    queries = (
        f"select * from warehouse.{LOS_ANGELES} order by all",
        f"select * from warehouse.{SAN_DIEGO} order by all",
        "select * from facts.fct_incidents order by all",
        "select * from facts.fct_san_diego_calls order by all",
        "select * from marts.mart_daily_counts order by all",
        "select * from marts.mart_reconciliation order by all",
        "select distinct dataset, month, offense_name, record_count from facts.vintages order by all",
    )
    return [row for query in queries for row in home.query(query)]


def kill_at(process: subprocess.Popen[str], pattern: str) -> str:
    """Kills the command (-9) as soon as a line of its progress matches; returns what it had said."""
    said = []
    assert process.stderr is not None
    overdue = threading.Timer(240, process.kill)
    overdue.start()
    for line in process.stderr:
        said.append(line)
        if re.search(pattern, line):
            os.kill(process.pid, signal.SIGKILL)
            break
    overdue.cancel()
    process.wait(timeout=30)
    process.stderr.close()
    return "".join(said)


def test_killed_at_every_point_and_run_again_equals_undisturbed(
    empty_home: Home, built_home: Path, portal: SamplePortal
) -> None:
    portal.faults.add(Fault("slow", path="calls_for_service_2024", seconds=1))
    for number, (point, pattern) in enumerate(POINTS.items()):
        process = empty_home.start("run", "--from", FIRST, "--to", LAST, *DATASETS)
        said = kill_at(process, pattern)
        assert process.returncode == -signal.SIGKILL, f"{point}: {said}"
        assert ("killed before" in said) == (number > 0), f"{point}: {said}"
        # The run before last had published its months when it was killed while it loaded them: Spark gets them no more.
        assert (f"{LOS_ANGELES}: cleaning 2 month(s)" in said) == (point in ("in_the_spark_job", "while_loading")), said
        portal.faults.clear()

    result = empty_home.run(FIRST, LAST, *DATASETS)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "killed before" in result.stderr
    assert "cleaning" not in result.stderr
    assert contents(empty_home) == contents(Home(built_home))
    with dg.DagsterInstance.from_config(str(empty_home.path / "dagster")) as instance:
        newest, *_ = runs = instance.get_runs()
    killed = {run.run_id for run in runs if run.status == dg.DagsterRunStatus.FAILURE}
    assert len(killed) == len(POINTS)
    assert set(newest.tags[KILLED_TAG].split(",")) == killed, "also of those that were killed before the last"


def test_interrupted_run_is_exit_130_and_leaves_the_home_usable(home: Home, portal: SamplePortal) -> None:
    portal.faults.add(Fault("slow", path="2nrs-mtv8.csv", seconds=30))
    before = contents(home)
    process = home.start("run", "--from", FIRST, "--to", LAST, *DATASETS, "--force")
    assert process.stderr is not None
    for line in process.stderr:
        if "fetching" in line:
            process.send_signal(signal.SIGINT)
            break
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert contents(home) == before


def test_a_second_run_on_a_home_names_the_first(home: Home) -> None:
    home.settings["CRIME_TRENDS_LOCK_TIMEOUT_SECONDS"] = "0.5"
    lock = home.path / "run.lock"
    holder = (
        "import fcntl, sys, time; lock = open(sys.argv[1], 'a+'); fcntl.flock(lock, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", holder, str(lock)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        lock.write_text("process 4711, since 2024-01-01 00:00:00")
        result = home.run(FIRST, LAST, *DATASETS)
        process.kill()
    assert result.returncode == 1
    assert "process 4711" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
