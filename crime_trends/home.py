"""The home: the folder that holds lake, warehouse, reports and the Dagster instance of one user or server."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crime_trends.errors import CrimeTrendsError
from crime_trends.settings import Settings

DAGSTER_YAML = """\
# Written by crime-trends. To change it, set DAGSTER_HOME to a folder with a dagster.yaml of your own.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: op
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      # Runs that wait for a portal would only hold a process each.
      - key: crime_trends/portal
        value: {applyLimitPerUniqueValue: true}
        limit: 2
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  free_slots_after_run_end_seconds: 60
run_retries:
  # Of runs whose process died. What fails in a step, the step itself tries again, if it may pass.
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
freshness:
  enabled: true
"""


def prepare_home(settings: Settings) -> None:
    """Makes the folders of the home and tells the programs that are started from here where it is.

    Raises:
        CrimeTrendsError: a folder can't be made or written.
    """
    try:
        for folder in (settings.home, settings.lake_dir, settings.temporary_dir, settings.dagster_dir):
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "no right to write", str(folder))
        dagster_home = settings.export()
        config = dagster_home / "dagster.yaml"
        is_own = dagster_home == settings.dagster_dir
        if not config.exists() or (is_own and config.read_text() != DAGSTER_YAML):
            config.write_text(DAGSTER_YAML)
    except OSError as error:
        raise CrimeTrendsError(
            f"the home {settings.home} can't be used: {error.strerror} ({error.filename}); "
            "make it writable or set CRIME_TRENDS_HOME to another folder"
        ) from None


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Holds the home for one ``run``; waits for another to end, up to the setting's deadline.

    The lock is the operating system's: it is gone with the process that held it, however that ended.

    Raises:
        CrimeTrendsError: another run held it until the deadline; the message names its process.
    """
    path = settings.home / "run.lock"
    with path.open("a+") as lock:
        deadline = time.monotonic() + settings.lock_timeout_seconds
        while not _try_lock(lock.fileno()):
            if time.monotonic() >= deadline:
                raise CrimeTrendsError(
                    f"another run is at work on {settings.home} ({_holder(path)}); wait for it to end or stop it"
                )
            time.sleep(0.2)
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
        lock.flush()
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    return path.read_text().strip() or "its process is not known"
