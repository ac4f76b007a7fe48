"""The code server of a deployment reports the runs that died with the one before it, and no others.

That Dagster then starts them again, and that a backfill gets over it, is seen by `make deploy-check`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.automation.retries import COMMAND_TAG
from crime_trends.commands import code_server
from crime_trends.commands.code_server import report_dead, started_runs

POOL = "writers"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


def add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> str:
    run = dg.DagsterRun(job_name="any", status=status, tags=tags)
    instance.add_run(run)
    return run.run_id


def status_of(instance: dg.DagsterInstance, id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(id)
    assert run
    return run.status


def test_dead_are_the_runs_that_had_started_and_are_no_commands(instance: dg.DagsterInstance) -> None:
    dead = [add_run(instance, dg.DagsterRunStatus.STARTED) for _ in range(2)]
    add_run(instance, dg.DagsterRunStatus.STARTED, **{COMMAND_TAG: "a home"})
    for status in ("STARTING", "CANCELING", "SUCCESS", "FAILURE", "CANCELED"):
        add_run(instance, dg.DagsterRunStatus(status))
    assert set(started_runs(instance)) == set(dead)


def test_dead_runs_are_reported_failed_and_give_their_slots_back(instance: dg.DagsterInstance) -> None:
    dead, ended, new = (add_run(instance, dg.DagsterRunStatus(status)) for status in ("STARTED", "SUCCESS", "STARTED"))
    instance.event_log_storage.set_concurrency_slots(POOL, 1)
    instance.event_log_storage.claim_concurrency_slot(POOL, dead, "a_step")
    assert instance.event_log_storage.get_concurrency_info(POOL).active_run_ids == {dead}
    report_dead(instance, [dead, ended])
    assert status_of(instance, dead) == dg.DagsterRunStatus.FAILURE
    assert status_of(instance, ended) == dg.DagsterRunStatus.SUCCESS
    assert status_of(instance, new) == dg.DagsterRunStatus.STARTED
    assert instance.event_log_storage.get_concurrency_info(POOL).active_run_ids == set()


@pytest.mark.parametrize("serves", [True, False])
def test_runs_are_reported_only_once_the_new_server_answers(serves: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_server, "NOTICED_SECONDS", 0.01)
    answer = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    end = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", answer if serves else end], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        assert code_server._is_noticed(server, port) == serves
        server.communicate(b"\n")
