"""The check on rows outside: with the years they are all that the portal publishes."""

from __future__ import annotations

import dagster as dg

from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake


class PortalTotal:
    """The portal's own total is the sum of its years and of the rows outside, and fetched years hold their share."""

    name = "portal_total"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            blocking=True,
            description="The portal's own total is the sum of its rows in every year and outside of them, and each "
            "year that was fetched holds as many rows as the portal counts in it now. If it fails, rows lie in no year "
            "or in two, and nothing follows: correct the conditions in crime_trends/portals/socrata_rows.py. If it "
            "warns, the listed years have other rows at the portal by now: fetch them again. Of years that were never "
            "fetched the portal's count is taken; the metadata list them.",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Adds up what the portal counted when the rows outside were fetched, and compares it with all raw years."""
        outside = lake.raw_manifest(dataset.outside_key, "")
        if outside is None or outside.portal_rows is None:
            return dg.AssetCheckResult(
                check_name=self.name, passed=False, description="the rows outside were never fetched"
            )
        counted, of_years = outside.portal_rows, sum(outside.portal_rows.years.values())
        fetched = {year: manifest.rows for year, manifest in lake.raw_manifests(dataset.key).items()}
        gap = counted.total - of_years - counted.outside
        differing = [
            f"{year} ({rows:,} rows fetched, {counted.years.get(year, 0):,} at the portal)"
            for year, rows in fetched.items()
            if rows != counted.years.get(year, 0)
        ]
        problems = [f"years and rows outside miss the portal's {counted.total:,} rows by {gap:+,}"] if gap else []
        problems += [f"fetch again {', '.join(differing)}"] if differing else []
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not problems,
            severity=dg.AssetCheckSeverity.ERROR if gap else dg.AssetCheckSeverity.WARN,
            description="; ".join(problems) or None,
            metadata={
                "portal_rows": counted.total,
                "portal_rows_of_years": of_years,
                "portal_rows_outside": counted.outside,
                "rows_fetched": sum(fetched.values()) + outside.rows,
                "years_fetched": ", ".join(fetched) or "none",
                "years_never_fetched": ", ".join(sorted(counted.years.keys() - fetched.keys())) or "none",
                "differing_years": ", ".join(differing) or "none",
            },
        )


portal_total = PortalTotal()
