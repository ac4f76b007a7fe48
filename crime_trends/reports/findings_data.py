"""What the findings are made of, read from the marts in one snapshot: months, series and the names of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crime_trends.warehouse.base import Warehouse

MODELS = (
    ("facts", "dim_series"),
    ("facts", "offense_groups"),
    ("facts", "series_breaks"),
    ("intermediate", "int_series_months"),
    ("marts", "mart_monthly_counts"),
)
"""(schema, table) of the models that the findings are read from."""


@dataclass(frozen=True)
class Month:
    """A month of a dataset's offense group, or of ``all`` its groups.

    Arguments:
        dataset, offense_group: their keys.
        measure: ``cases`` or ``calls``.
        scope: the group's scope; ``index``, ``all`` and so on.
        series_id: months are comparable only if they are of one series.
        month: its first day.
        count: how many.
        low_count, high_count: at the least and at the most, where sources map offenses differently; else None.
        is_settled, is_complete: a month counts only if both hold.
    """

    dataset: str
    offense_group: str
    measure: str
    scope: str
    series_id: str
    month: date
    count: int
    low_count: int | None = None
    high_count: int | None = None
    is_settled: bool = True
    is_complete: bool = True

    @property
    def is_comparable(self) -> bool:
        """Whether it counts."""
        return self.is_settled and self.is_complete


@dataclass(frozen=True)
class Series:
    """A span of a dataset's offense group (or ``all``) whose months are comparable.

    Arguments:
        dataset, offense_group: their keys.
        first_month, last_month: None is open.
        note: what breaks it from the one before; None for the first.
    """

    dataset: str
    offense_group: str
    first_month: date
    last_month: date | None
    note: str | None


@dataclass(frozen=True)
class Note:
    """What is to be known of a month of an offense group.

    Arguments:
        dataset, offense_group, month: which.
        incomplete_reason: why the month is not complete; None if it is.
        break_notes: what happened that does not make it incomparable; None for nothing.
    """

    dataset: str
    offense_group: str
    month: date
    incomplete_reason: str | None
    break_notes: str | None


@dataclass(frozen=True)
class History:
    """All that the findings are made of.

    Arguments:
        months, series, notes: in no order that matters.
        group_names: key of an offense group -> its name.
    """

    months: tuple[Month, ...] = ()
    series: tuple[Series, ...] = ()
    notes: tuple[Note, ...] = ()
    group_names: Mapping[str, str] = field(default_factory=dict)


def read_history(warehouse: Warehouse) -> History:
    """Reads the marts.

    Raises:
        NoTableError: they were never built.
        CrimeTrendsError: the warehouse can't be asked.
    """
    table = warehouse.table
    with warehouse.snapshot() as read:
        months = read(
            "select dataset, offense_group, measure, offense_scope, series_id, month, measure_count, low_count, "
            f"high_count, is_settled, is_complete from {table('intermediate', 'int_series_months')} "
            "where measure in ('cases', 'calls')"
        )
        series = read(
            "select series.dataset, series.offense_group, series.first_month, series.last_month, breaks.note "
            f"from {table('facts', 'dim_series')} as series "
            f"left join {table('facts', 'series_breaks')} as breaks on series.break_id = breaks.break_id"
        )
        notes = read(
            "select dataset, offense_group, month, case when not is_complete then complete_reason end, break_notes "
            f"from {table('marts', 'mart_monthly_counts')} "
            "where measure in ('cases', 'calls') and (not is_complete or break_notes is not null)"
        )
        names = read(
            f"select offense_group, offense_group_name from {table('facts', 'offense_groups')} "
            "order by coalesce(hierarchy_order, 99)"
        )
    return History(
        tuple(Month(*row) for row in months),
        tuple(Series(*row) for row in series),
        tuple(Note(*row) for row in notes),
        dict(names),
    )


def month_number(month: date) -> int:
    """The months of the calendar, numbered without a gap."""
    return month.year * 12 + month.month - 1


def month_of(number: int) -> date:
    """The first day of the month of that ``month_number``."""
    return date(number // 12, number % 12 + 1, 1)


def twelve_months(months: Sequence[Month], years_before: int) -> list[Month]:
    """Those of the twelve months that end so many years before the newest of some months in order."""
    last = month_number(months[-1].month) - 12 * years_before
    return [month for month in months if last - 12 < month_number(month.month) <= last]
