"""The check on volume: a month has about as many rows as the same month of earlier years."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg

from crime_trends.checks.breaks import SERIES_BREAKS, incomparable_months
from crime_trends.checks.unusual import MINIMUM, Judgement, judge, same_month_of_earlier_years
from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake
from crime_trends.months import first_day, next_month

SHOWN_MONTHS = 24
"""The latest months whose intervals are in the metadata, unusual or not."""


class Volume:
    """Every settled month has about as many clean rows as the same month of earlier years."""

    name = "volume"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description="Every month has about as many rows as the same month of the three latest of five earlier "
            "years, within the interval in which 999 of 1,000 usual months lie (Poisson with overdispersion). Months "
            "with known holes or breaks are left out, and so are those that still fill up. If it warns, compare the "
            "listed months with the portal: fetch their years with force; if the portal itself lacks rows, add the "
            f"month to {SERIES_BREAKS.name}.",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Judges all settled months that there are."""
        judged = self.judge(lake, dataset)
        unusual = [month for month in judged if month.is_unusual]
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not unusual,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(map(str, unusual)) or None,
            metadata={
                "months_judged": len(judged),
                "offending_months": ", ".join(month.label for month in unusual) or "none",
                **(
                    {"intervals": _table(judged)}
                    if judged
                    else {"why_none": f"fewer than {MINIMUM} settled months have two earlier years to compare with"}
                ),
            },
        )

    def judge(self, lake: Lake, dataset: Dataset) -> list[Judgement]:
        """What is expected of each settled month, and what it has."""
        left_out = incomparable_months(dataset)
        counts, settled = {}, set()
        fetched_on = {
            year: date.fromisoformat(raw.fetched_at[:10]) for year, raw in lake.raw_manifests(dataset.key).items()
        }
        for month, clean in lake.clean_manifests(dataset.key).items():
            if month in left_out:
                continue
            counts[month] = clean.clean_rows
            if first_day(next_month(month)) + timedelta(days=dataset.settled_days) <= fetched_on[month[:4]]:
                settled.add(month)
        return judge(same_month_of_earlier_years(counts, settled.__contains__))


def _table(judged: list[Judgement]) -> dg.TableMetadataValue:
    """Observed, expected and the interval of the latest months and of those that are unusual, the latest first."""
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord(
                {
                    "month": it.label,
                    "observed": it.observed,
                    "expected": round(it.expected),
                    "low": round(it.low),
                    "high": round(it.high),
                    "unusual": it.is_unusual,
                }
            )
            for position, it in enumerate(reversed(judged))
            if position < SHOWN_MONTHS or it.is_unusual
        ]
    )


volume = Volume()
