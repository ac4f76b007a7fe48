"""Checks on raw years: the portal's own counts, rows of no month, and columns that it added or dropped."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake


class PortalCount:
    """Every raw month holds as many rows as the portal counted."""

    name = "portal_count"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            blocking=True,
            description="Every month of every raw year holds as many rows as the portal itself counted. "
            "If it fails, nothing follows: fetch the listed years again with force. A portal that publishes no counts "
            "passes.",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Compares over all raw years that there are."""
        offending, counted = [], 0
        for manifest in lake.raw_manifests(dataset.key).values():
            for month, entry in manifest.months.items():
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


class RowsOfNoMonth:
    """Nearly every row of a raw year is dated within it."""

    name = "rows_of_no_month"
    largest_share = 0.01

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description=f"At most {self.largest_share:.0%} of a raw year's rows belong to none of its months. If it "
            "warns, look at the rejects of the year's first month, which hold these rows: a new way of writing dates "
            "belongs in the cleaning rules, rows of other years on the dataset's page.",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Looks at all raw years that there are."""
        years = lake.raw_manifests(dataset.key)
        offending = {year: raw for year, raw in years.items() if raw.undated_rows > self.largest_share * raw.rows}
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not offending,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(
                f"{raw.undated_rows} of {raw.rows} rows of {year} belong to none of its months"
                for year, raw in offending.items()
            )
            or None,
            metadata={
                "rows_of_no_month": sum(raw.undated_rows for raw in years.values()),
                "offending_years": ", ".join(offending) or "none",
            },
        )


class SchemaDrift:
    """The portal publishes the columns that the column map names, and no others."""

    name = "schema_drift"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description="The portal publishes no column that the column map does not name, none a second time under "
            "another spelling, and the latest year lacks none that an earlier year has. If it warns, nothing is lost: "
            "the raw file keeps a new column or a second spelling, which is not read; one that is gone is empty from "
            "then on. Decide whether the column map should take the new one (perhaps the old one renamed), or which "
            "of two spellings should be read, and note the change on the dataset's page. (A download without a column "
            "that the cleaning needs is refused.)",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Looks at the headers of all raw years that there are."""
        headers = {
            year: manifest.header for year, manifest in lake.raw_manifests(dataset.key).items() if manifest.header
        }
        new: dict[str, list[str]] = {}
        for year, header in headers.items():
            for column in dataset.column_map.unknown_columns(header):
                new.setdefault(column, []).append(year)
        gone = self._gone(dataset, headers)
        drift = [f"{column} is new in {', '.join(years)}" for column, years in new.items()]
        drift += [f"{column} is gone in {max(headers)}" for column in gone]
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not drift,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(drift) or None,
            metadata={"new_columns": ", ".join(new) or "none", "gone_columns": ", ".join(gone) or "none"},
        )

    @staticmethod
    def _gone(dataset: Dataset, headers: Mapping[str, list[str]]) -> list[str]:
        """The portal's names of the mapped columns that the latest year lacks and another year of its source has."""
        if not headers:
            return []
        latest = max(headers)
        source = dataset.source(int(latest))
        comparable = [header for year, header in headers.items() if dataset.source(int(year)) is source]
        present = dataset.column_map.source_columns(headers[latest])
        before = {
            name: text for header in comparable for name, text in dataset.column_map.source_columns(header).items()
        }
        return [text for name, text in before.items() if name not in present]


portal_count = PortalCount()
rows_of_no_month = RowsOfNoMonth()
schema_drift = SchemaDrift()
