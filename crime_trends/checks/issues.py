"""The check on values that could not be used: no column has more of them in a month than is usual."""

from __future__ import annotations

import dagster as dg

from crime_trends.checks.unusual import judge, share_of_earlier_months
from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake

NOTABLE_SHARE = 0.005
"""An excess of fewer rows than this share of the month is no matter, however unusual."""


class IssueShares:
    """No column has an unusual share of values that could not be used, in any month."""

    name = "issue_shares"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description="In every month and column, the share of values that could not be used is about that of the "
            "twelve months before (Poisson with overdispersion; an excess below half a percent of the rows does not "
            "count). If it warns, the portal probably writes the column in another way: look at the rows whose "
            "issues name it, teach the cleaner the new form, and the month is cleaned again by itself.",
        )

    def evaluate(self, lake: Lake, dataset: Dataset) -> dg.AssetCheckResult:
        """Judges all months that there are."""
        rows: dict[str, int] = {}
        issues: dict[str, dict[str, int]] = {}
        for month, manifest in lake.clean_manifests(dataset.key).items():
            rows[month] = manifest.clean_rows
            for column, count in manifest.issues.items():
                issues.setdefault(column, {})[month] = count
        unusual = [
            (column, month)
            for column, counts in sorted(issues.items())
            for month in judge(share_of_earlier_months(counts, rows))
            if month.is_high and month.observed - month.expected > NOTABLE_SHARE * rows[month.label]
        ]
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not unusual,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(f"{column} in {month}" for column, month in unusual) or None,
            metadata={
                "rows": sum(rows.values()),
                "share_of_values_with_issues": dg.MetadataValue.table(
                    records=[
                        dg.TableRecord({"column": column, **_shares(counts, rows)})
                        for column, counts in sorted(issues.items())
                    ],
                    schema=_SCHEMA,
                ),
                "offending_months": ", ".join(dict.fromkeys(month.label for _, month in unusual)) or "none",
            },
        )


_SCHEMA = dg.TableSchema(
    columns=[
        dg.TableColumn("column"),
        dg.TableColumn("values", "int"),
        dg.TableColumn("share", "float"),
        dg.TableColumn("latest_month"),
        dg.TableColumn("share_in_latest_month", "float"),
    ]
)


def _shares(counts: dict[str, int], rows: dict[str, int]) -> dict[str, str | int | float]:
    latest = max(counts)
    return {
        "values": sum(counts.values()),
        "share": round(sum(counts.values()) / max(1, sum(rows.values())), 5),
        "latest_month": latest,
        "share_in_latest_month": round(counts[latest] / max(1, rows[latest]), 5),
    }


issue_shares = IssueShares()
