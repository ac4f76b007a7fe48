"""Which warehouse the settings mean."""

from __future__ import annotations

import uuid

from crime_trends.settings import Settings
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.duckdb import DuckDBWarehouse


def warehouse_of(settings: Settings) -> Warehouse:
    """The warehouse of the settings, as it is; nothing of it is made or asked yet."""
    if settings.target == "gcp":
        # Google's client takes a while to load, which who works on a laptop need not wait for.
        from crime_trends.warehouse.bigquery import BigQueryWarehouse, bigquery_client

        return BigQueryWarehouse(
            bigquery_client(settings.gcp_project, settings.bigquery_place, settings.bigquery_endpoint),
            prefix=settings.bigquery_prefix,
            run=uuid.uuid4().hex,
            deadline_seconds=settings.bigquery_deadline_seconds,
        )
    return DuckDBWarehouse(
        settings.warehouse_file,
        memory_limit=settings.duckdb_memory,
        temporary_dir=settings.temporary_dir,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )
