"""The lake and the warehouse as Dagster resources."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from crime_trends.lake.base import Lake
from crime_trends.lake.local import LocalLake
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.duckdb import DuckDBWarehouse


class LakeResource(dg.ConfigurableResource):
    """The lake, whatever keeps it."""

    def open(self) -> Lake:
        """The lake."""
        raise NotImplementedError


class LocalLakeResource(LakeResource):
    """The lake in a folder.

    Arguments:
        root: the folder.
    """

    root: str

    def open(self) -> Lake:
        """The lake."""
        return LocalLake(Path(self.root))


class WarehouseResource(dg.ConfigurableResource):
    """The warehouse, whatever database it is in."""

    def open(self) -> Warehouse:
        """The warehouse, with every table that must exist."""
        raise NotImplementedError


class DuckDBWarehouseResource(WarehouseResource):
    """The warehouse in a DuckDB file. Arguments as ``DuckDBWarehouse``."""

    file: str
    memory_limit: str
    temporary_dir: str
    lock_timeout_seconds: float

    def open(self) -> Warehouse:
        """The warehouse, with every table that must exist."""
        warehouse = DuckDBWarehouse(
            Path(self.file),
            memory_limit=self.memory_limit,
            temporary_dir=Path(self.temporary_dir),
            lock_timeout_seconds=self.lock_timeout_seconds,
        )
        warehouse.prepare()
        return warehouse
