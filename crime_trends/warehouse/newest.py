"""How new the rows are that the warehouse holds."""

from __future__ import annotations

from datetime import date

from crime_trends.datasets import Dataset
from crime_trends.errors import NoTableError
from crime_trends.warehouse.base import Warehouse


def newest_event(warehouse: Warehouse, dataset: Dataset, until: date) -> date | None:
    """The latest day of an event in a dataset's table that is no later than ``until``; None if there is none.

    A later day is an error in the row, and would make old data look new.
    """
    day = f"cast({dataset.column_map.month_column} as date)"
    table = warehouse.table("warehouse", dataset.key)
    rows = warehouse.read(f"select max({day}) from {table} where {day} <= ?", [until])
    newest: date | None = rows[0][0]
    return newest


def newest_facts(warehouse: Warehouse, until: date) -> dict[str, tuple[date | None, date | None]]:
    """Dataset -> latest day of an event and of a report in the facts, each no later than ``until``.

    Empty where no facts were ever built.
    """
    newest = [f"max(case when {day} <= ? then {day} end)" for day in ("occurred_date", "report_date")]
    table = warehouse.table("facts", "fct_incidents")
    try:
        rows = warehouse.read(f"select dataset, {', '.join(newest)} from {table} group by dataset", [until, until])
    except NoTableError:
        return {}
    return {dataset: (event, report) for dataset, event, report in rows}
