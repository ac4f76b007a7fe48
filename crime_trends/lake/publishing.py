"""Publishes the months that a Spark job cleaned, if their numbers are proven; nothing of them is visible before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from crime_cleaning.spec import CleaningReport, MonthCounts

from crime_trends.errors import LakeConflictError, ReconciliationError
from crime_trends.lake.base import Lake
from crime_trends.lake.cleaning import CleaningPlan, discard_attempt
from crime_trends.lake.manifests import CleanManifest, LakeFile, clean_version
from crime_trends.lake.orphans import retire
from crime_trends.lake.refusals import accept, refuse
from crime_trends.sql import path_pattern


def publish_months(lake: Lake, plan: CleaningPlan, report: CleaningReport) -> list[CleanManifest]:
    """Publishes the stale months whose numbers agree, each in one step, and removes the attempt's folder.

    Arguments:
        report: what the Spark job counted; without any month where no stale month has rows.

    Returns:
        The manifests that were published.

    Raises:
        ReconciliationError: for the months whose raw rows are not the sum of what became of them, or whose files hold
            other numbers of rows than reported; they are not published, all others are.
        LakeConflictError: another process published some of the months meanwhile; all others are published.
    """
    published, wrong, conflicts = [], [], []
    try:
        written = [file.path for file in lake.files(plan.attempt) if file.path.endswith(".parquet")]
        for month in plan.stale:
            counts = report.months.get(month, MonthCounts())
            clean, rejects = (
                [path for path in written if path.startswith(f"{plan.attempt}/{kind}/partition={month}/")]
                for kind in ("clean", "rejects")
            )
            with lake.on_this_disk([*clean, *rejects]) as root:
                files, rejected_files = _with_rows(root, clean), _with_rows(root, rejects)
                if mismatch := _mismatch(plan.rows[month].rows, counts, _rows_of(files), _rows_of(rejected_files)):
                    wrong.append(f"{month}: {mismatch}")
                    refuse(lake, plan.dataset.key, month, mismatch)
                    continue
                try:
                    published.append(_publish(lake, plan, month, counts, files, rejected_files))
                    accept(lake, plan.dataset.key, month)
                except LakeConflictError as error:
                    conflicts.append(str(error))
    finally:
        discard_attempt(lake, plan)
    if wrong:
        raise ReconciliationError(
            f"{plan.dataset.key}: rows got lost or doubled while cleaning, so these months were not published: "
            + "; ".join(wrong)
        )
    if conflicts:
        raise LakeConflictError("; ".join(conflicts))
    return published


def _with_rows(root: Path, paths: Sequence[str]) -> list[tuple[Path, int]]:
    """Files that Spark wrote, each with the rows that its footer states."""
    rows = []
    with duckdb.connect() as connection:
        for file in (root / path for path in paths):
            found = connection.execute("select num_rows from parquet_file_metadata(?)", [path_pattern(file)])
            (number,) = found.fetchone() or (0,)
            rows.append((file, int(number)))
    return rows


def _rows_of(files: Sequence[tuple[Path, int]]) -> int:
    return sum(rows for _, rows in files)


def _mismatch(raw_rows: int, counts: MonthCounts, clean_in_files: int, rejected_in_files: int) -> str:
    accounted = counts.clean_rows + counts.rejected_rows + counts.duplicate_rows
    found = []
    if accounted != raw_rows:
        found.append(
            f"{raw_rows} raw rows, but {counts.clean_rows} clean + {counts.rejected_rows} rejected + "
            f"{counts.duplicate_rows} exact duplicates = {accounted}"
        )
    for name, reported, in_files in (
        ("clean", counts.clean_rows, clean_in_files),
        ("rejected", counts.rejected_rows, rejected_in_files),
    ):
        if reported != in_files:
            found.append(f"{reported} {name} rows reported, but {in_files} in the files")
    return ", ".join(found)


def _publish(
    lake: Lake,
    plan: CleaningPlan,
    month: str,
    counts: MonthCounts,
    files: Sequence[tuple[Path, int]],
    rejected_files: Sequence[tuple[Path, int]],
) -> CleanManifest:
    key, raw, replaces = plan.dataset.key, plan.rows[month], plan.replaces[month]

    def adopted(found: Sequence[tuple[Path, int]], folder: str) -> list[LakeFile]:
        return [lake.put(file, folder, rows) for file, rows in found]

    manifest = CleanManifest(
        dataset=key,
        partition=month,
        version=clean_version(raw.checksum, plan.code_hash),
        raw_checksum=raw.checksum,
        code_hash=plan.code_hash,
        raw_rows=raw.rows,
        clean_rows=counts.clean_rows,
        rejected_rows=counts.rejected_rows,
        duplicate_rows=counts.duplicate_rows,
        issues=counts.issues,
        rejections=counts.rejections,
        files=adopted(files, lake.clean_folder(key, month)),
        rejected_files=adopted(rejected_files, lake.rejects_folder(key, month)),
        portal_rows=raw.portal_rows,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fetched_at=plan.raw[month[:4]].fetched_at,
    )
    if replaces is not None:
        retire(lake, [*replaces.files, *replaces.rejected_files])
    lake.publish_clean(manifest, replaces)
    return manifest
