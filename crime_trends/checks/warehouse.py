"""The check on the warehouse: a table holds just the clean rows."""

from __future__ import annotations

import dagster as dg

from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake
from crime_trends.warehouse.base import Warehouse


class WarehouseRows:
    """Every loaded month has as many rows in the table as its ledger row and its clean month say."""

    name = "warehouse_rows"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            blocking=True,
            description="Every loaded month has as many rows in the table, counted, as its clean month has. If it "
            "fails, load the listed months again with force.",
        )

    def evaluate(self, lake: Lake, warehouse: Warehouse, dataset: Dataset) -> dg.AssetCheckResult:
        """Counts the table and compares all months that were ever loaded; months behind the lake count as loaded."""
        counted = warehouse.month_rows(dataset.key)
        ledger = warehouse.month_versions()[dataset.key]
        offending = []
        for month, entry in ledger.items():
            manifest = lake.clean_manifest(dataset.key, month)
            same_version = manifest is not None and manifest.version == entry.version
            expected = manifest.clean_rows if manifest is not None and same_version else entry.rows
            if counted.get(month, 0) != expected:
                offending.append(month)
        offending += [month for month in counted if month not in ledger]
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not offending,
            description=f"the table holds other rows than the clean months in {', '.join(offending)}"
            if offending
            else None,
            metadata={"rows": sum(counted.values()), "offending_months": ", ".join(offending) or "none"},
        )


warehouse_rows = WarehouseRows()
