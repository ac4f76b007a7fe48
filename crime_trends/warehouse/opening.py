"""Which warehouse the settings mean."""

from __future__ import annotations

from crime_trends.settings import Settings
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.duckdb import DuckDBWarehouse


def warehouse_of(settings: Settings) -> Warehouse:
    """The warehouse of the settings, as it is; nothing of it is made or asked yet."""
    return DuckDBWarehouse(
        settings.warehouse_file,
        memory_limit=settings.duckdb_memory,
        temporary_dir=settings.temporary_dir,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )
