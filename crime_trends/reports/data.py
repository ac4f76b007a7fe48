"""What the dashboard shows, read from the warehouse in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crime_trends.reports.queries import QUERIES
from crime_trends.warehouse.base import Warehouse


@dataclass(frozen=True)
class Table:
    """Rows of a query.

    Arguments:
        columns: their names.
        rows: in the order of the query.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class DashboardData:
    """All that the dashboard shows of the warehouse.

    Arguments:
        tables: name of a query -> its rows.
    """

    tables: Mapping[str, Table]

    def retrieved_on(self, dataset: str) -> date | None:
        """The day on which the dataset's newest file was fetched from the portal, UTC; None if it never was."""
        moments = dict(self.tables["retrieved"].rows)
        return moments[dataset].date() if dataset in moments else None


EMPTY = DashboardData({name: Table(query.names, []) for name, query in QUERIES.items()})
"""What there is before any month was brought."""


def read_dashboard_data(warehouse: Warehouse) -> DashboardData:
    """Reads all tables in one snapshot.

    Raises:
        NoTableError: the marts were never built.
        CrimeTrendsError: the warehouse can't be asked.
    """
    with warehouse.snapshot() as read:
        return DashboardData({name: Table(query.names, read(query.sql(warehouse))) for name, query in QUERIES.items()})
