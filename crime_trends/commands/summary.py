"""What ``run`` prints at the end: what was made, what failed, and where the dashboard lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from crime_trends.datasets import Dataset
from crime_trends.errors import PortalError
from crime_trends.lake.base import Lake
from crime_trends.months import years_of
from crime_trends.portals.fetch import FetchPlan, RawIngest
from crime_trends.settings import Settings
from crime_trends.staleness import OUTSIDE, Behind, partitions_behind
from crime_trends.warehouse.base import Warehouse

if TYPE_CHECKING:
    from crime_trends.commands.pipeline import Outcome

COLUMNS = ("months", "raw", "clean", "rejected", "duplicates", "warehouse", "facts")


def print_plan(
    settings: Settings,
    lake: Lake,
    warehouse: Warehouse,
    asked: Mapping[Dataset, Sequence[str]],
    *,
    force: bool,
) -> int:
    """Prints what would be fetched (years, rows outside) and which months are behind, and why; does nothing.

    Returns:
        The exit code: 1 if the portal no longer has something of it, or not as it should.

    Raises:
        PortalError: the portal does not answer.
    """
    ingest, failures = RawIngest(settings, lake), 0
    for dataset, months in asked.items():
        print(f"{dataset.key}: {months[0]} to {months[-1]}")
        plans = {year: partial(ingest.plan_year, dataset, int(year), force=force) for year in years_of(months)}
        if dataset.socrata_sources:
            plans[OUTSIDE] = partial(ingest.plan_outside, dataset, force=force)
        for partition, plan in plans.items():
            try:
                print(f"  raw {partition}: {_fetching(plan())}")
            except PortalError as error:
                if error.passes:
                    raise
                failures += 1
                print(f"  raw {partition}: FAILED {error}")
        behind = [entry for entry in partitions_behind(lake, warehouse, {dataset: months}) if entry.layer != "raw"]
        for entry in behind:
            print(f"  {entry.layer} {entry.partition}: {entry.reason}")
        if force:
            print("  clean, warehouse, facts: all months above, forced")
        elif not behind:
            print("  clean, warehouse, facts: up to date with the raw files there are")
    return 1 if failures else 0


def print_summary(
    settings: Settings,
    lake: Lake,
    warehouse: Warehouse,
    asked: Mapping[Dataset, Sequence[str]],
    outcome: Outcome,
    behind: Sequence[Behind],
) -> int:
    """Prints what the months asked for now hold, the checks and the failures; returns the exit code."""
    rows = {dataset.key: _counts(lake, warehouse, dataset, months) for dataset, months in asked.items()}
    width = max(len(key) for key in rows)
    print(f"\n{'rows of the months asked for':<{width}}" + "".join(f"{name:>12}" for name in COLUMNS))
    for key, counts in rows.items():
        print(f"{key:<{width}}" + "".join(f"{count:>12,}" for count in counts))

    failed = [f"{asset}: {check}" for (asset, check), passed in outcome.checks.items() if not passed]
    warned = [f"{asset}: {check}" for asset, check in sorted(outcome.warnings)]
    print(f"\n{len(outcome.checks) - len(failed) - len(warned)} of {len(outcome.checks)} checks passed", end="")
    print(f", {len(warned)} warned ({'; '.join(warned)})" if warned else "", end="")
    print(f", {len(failed)} failed" if failed else "")

    dashboard = settings.reports_dir / "dashboard.html"
    problems = [*outcome.failures, *(f"check failed: {check}" for check in failed)]
    problems += [f"still behind: {entry}" for entry in behind] if not outcome.failures else []
    if not dashboard.exists():
        problems.append(f"there is no dashboard at {dashboard}")
    else:
        print(f"dashboard: {dashboard}")
    for problem in problems:
        print(f"FAILED {problem}")
    return 1 if problems or behind else 0


def _fetching(plan: FetchPlan) -> str:
    if not plan.fetch:
        return f"nothing to fetch ({plan.reason})"
    size = f"{plan.rows:,} rows" if plan.rows is not None else f"{(plan.bytes or 0) / 1e6:,.1f} MB"
    return f"fetch {size} ({plan.reason})"


def _counts(
    lake: Lake, warehouse: Warehouse, dataset: Dataset, months: Sequence[str]
) -> tuple[int, int, int, int, int, int, int]:
    manifests = [manifest for month in months if (manifest := lake.clean_manifest(dataset.key, month)) is not None]
    loaded, built = warehouse.month_versions()[dataset.key], warehouse.facts_versions()[dataset.key]
    return (
        len(manifests),
        sum(manifest.raw_rows for manifest in manifests),
        sum(manifest.clean_rows for manifest in manifests),
        sum(manifest.rejected_rows for manifest in manifests),
        sum(manifest.duplicate_rows for manifest in manifests),
        sum(loaded[month].rows for month in months if month in loaded),
        sum(built[month].rows for month in months if month in built),
    )
