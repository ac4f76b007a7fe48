"""Manifests: the small JSON documents that say what a partition of the lake is.

A year of raw data, a month of clean data or a look-up exists if and only if its manifest exists, and consists of the
files that the manifest names. Paths are relative to the root of the lake, so that a lake can be copied.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class LakeFile:
    """A file of a partition: path relative to the lake's root, size in bytes, SHA-256, and rows."""

    path: str
    bytes: int
    sha256: str
    rows: int


@dataclass(frozen=True)
class RawMonth:
    """A month within a raw year.

    Arguments:
        rows: rows of the file that belong to the month.
        checksum: sum of row hashes over the named columns, as ``crime_trends.lake.checksums`` defines it.
        portal_rows: the portal's own count for the month; None where it publishes none.
    """

    rows: int
    checksum: str
    portal_rows: int | None = None


@dataclass(frozen=True)
class RawManifest:
    """A year of raw data, or a look-up.

    Arguments:
        dataset: key of the dataset or look-up.
        partition: the year, or ``""`` for a look-up.
        source: what was fetched, without the host (Socrata id, or paths below the host).
        synthetic: whether the portal said that its data are made up.
        fetched_at: UTC, ISO 8601.
        portal_version: what the portal says of its state, to compare with at the next look; opaque to readers.
        files: the CSV files; none for an empty partition.
        header: the column names of the file, as served.
        has_line_breaks: whether a field holds a line break.
        months: ``YYYY-MM`` -> month, only months with rows.
        undated_rows: rows of the file that belong to none of the year's months.
        note: why the partition is empty, else "".
    """

    dataset: str
    partition: str
    source: str
    synthetic: bool
    fetched_at: str
    portal_version: dict[str, Any]
    files: list[LakeFile]
    header: list[str] = field(default_factory=list)
    has_line_breaks: bool = False
    months: dict[str, RawMonth] = field(default_factory=dict)
    undated_rows: int = 0
    undated_checksum: str = ""
    note: str = ""

    @property
    def rows(self) -> int:
        """Rows of all files together."""
        return sum(file.rows for file in self.files)

    def to_json(self) -> str:
        """The manifest as it is stored."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> RawManifest:
        """The manifest that ``to_json`` wrote."""
        values = json.loads(text)
        values["files"] = [LakeFile(**file) for file in values["files"]]
        values["months"] = {key: RawMonth(**month) for key, month in values["months"].items()}
        return cls(**values)


@dataclass(frozen=True)
class CleanManifest:
    """A month of clean data and of its rejects.

    Arguments:
        dataset: key of the dataset.
        partition: the month, ``YYYY-MM``.
        version: hash of raw checksum and code; what the warehouse compares with its ledger.
        raw_checksum: of the raw rows it was made from.
        code_hash: of the Spark package and the column map.
        raw_rows, clean_rows, rejected_rows, duplicate_rows: the first is the sum of the others.
        issues: column -> values of it that could not be used.
        rejections: reason -> rows rejected for it.
        files, rejected_files: Parquet; none where there are no rows.
        portal_rows: the portal's own count for the month; None where it publishes none.
        made_at: UTC, ISO 8601.
    """

    dataset: str
    partition: str
    version: str
    raw_checksum: str
    code_hash: str
    raw_rows: int
    clean_rows: int
    rejected_rows: int
    duplicate_rows: int
    issues: dict[str, int]
    rejections: dict[str, int]
    files: list[LakeFile]
    rejected_files: list[LakeFile]
    portal_rows: int | None
    made_at: str

    def to_json(self) -> str:
        """The manifest as it is stored."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> CleanManifest:
        """The manifest that ``to_json`` wrote."""
        values = json.loads(text)
        values["files"] = [LakeFile(**file) for file in values["files"]]
        values["rejected_files"] = [LakeFile(**file) for file in values["rejected_files"]]
        return cls(**values)
