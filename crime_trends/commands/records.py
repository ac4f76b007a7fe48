"""Dagster's records, as the commands use them: opened, and rid of runs that were killed.

Such runs stay started in the records and hold their pool slots until somebody says so.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DBAPIError

from crime_trends.automation.retries import COMMAND_TAG, KILLED_TAG
from crime_trends.commands.progress import say
from crime_trends.errors import CrimeTrendsError


@contextmanager
def dagster_records() -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of the environment.

    Raises:
        CrimeTrendsError: its database can't be read or written, at whatever time within the block.
    """
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    except DBAPIError as error:
        place = os.environ["DAGSTER_HOME"]
        raise CrimeTrendsError(f"Dagster's records in {place} can't be read or written: {error.orig}") from error


def command_tags(home: Path) -> dict[str, str]:
    """The tags of the runs that the ``run`` command starts on a home."""
    return {COMMAND_TAG: hashlib.sha256(str(home).encode()).hexdigest()[:16]}


def report_killed_runs(instance: dg.DagsterInstance, home: Path) -> dict[str, str]:
    """Reports the command's unfinished runs of a home failed and frees their pool slots.

    Only call it while holding the home: then no other ``run`` on it is alive, so one that looks started was killed.

    Returns:
        Tags with which the next runs know them, and those that were killed before these could take their place: what
        they left at work elsewhere is not known to have ended.
    """
    unfinished = instance.get_runs(
        filters=dg.RunsFilter(
            tags=command_tags(home),
            statuses=[
                dg.DagsterRunStatus.NOT_STARTED,
                dg.DagsterRunStatus.STARTING,
                dg.DagsterRunStatus.STARTED,
                dg.DagsterRunStatus.CANCELING,
            ],
        )
    )
    for run in unfinished:
        report_killed(instance, run)
    killed = {id for run in unfinished for id in (run.run_id, *run.tags.get(KILLED_TAG, "").split(",")) if id}
    return {KILLED_TAG: ",".join(sorted(killed))} if killed else {}


def report_killed(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Reports a run failed whose process is known to be dead, and frees its pool slots."""
    instance.report_run_failed(run, "The process of this run was killed.")
    # The public interface has no way to free a slot; docs/decisions/killed-runs.md.
    instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    say(f"a run that was killed before ({run.run_id[:8]}) is now reported failed")
