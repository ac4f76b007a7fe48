"""Months and years as the labels that partitions and folders bear: ``2024-03`` and ``2024``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from crime_trends.datasets import Dataset
from crime_trends.errors import UsageError


def parse_month(text: str) -> str:
    """The month that a user wrote.

    Raises:
        UsageError: it is not of the form 2024-03.
    """
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise UsageError(f"{text!r} is not a month; write it as 2024-03")
    return text


TRAILING_MONTHS = 13
"""How many months, the current one included, count as recent: they are watched and swept without being asked for."""


def current_month() -> str:
    """The month of now, UTC."""
    return datetime.now(UTC).strftime("%Y-%m")


def next_month(month: str) -> str:
    """The month after."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def month_range(first: str, last: str) -> list[str]:
    """All months from first to last, both included; empty if last lies before first."""
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def months_of(dataset: Dataset, first: str, last: str) -> list[str]:
    """The months from first to last that lie in the dataset's span and not in the future."""
    end = min(last, dataset.last_month or last, current_month())
    return month_range(max(first, dataset.first_month), end)


def trailing_months(dataset: Dataset) -> list[str]:
    """The latest months, as many as ``TRAILING_MONTHS``, that lie in the dataset's span; none if it ended before."""
    last = current_month()
    year, number = divmod(int(last[:4]) * 12 + int(last[5:]) - TRAILING_MONTHS, 12)
    return months_of(dataset, f"{year}-{number + 1:02d}", last)


def months_of_year(dataset: Dataset, year: str) -> list[str]:
    """The months of a year that lie in the dataset's span and not in the future."""
    return months_of(dataset, f"{year}-01", f"{year}-12")


def month_of_undated(dataset: Dataset, year: str) -> str:
    """The month that takes the rows of a raw year that belong to none: the first of the year in the dataset's span."""
    return max(f"{year}-01", dataset.first_month)


def years_of(months: Iterable[str]) -> list[str]:
    """The years of some months, each once, in order."""
    return sorted({month[:4] for month in months})


def first_day(month: str) -> date:
    """The first day of a month, as the ``month`` columns hold it."""
    return date(int(month[:4]), int(month[5:]), 1)
