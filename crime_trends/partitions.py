"""Partitions: raw data by year, everything after it by month, each dataset with its own span.

The labels carry no time zone: definitions with different zones do not load beside each other in Dagster, and a label
is no instant. The current year and month are partitions too.
"""

from __future__ import annotations

import dagster as dg

from crime_trends.datasets import DATASETS, Dataset
from crime_trends.months import next_month

BACKFILL = dg.BackfillPolicy.single_run()
"""A backfill of any range is one run, and so one Spark job."""


def year_partitions(dataset: Dataset) -> dg.TimeWindowPartitionsDefinition:
    """The years of a dataset's span, ``2024``."""
    return dg.TimeWindowPartitionsDefinition(
        start=dataset.first_month[:4],
        end=str(int(dataset.last_month[:4]) + 1) if dataset.last_month else None,
        cron_schedule="0 0 1 1 *",
        fmt="%Y",
        end_offset=0 if dataset.last_month else 1,
    )


def month_partitions(dataset: Dataset) -> dg.TimeWindowPartitionsDefinition:
    """The months of a dataset's span, ``2024-03``."""
    return _months(dataset.first_month, dataset.last_month)


def all_months() -> dg.TimeWindowPartitionsDefinition:
    """The months from the earliest dataset's first to now: the partitions of the monthly dbt models."""
    return _months(min(dataset.first_month for dataset in DATASETS.values()), None)


def _months(first: str, last: str | None) -> dg.TimeWindowPartitionsDefinition:
    return dg.TimeWindowPartitionsDefinition(
        start=first,
        end=next_month(last) if last else None,
        cron_schedule="0 0 1 * *",
        fmt="%Y-%m",
        end_offset=0 if last else 1,
    )
