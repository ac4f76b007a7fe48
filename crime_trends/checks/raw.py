"""Checks on raw years: the portal's own counts, and columns that the portal added."""

from __future__ import annotations

import dagster as dg

from crime_trends.datasets import Dataset
from crime_trends.lake.local import LocalLake


class PortalCount:
    """Every raw month holds as many rows as the portal counted."""

    name = "portal_count"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description="Every month of every raw year holds as many rows as the portal itself counted. "
            "If it fails, fetch the listed years again with force. A portal that publishes no counts passes.",
        )

    def evaluate(self, lake: LocalLake, dataset: Dataset) -> dg.AssetCheckResult:
        """Compares over all raw years that there are."""
        offending, counted = [], 0
        for year in lake.raw_partitions(dataset.key):
            manifest = lake.raw_manifest(dataset.key, year)
            for month, entry in manifest.months.items() if manifest else ():
                if entry.portal_rows is not None:
                    counted += 1
                    if entry.portal_rows != entry.rows:
                        offending.append(month)
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not offending,
            description=f"the portal counts other rows in {', '.join(offending)}" if offending else None,
            metadata={"months_counted_by_the_portal": counted, "offending_months": ", ".join(offending) or "none"},
        )


class NewColumns:
    """The portal publishes no column that the column map does not name."""

    name = "new_columns"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description="The portal publishes no column that the column map does not name. If it does, the raw file "
            "keeps it and nothing else is lost: decide whether the column map should take it.",
        )

    def evaluate(self, lake: LocalLake, dataset: Dataset) -> dg.AssetCheckResult:
        """Looks at the headers of all raw years that there are."""
        found: dict[str, list[str]] = {}
        for year in lake.raw_partitions(dataset.key):
            manifest = lake.raw_manifest(dataset.key, year)
            for column in dataset.column_map.unknown_columns(manifest.header) if manifest else ():
                found.setdefault(column, []).append(year)
        listing = "; ".join(f"{column} in {', '.join(years)}" for column, years in found.items())
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not found,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"new columns at the portal: {listing}" if found else None,
        )


portal_count = PortalCount()
new_columns = NewColumns()
