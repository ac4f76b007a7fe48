"""Rows outside become rejects: a row that belongs to no month can't be used, and is kept with the reason.

No Spark and no cleaning rule: each row is rejected as it was served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from crime_cleaning.columns import ColumnMap
from crime_cleaning.reasons import Rejection

from crime_trends.datasets import Dataset
from crime_trends.errors import CrimeTrendsError, ReconciliationError
from crime_trends.lake.base import Lake
from crime_trends.lake.checksums import csv_sql, field_names, id_sql, read_header
from crime_trends.lake.manifests import CleanManifest, LakeFile, RawManifest, clean_version
from crime_trends.lake.orphans import retire, sweep_orphans
from crime_trends.sql import literal


def rejects_key(dataset: Dataset) -> str:
    """Key of the rejects that the rows outside of a dataset are."""
    return f"{dataset.outside_key}_rejects"


def rejects_behind(lake: Lake, dataset: Dataset) -> str:
    """Why the rejects have to be made again, in a few words; "" if they are current. The raw rows must be there."""
    manifest, raw = lake.clean_manifest(rejects_key(dataset), ""), lake.raw_manifest(dataset.outside_key, "")
    if manifest is None or raw is None:
        return "never made"
    if manifest.raw_checksum != raw.undated_checksum:
        return "the raw rows changed"
    return "" if manifest.code_hash == _code_hash(dataset) else "the code changed"


def reject_outside(lake: Lake, dataset: Dataset, *, force: bool = False) -> CleanManifest:
    """Makes the rejects of a dataset's rows outside be what the raw rows say, in one step.

    Arguments:
        force: although they are current.

    Returns:
        The manifest that the lake now has.

    Raises:
        CrimeTrendsError: the raw rows were never fetched.
        ReconciliationError: another number of rows was written than there are raw ones; the last rejects stay.
        LakeConflictError: another process published meanwhile.
    """
    raw = lake.raw_manifest(dataset.outside_key, "")
    if raw is None:
        raise CrimeTrendsError(f"raw/{dataset.outside_key} was never fetched; bring it first")
    old = lake.clean_manifest(rejects_key(dataset), "")
    if old is not None and not force and not rejects_behind(lake, dataset):
        return old
    code_hash = _code_hash(dataset)
    with lake.landing(lake.clean_folder(rejects_key(dataset), ""), ".parquet") as file:
        manifest = CleanManifest(
            dataset=rejects_key(dataset),
            partition="",
            version=clean_version(raw.undated_checksum, code_hash),
            raw_checksum=raw.undated_checksum,
            code_hash=code_hash,
            raw_rows=raw.rows,
            clean_rows=0,
            rejected_rows=raw.rows,
            duplicate_rows=0,
            issues={},
            rejections={Rejection.NO_MONTH: raw.rows} if raw.rows else {},
            files=[],
            rejected_files=[_written(lake, dataset, raw, file)] if raw.rows else [],
            portal_rows=raw.portal_rows.outside if raw.portal_rows else None,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            fetched_at=raw.fetched_at,
        )
        if old is not None:
            retire(lake, old.rejected_files)
        lake.publish_clean(manifest, old)
    sweep_orphans(lake, rejects_key(dataset))
    return manifest


def _written(lake: Lake, dataset: Dataset, raw: RawManifest, file: Path) -> LakeFile:
    """Writes the rejects and takes them into the lake; raises unless they are as many as the raw rows."""
    with lake.on_this_disk([stored.path for stored in raw.files]) as root, duckdb.connect() as connection:
        parts = []
        for source in (root / stored.path for stored in raw.files):
            header = read_header(source)
            parts.append(_rejects_sql(csv_sql(source, header), header, dataset.column_map))
        copied = connection.execute(f"copy ({' union all '.join(parts)}) to {literal(str(file))} (format parquet)")
        (written,) = copied.fetchone() or (0,)
    if written != raw.rows:
        raise ReconciliationError(
            f"{raw.dataset}: {written} rejects were written of {raw.rows} raw rows, so they were not published"
        )
    return lake.put(file, lake.clean_folder(rejects_key(dataset), ""), raw.rows)


def _code_hash(dataset: Dataset) -> str:
    """Hash of the statement that makes the rejects, whatever their header."""
    column_map = dataset.column_map
    header = [column_map.column(column_map.id_column).sources[0]]
    return hashlib.sha256(_rejects_sql("", header, column_map).encode()).hexdigest()


def _rejects_sql(source: str, header: Sequence[str], column_map: ColumnMap) -> str:
    """The query that makes rejects of a CSV; of its JSON, empty fields are left out, as those of a month's rejects."""
    fields = field_names(header)
    named = zip([*header, *fields[len(header) :]], fields, strict=True)
    members = ", ".join(f"{literal(name)}, nullif({field}, '')" for name, field in named)
    id_field = fields[header.index(column_map.source_columns(list(header))[column_map.id_column])]
    return (
        f"select '{Rejection.NO_MONTH}' as reason, nullif({id_sql(id_field)}, '') as row_id, null::date as month, "
        f"json_merge_patch('{{}}', json_object({members}))::varchar as raw from {source}"
    )
