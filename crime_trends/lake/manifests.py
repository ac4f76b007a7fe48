"""Manifests: the small JSON documents that say what a partition of the lake is.

A year of raw data, a month of clean data, a look-up or the rows outside exist if and only if their manifest exists,
and consist of the files that the manifest names. Paths are relative to the root of the lake, so that a lake can be
copied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self


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
class PortalRows:
    """The portal's own counts of a dataset at one moment: all rows, those dated in each year, and those outside."""

    total: int
    years: dict[str, int]
    outside: int

    def __add__(self, other: PortalRows) -> PortalRows:
        years = dict(self.years)
        for year, rows in other.years.items():
            years[year] = years.get(year, 0) + rows
        return PortalRows(self.total + other.total, years, self.outside + other.outside)


class Manifest:
    """How a manifest, which is a dataclass, is stored: as JSON, each of its fields under its name."""

    PARSERS: ClassVar[dict[str, Callable[[Any], Any]]]
    """Field -> what makes it of its JSON, for the fields whose JSON is another."""

    def to_json(self) -> str:
        """The manifest as it is stored."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The manifest that ``to_json`` wrote.

        Raises:
            ValueError: it is none.
        """
        try:
            values = json.loads(text)
            return cls(**values | {name: parse(values[name]) for name, parse in cls.PARSERS.items() if name in values})
        except (AttributeError, TypeError) as error:
            raise ValueError(str(error)) from None


def _files(values: list[dict[str, Any]]) -> list[LakeFile]:
    return [LakeFile(**value) for value in values]


@dataclass(frozen=True)
class RawManifest(Manifest):
    """A year of raw data, a look-up, or the rows outside of a dataset's years.

    Arguments:
        dataset: key of the dataset, of the look-up, or of the dataset's rows outside.
        partition: the year, or ``""`` where there are none.
        source: what was fetched, without the host (Socrata ids, or paths below the host).
        synthetic: whether the portal said that its data are made up.
        fetched_at: UTC, ISO 8601.
        portal_version: what the portal says of its state, to compare with at the next look; opaque to readers.
        files: the CSV files; none for an empty partition.
        header: the column names of the file, as served.
        has_line_breaks: whether the files can't be read line by line, as ``Measured`` says.
        months: ``YYYY-MM`` -> month, only months with rows.
        undated_rows: rows of the files that belong to none of the year's months.
        undated_checksum: as that of a month, of these rows.
        note: what is missing and why, else "".
        portal_rows: what the portal counted in all when the rows outside were fetched; None for years and look-ups.
    """

    PARSERS: ClassVar = {
        "files": _files,
        "months": lambda months: {key: RawMonth(**month) for key, month in months.items()},
        "portal_rows": lambda rows: PortalRows(**rows) if rows else None,
    }

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
    portal_rows: PortalRows | None = None

    @property
    def rows(self) -> int:
        """Rows of all files together."""
        return sum(file.rows for file in self.files)


def changed_months(old: RawManifest | None, new: RawManifest, undated_month: str) -> list[str]:
    """The months whose rows differ, also those that vanished.

    Arguments:
        old, new: the year before and after; None if it was never fetched.
        undated_month: the month that takes rows of no month, so that a change of theirs is one of it.
    """
    before, after = (old.months if old else {}), new.months
    months = before.keys() | after.keys()
    changed = {
        month
        for month in months
        if month not in before or month not in after or before[month].checksum != after[month].checksum
    }
    if new.undated_checksum != (old.undated_checksum if old else ""):
        changed.add(undated_month)
    return sorted(changed)


@dataclass(frozen=True)
class CleanManifest(Manifest):
    """A month of clean data and of its rejects, or the rejects that rows outside are.

    Arguments:
        dataset: key of the dataset, or of the rejects of its rows outside.
        partition: the month, ``YYYY-MM``, or ``""`` for rows outside.
        version: as ``clean_version`` makes it; what the warehouse compares with its ledger.
        raw_checksum: of the raw rows it was made from.
        code_hash: of what makes it.
        raw_rows, clean_rows, rejected_rows, duplicate_rows: the first is the sum of the others.
        issues: column -> values of it that could not be used.
        rejections: reason -> rows rejected for it.
        files, rejected_files: Parquet; none where there are no rows.
        portal_rows: the portal's own count for the month; None where it publishes none.
        made_at: UTC, ISO 8601.
        fetched_at: when the raw file that it was made from was fetched, UTC, ISO 8601; "" if that was not kept.
    """

    PARSERS: ClassVar = {"files": _files, "rejected_files": _files}

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
    fetched_at: str = ""

    @property
    def fetched_time(self) -> datetime | None:
        """``fetched_at`` as the ledgers hold times: UTC, without its zone; None if it was not kept."""
        return datetime.fromisoformat(self.fetched_at).astimezone(UTC).replace(tzinfo=None) if self.fetched_at else None


def clean_version(raw_checksum: str, code_hash: str) -> str:
    """What a clean partition is, by what it was made from."""
    return hashlib.sha256(f"{raw_checksum}\0{code_hash}".encode()).hexdigest()[:32]
