"""Dagster's daemon with shorter pauses before its looks at backfills, half a minute, and at queued runs, 5 seconds.

``CLOCK`` in the environment names a file that says how many seconds later than now it lives, so that things grow old.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster._daemon.controller as controller
import dagster._time
from dagster._core.run_coordinator.queued_run_coordinator import QueuedRunCoordinator
from dagster._daemon.cli import main

controller.DEFAULT_DAEMON_INTERVAL_SECONDS = 2
QueuedRunCoordinator.dequeue_interval_seconds = 1


def live_later(clock: Path) -> None:
    """Makes this process live as many seconds later as the file says at the moment."""
    now = time.time
    time.time = lambda: now() + float(clock.read_text())
    dagster._time._mockable_get_current_datetime = lambda: datetime.fromtimestamp(time.time(), UTC)


if __name__ == "__main__":
    if "CLOCK" in os.environ:
        live_later(Path(os.environ["CLOCK"]))
    main()
