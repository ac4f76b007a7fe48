"""What the dashboard shows, as plain values read from the marts in one snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from crime_trends.warehouse.base import Warehouse

DailyRow = tuple[str, str, str, date, int]


@dataclass(frozen=True)
class DailySeries:
    """The published rows of a dataset, day by day.

    Arguments:
        dataset, city: their keys.
        record_type: ``report``, ``offense`` or ``call``.
        first_day: the day of ``counts[0]``, the first that has a row; the last count is of the last day with a row.
        counts: rows of each day; 0 where the day's month is in the facts and has none of that day, None where the month
            is not in the facts.
    """

    dataset: str
    city: str
    record_type: str
    first_day: date
    counts: tuple[int | None, ...]

    @property
    def last_day(self) -> date:
        """The last day that has a row."""
        return self.first_day + timedelta(days=len(self.counts) - 1)


@dataclass(frozen=True)
class ReconciledMonth:
    """A row of the reconciliation.

    Arguments:
        dataset: its key.
        month: first day of the month; None for the rows that belong to no month of the dataset.
        raw_rows, clean_rows, rejected_rows, duplicate_rows, warehouse_rows, fact_rows: rows in each layer.
        portal_rows: the portal's own count; None where it publishes none.
    """

    dataset: str
    month: date | None
    raw_rows: int
    clean_rows: int
    rejected_rows: int
    duplicate_rows: int
    warehouse_rows: int
    fact_rows: int
    portal_rows: int | None

    @property
    def differences(self) -> list[str]:
        """What does not add up, in words; empty when everything does."""
        accounted = self.clean_rows + self.rejected_rows + self.duplicate_rows
        found = []
        if self.raw_rows != accounted:
            found.append(f"raw rows differ from clean + rejected + duplicates by {self.raw_rows - accounted:+,}")
        if self.warehouse_rows != self.clean_rows:
            found.append(f"warehouse differs from clean by {self.warehouse_rows - self.clean_rows:+,}")
        if self.fact_rows != self.warehouse_rows:
            found.append(f"facts differ from warehouse by {self.fact_rows - self.warehouse_rows:+,}")
        if self.portal_rows is not None and self.portal_rows != self.raw_rows:
            found.append(f"raw rows differ from the portal's count by {self.raw_rows - self.portal_rows:+,}")
        return found


@dataclass(frozen=True)
class DashboardData:
    """All that the dashboard shows.

    Arguments:
        series: one per dataset that has rows.
        months: the reconciliation, by dataset and month.
        loaded_at: dataset -> when its latest month was put into the warehouse, UTC without zone.
    """

    series: tuple[DailySeries, ...]
    months: tuple[ReconciledMonth, ...]
    loaded_at: dict[str, datetime]


def read_dashboard_data(warehouse: Warehouse) -> DashboardData:
    """Reads the marts in one snapshot.

    Raises:
        NoTableError: the marts were never built.
        CrimeTrendsError: the warehouse can't be read.
    """
    with warehouse.snapshot() as read:
        daily = read(
            "select dataset, city, record_type, occurred_date, cast(sum(measure_count) as bigint) "
            f"from {warehouse.table('marts', 'mart_daily_counts')} where measure in ('records', 'calls') "
            "group by 1, 2, 3, 4 order by 1, 2, 3, 4"
        )
        months = read(
            "select dataset, month, coalesce(raw_rows, 0), coalesce(clean_rows, 0), coalesce(rejected_rows, 0), "
            "coalesce(duplicate_rows, 0), coalesce(warehouse_rows, 0), coalesce(fact_rows, 0), portal_rows "
            f"from {warehouse.table('marts', 'mart_reconciliation')} order by dataset, month is null, month"
        )
        loaded = read(
            f"select dataset, max(made_at) from {warehouse.table('warehouse', 'month_ledger')} group by dataset"
        )
    reconciled = tuple(ReconciledMonth(*row) for row in months)
    return DashboardData(tuple(_series(daily, reconciled)), reconciled, dict(loaded))


def _series(rows: Iterable[DailyRow], reconciled: Iterable[ReconciledMonth]) -> Iterable[DailySeries]:
    # A month that is in the warehouse and not yet in the facts has no days of zero rows either.
    brought = {(month.dataset, month.month) for month in reconciled if month.fact_rows or not month.warehouse_rows}
    for (dataset, city, record_type), days in groupby(rows, itemgetter(0, 1, 2)):
        counts = {day: count for *_, day, count in days}
        first, last = min(counts), max(counts)
        every_day = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        yield DailySeries(
            dataset,
            city,
            record_type,
            first,
            tuple(counts.get(day, 0 if (dataset, day.replace(day=1)) in brought else None) for day in every_day),
        )
