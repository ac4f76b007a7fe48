"""What is tried again: a portal that does not answer, a file that another process holds. What can't pass, is not.

A policy on the assets would also repeat what fails for good; so the steps ask for another attempt themselves, when the
error says that it may pass. A run that somebody waits for at a terminal fails at once.
"""

from __future__ import annotations

import dagster as dg

COMMAND_TAG = "crime_trends/run_of_home"
"""Marks the runs of the ``run`` command with the home they work on: the daemon's, and those of another home that
shares the Dagster instance, are never touched by the recovery of killed runs."""

KILLED_TAG = "crime_trends/killed_runs"
"""On runs of the ``run`` command: the ids of those before it that were killed, joined by commas."""

POLICY = dg.RetryPolicy(max_retries=3, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""After about one, two and four minutes; the jitter keeps steps apart that failed together."""

RUN_DIGITS = 16
"""How much of a run's id is in the name of an attempt: the names of Dataproc's batches have room for 63 characters."""


def attempt(context: dg.AssetExecutionContext) -> str:
    """The name of the present attempt of a step: its run, and how often the run has tried the step before."""
    return _attempt(context.run.run_id, context.retry_number)


def earlier_attempts(context: dg.AssetExecutionContext) -> list[str]:
    """The names of the attempts that the present one repeats: of its run, and of the runs that this run repeats.

    The daemon repeats a run whose process died, at most twice, and people repeat runs that failed; each run has an id
    of its own, and knows the one before it and the first one. The ``run`` command tells its runs which were killed.
    """
    killed = context.run.tags.get(KILLED_TAG, "").split(",")
    repeated = sorted({id for id in (context.run.root_run_id, context.run.parent_run_id, *killed) if id})
    own = [_attempt(context.run.run_id, number) for number in range(context.retry_number)]
    return [_attempt(id, number) for id in repeated for number in range(POLICY.max_retries + 1)] + own


def _attempt(run_id: str, number: int) -> str:
    return f"{run_id.replace('-', '')[:RUN_DIGITS]}-{number}"


def try_again_later(context: dg.AssetExecutionContext, error: Exception) -> None:
    """Ends the present attempt of a step by asking for another, unless there were enough or somebody waits.

    Raises:
        RetryRequested: another attempt is made.
    """
    if COMMAND_TAG in context.run.tags or context.retry_number >= POLICY.max_retries:
        return
    pause = POLICY.calculate_delay(context.retry_number + 1)
    context.log.warning(f"{error}\ntried again in {pause:.0f} seconds")
    raise dg.RetryRequested(max_retries=POLICY.max_retries, seconds_to_wait=pause) from error
