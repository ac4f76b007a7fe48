"""What a cleaning job is asked and what it answers, as JSON through Dagster Pipes: the contract of both sides.

No import of Spark or Dagster here, since the asking side needs neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class YearInput:
    """A raw year, and what of it is asked for.

    Arguments:
        year: the year.
        files: its CSV files; each begins with the header.
        header: the column names, as served.
        has_line_breaks: whether the files can't be read line by line: a field holds a line break, or a row nothing but
            blanks or control characters. It keeps Spark from splitting the files.
        known_months: every month of the year that has rows; a row of none of them belongs to no month.
        months: the months to clean, ``YYYY-MM``.
        undated_month: the month whose rejects take the rows that belong to no month; None if it is not asked for.
    """

    year: str
    files: list[str]
    header: list[str]
    has_line_breaks: bool
    known_months: list[str]
    months: list[str]
    undated_month: str | None


@dataclass(frozen=True)
class CleaningJob:
    """A job: any number of months of one dataset.

    Arguments:
        dataset: the dataset's key.
        inputs: the years that hold the months.
        output, rejects_output: folders that don't exist yet; a month's files come to lie in ``partition=<YYYY-MM>``.
        partitions: into how many parts the rows are shuffled; a month is never split.
        spark: settings of the session that the place of execution decides (memory, cores, JVM flags).
        parent_pid: the job ends when its parent is no longer this process; None to outlive it.
    """

    dataset: str
    inputs: list[YearInput]
    output: str
    rejects_output: str
    partitions: int
    spark: dict[str, str] = field(default_factory=dict)
    parent_pid: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The job as Pipes carries it."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> CleaningJob:
        """The job that ``to_json`` gave."""
        return cls(**{**values, "inputs": [YearInput(**year) for year in values["inputs"]]})


@dataclass
class MonthCounts:
    """What became of a month's rows, each number counted for itself.

    Arguments:
        clean_rows, rejected_rows, duplicate_rows: rows that were written, rejected, dropped as exact duplicates (the
            same in every column that the column map names).
        issues: column -> values of it that could not be used, in the clean rows.
        rejections: reason -> rows rejected for it.
    """

    clean_rows: int = 0
    rejected_rows: int = 0
    duplicate_rows: int = 0
    issues: dict[str, int] = field(default_factory=dict)
    rejections: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CleaningReport:
    """What a job did: month -> its counts. A month without a row is not named."""

    months: dict[str, MonthCounts]

    def to_json(self) -> dict[str, Any]:
        """The report as Pipes carries it."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> CleaningReport:
        """The report that ``to_json`` gave."""
        return cls({month: MonthCounts(**counts) for month, counts in values["months"].items()})
