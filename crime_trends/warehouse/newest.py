"""How new the rows are that the warehouse holds."""

from __future__ import annotations

from datetime import date

import duckdb

from crime_trends.datasets import Dataset
from crime_trends.warehouse.duckdb import DuckDBWarehouse


def newest_event(warehouse: DuckDBWarehouse, dataset: Dataset, until: date) -> date | None:
    """The latest day of an event in a dataset's table that is no later than ``until``; None if there is none.

    A later day is an error in the row, and would make old data look new.
    """
    column = dataset.column_map.month_column
    with warehouse.connect(read_only=True) as connection:
        row = connection.execute(
            f'select max(cast("{column}" as date)) from warehouse.{dataset.key} where cast("{column}" as date) <= ?',
            [until],
        ).fetchone()
    return row[0] if row else None


def newest_facts(warehouse: DuckDBWarehouse, until: date) -> dict[str, tuple[date | None, date | None]]:
    """Dataset -> latest day of an event and of a report in the facts, each no later than ``until``.

    Empty where no facts were ever built.
    """
    if not warehouse.file.exists():
        return {}
    with warehouse.connect(read_only=True) as connection:
        try:
            rows = connection.execute(
                "select dataset, max(occurred_date) filter (where occurred_date <= $until), "
                "max(report_date) filter (where report_date <= $until) from facts.fct_incidents group by dataset",
                {"until": until},
            ).fetchall()
        except duckdb.CatalogException:
            return {}
    return {dataset: (event, report) for dataset, event, report in rows}
