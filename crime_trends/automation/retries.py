"""What is tried again: a portal that does not answer, a file that another process holds. What can't pass, is not.

A policy on the assets would also repeat what fails for good; so the steps ask for another attempt themselves, when the
error says that it may pass. A run that somebody waits for at a terminal fails at once.
"""

from __future__ import annotations

import dagster as dg

COMMAND_TAG = "crime_trends/run_of_home"
"""Marks the runs of the ``run`` command with the home they work on: the daemon's, and those of another home that
shares the Dagster instance, are never touched by the recovery of killed runs."""

POLICY = dg.RetryPolicy(max_retries=3, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""After about one, two and four minutes; the jitter keeps steps apart that failed together."""


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
