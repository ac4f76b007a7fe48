"""Publishing that is killed before any single change that it makes on disk: each month is the old or the new one."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from crime_cleaning.spec import CleaningReport, MonthCounts

from crime_trends.lake.base import ATTEMPTS
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import RawMonth
from crime_trends.lake.orphans import sweep_orphans
from crime_trends.lake.publishing import publish_months
from crime_trends_tests.spark.test_publishing import CALLS, cleaned, publish_raw, write

MONTHS = ("2023-01", "2023-02")
OLD_ROWS, NEW_ROWS, NEW_REJECTS = 3, 5, 2
OLD, NEW = (OLD_ROWS, 0), (NEW_ROWS, NEW_REJECTS)
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.utime", "shutil.rmtree"}


def dies_before(change: int) -> None:
    """Kills this process (-9) just before it changes anything on disk for the n-th time."""
    changes = count(1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        is_written = event == "open" and isinstance(arguments[1], str) and arguments[1][0] in "wax"
        if (event in CHANGES or is_written) and next(changes) == change:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def clean_anew(lake: LocalLake, killed_before: int = 0) -> None:
    """Plans, writes what Spark would have written, publishes, and removes old files at once instead of a day later."""
    plan = plan_cleaning(lake, CALLS, MONTHS)
    for month in plan.stale:
        write(lake, plan, "clean", month, NEW_ROWS)
        write(lake, plan, "rejects", month, NEW_REJECTS)
    if killed_before:
        dies_before(killed_before)
    publish_months(lake, plan, CleaningReport({month: MonthCounts(NEW_ROWS, NEW_REJECTS) for month in plan.stale}))
    sweep_orphans(lake, CALLS.key, grace_seconds=-60)


def rows_if_whole(lake: LocalLake, month: str) -> tuple[int, int]:
    """Clean and rejected rows of a month, all of whose files are there as its manifest says."""
    manifest = lake.clean_manifest(CALLS.key, month)
    assert manifest is not None
    for file in (*manifest.files, *manifest.rejected_files):
        assert hashlib.sha256(lake.path(file.path).read_bytes()).hexdigest() == file.sha256
    files = (manifest.files, manifest.rejected_files)
    assert [sum(file.rows for file in kind) for kind in files] == [manifest.clean_rows, manifest.rejected_rows]
    return manifest.clean_rows, manifest.rejected_rows


def test_each_month_is_the_old_or_the_new_one_wherever_publishing_is_killed(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    seen = set()
    for change in count(1):
        lake = LocalLake(tmp_path / str(change))
        publish_raw(lake, {month: RawMonth(OLD_ROWS, "old") for month in MONTHS})
        cleaned(lake, [*MONTHS], OLD_ROWS)
        publish_raw(lake, {month: RawMonth(NEW_ROWS + NEW_REJECTS, "new") for month in MONTHS})
        process = context.Process(target=clean_anew, args=(lake, change))
        process.start()
        process.join()
        after = tuple(rows_if_whole(lake, month) for month in MONTHS)
        seen.add(after)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        left = plan_cleaning(lake, CALLS, MONTHS).months_with_rows
        assert left == [month for month, rows in zip(MONTHS, after, strict=True) if rows == OLD], (
            "what Spark reads again"
        )

        clean_anew(lake)
        assert [rows_if_whole(lake, month) for month in MONTHS] == [NEW, NEW]
        assert len(list(lake.path("clean").rglob("*.parquet"))) == 4, "what the killed one left is swept"
        assert not list(lake.path(f"{ATTEMPTS}/{CALLS.key}").glob("*"))
    assert seen == {(OLD, OLD), (NEW, OLD), (NEW, NEW)}
    assert change > 20, "every change was met"
