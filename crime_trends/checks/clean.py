"""The checks on what became of raw rows: none is lost on the way to the clean ones, and few of them come twice."""

from __future__ import annotations

import dagster as dg
from crime_cleaning.reasons import Rejection

from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.refusals import refusals


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

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Adds up all clean months that there are, and those that were cleaned but could not be published since."""
        totals = {"raw_rows": 0, "clean_rows": 0, "rejected_rows": 0, "duplicate_rows": 0}
        refused = refusals(lake, dataset.key)
        offending = {month: refused[month] for month in plan_cleaning(lake, dataset, list(refused)).stale}
        for month, manifest in lake.clean_manifests(dataset.key).items():
            parts = manifest.clean_rows + manifest.rejected_rows + manifest.duplicate_rows
            if manifest.raw_rows != parts:
                offending[month] = f"{manifest.raw_rows} raw rows, but {parts} accounted for"
            for name in totals:
                totals[name] += getattr(manifest, name)
        listing = "; ".join(f"{month}: {problem}" for month, problem in sorted(offending.items()))
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not offending,
            description=f"rows got lost or doubled while cleaning {dataset.key}, {listing}" if offending else None,
            metadata={**totals, "offending_months": ", ".join(sorted(offending)) or "none"},
        )


class Duplicates:
    """Few of a month's raw rows repeat another row, or are an older state of it."""

    name = "duplicates"
    tolerated_share = 0.01
    tolerated_rows = 10

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description=f"In every month at most {self.tolerated_share:.0%} of the raw rows, or {self.tolerated_rows} "
            "rows, are exact duplicates of another or superseded by a newer row of the same key. None of them is a "
            "clean row, so nothing is counted twice. If it warns, the portal publishes rows more than once: compare "
            "the listed months with its own count of keys, and tell the publisher.",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Looks at all clean months that there are."""
        offending, duplicates, superseded = {}, 0, 0
        for month, manifest in lake.clean_manifests(dataset.key).items():
            older = manifest.rejections.get(Rejection.SUPERSEDED, 0)
            duplicates, superseded = duplicates + manifest.duplicate_rows, superseded + older
            if manifest.duplicate_rows + older > max(self.tolerated_rows, self.tolerated_share * manifest.raw_rows):
                offending[month] = (
                    f"{month}: {manifest.duplicate_rows:,} exact duplicates and {older:,} superseded of "
                    f"{manifest.raw_rows:,} rows"
                )
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not offending,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(offending.values()) or None,
            metadata={
                "duplicate_rows": duplicates,
                "superseded_rows": superseded,
                "offending_months": ", ".join(offending) or "none",
            },
        )


reconciliation = Reconciliation()
duplicates = Duplicates()
