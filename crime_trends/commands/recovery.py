"""Runs that were killed: they stay started in Dagster's records and hold their pool slots until somebody says so."""

from __future__ import annotations

import dagster as dg

from crime_trends.commands.progress import say

COMMAND_TAG = "crime_trends/command"
"""Marks the runs of the ``run`` command, so that those of the daemon are never touched."""


def report_killed_runs(instance: dg.DagsterInstance) -> None:
    """Reports the command's unfinished runs failed and frees their pool slots.

    Only call it while holding the home: then no other ``run`` is alive, so a run that looks started was killed.
    """
    unfinished = instance.get_runs(
        filters=dg.RunsFilter(
            tags={COMMAND_TAG: "run"},
            statuses=[
                dg.DagsterRunStatus.NOT_STARTED,
                dg.DagsterRunStatus.STARTING,
                dg.DagsterRunStatus.STARTED,
                dg.DagsterRunStatus.CANCELING,
            ],
        )
    )
    for run in unfinished:
        instance.report_run_failed(run, "The process of this run was killed.")
        # The public interface has no way to free a slot; docs/decisions/killed-runs.md.
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        say(f"a run that was killed before ({run.run_id[:8]}) is now reported failed")
