"""The months whose counts can't be compared with others, as the seed of series breaks has them."""

from __future__ import annotations

import csv
from functools import cache

from crime_trends.datasets import Dataset
from crime_trends.months import month_range
from crime_trends.warehouse.models import DBT_DIR

SERIES_BREAKS = DBT_DIR / "seeds" / "comparisons" / "series_breaks.csv"


@cache
def incomparable_months(dataset: Dataset) -> frozenset[str]:
    """The months of a dataset, ``YYYY-MM``, with known holes or counts of another kind, each in a period with an end.

    A break within an area or a group of offenses leaves the dataset's total comparable.
    """
    months: set[str] = set()
    with SERIES_BREAKS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            of_the_total = row["applies_to"] == "counts" and not row["area"] and not row["offense_groups"]
            is_break = row["is_incomplete"] == "true" or row["effect"] == "nulls"
            if row["dataset"] == dataset.key and of_the_total and is_break and row["valid_to"]:
                months.update(month_range(row["valid_from"][:7], row["valid_to"][:7]))
    return frozenset(months)
