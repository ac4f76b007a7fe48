"""How much a backfill is for a database that bills what it reads, told before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crime_trends.datasets import Dataset
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.schema import dataset_columns

TEXT_BYTES = 12
"""A text of usual length, as BigQuery counts it: two bytes and its letters. Of other types a value is eight bytes."""

MONTH_ROWS = 20_000
"""Rows of a month where none was ever loaded; the datasets have 5,000 to 50,000."""


def estimated_bytes(warehouse: Warehouse, asked: Mapping[Dataset, Sequence[str]]) -> dict[Dataset, int]:
    """The bytes of months in the tables, as BigQuery counts them.

    Months that were loaded before count with their rows, others with the mean of their dataset's.

    Arguments:
        asked: dataset -> its months.
    """
    found, loaded = {}, warehouse.month_versions()
    for dataset, months in asked.items():
        rows = {month: entry.rows for month, entry in loaded[dataset.key].items()}
        usual = sum(rows.values()) // len(rows) if rows else MONTH_ROWS
        row = sum(TEXT_BYTES if kind == "VARCHAR" else 8 for kind in dataset_columns(dataset.key).values())
        found[dataset] = row * sum(rows.get(month, usual) for month in months)
    return found
