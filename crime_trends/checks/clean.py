"""The check on clean months: nothing is lost between the raw file and the clean rows."""

from __future__ import annotations

import dagster as dg

from crime_trends.datasets import Dataset
from crime_trends.errors import ReconciliationError
from crime_trends.lake.local import LocalLake


class Reconciliation:
    """Raw rows = clean rows + rejected rows + exact duplicates, in every month."""

    name = "reconciliation"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            blocking=True,
            description="In every month there is, raw rows = clean rows + rejected rows + exact duplicates. If it "
            "fails, rows were lost or doubled: the month was not published, the last good one stays; look at the "
            "step's log and clean the listed months again.",
        )

    def evaluate(self, lake: LocalLake, dataset: Dataset) -> dg.AssetCheckResult:
        """Adds up all clean months that there are."""
        offending, totals = [], {"raw_rows": 0, "clean_rows": 0, "rejected_rows": 0, "duplicate_rows": 0}
        for month in lake.clean_partitions(dataset.key):
            manifest = lake.clean_manifest(dataset.key, month)
            if manifest is None:
                continue
            if manifest.raw_rows != manifest.clean_rows + manifest.rejected_rows + manifest.duplicate_rows:
                offending.append(month)
            for name in totals:
                totals[name] += getattr(manifest, name)
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not offending,
            description=f"rows do not add up in {', '.join(offending)}" if offending else None,
            metadata={**totals, "offending_months": ", ".join(offending) or "none"},
        )

    def failure(self, error: ReconciliationError) -> dg.AssetCheckResult:
        """The result for months that did not add up and so were not published."""
        return dg.AssetCheckResult(check_name=self.name, passed=False, description=str(error))


reconciliation = Reconciliation()
