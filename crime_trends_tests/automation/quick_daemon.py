"""Dagster's daemon with a shorter pause between its looks at backfills, which is half a minute and can't be set.

``SECONDS_LATER`` in the environment lets it live in the future, so that things grow old.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import dagster._daemon.controller as controller
from dagster._daemon.cli import main

controller.DEFAULT_DAEMON_INTERVAL_SECONDS = 2


def _later(now: Callable[[], float], seconds: float) -> Callable[[], float]:
    return lambda: now() + seconds


if __name__ == "__main__":
    time.time = _later(time.time, float(os.environ.get("SECONDS_LATER", "0")))
    main()
