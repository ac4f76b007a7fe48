"""The checks on the counts on a grid: nobody can be recognized, nothing sensitive is in it, and it adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from crime_trends.datasets import DATASETS
from crime_trends.warehouse.base import Warehouse

EXAMPLES = 5


@dataclass(frozen=True)
class GridCheck:
    """A check on the grid.

    Arguments:
        name: its name.
        description: what holds, and what to do if it does not.
    """

    name: str
    description: str

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(self.name, asset=key, description=self.description)

    def result(self, key: dg.AssetKey, offending: list[str], **metadata: int) -> dg.AssetCheckResult:
        """What it came to."""
        return dg.AssetCheckResult(
            asset_key=key,
            check_name=self.name,
            passed=not offending,
            description="; ".join(offending[:EXAMPLES]) or None,
            metadata={"offending": len(offending), **metadata},
        )


no_small_cell = GridCheck(
    "no_small_cell",
    "Every cell counts five records or more. If it fails, the table was changed by hand; make it again.",
)
no_sensitive_offense = GridCheck(
    "no_sensitive_offense",
    "No group of a year has more records in the grid than records that are not sensitive. If it fails, facts changed "
    "what is sensitive since the grid was made, or it was made wrongly; make it again.",
)
adds_up = GridCheck(
    "adds_up",
    "The cells of a dataset's year hold all its records with coordinates that are not sensitive, but four at most. If "
    "it fails, facts are newer than the grid, or writing it broke off; make it again.",
)
GRID_CHECKS = (no_small_cell, no_sensitive_offense, adds_up)


def evaluate_grid(warehouse: Warehouse, key: dg.AssetKey) -> Iterator[dg.AssetCheckResult]:
    """Compares the table with what the database counts itself."""
    from crime_trends.grid import FEWEST, PLACES, SEVERAL_GROUPS, eligible_sql

    table = warehouse.table("marts", "mart_grid_counts")
    small = warehouse.read(
        f"select dataset, calendar_year, offense_group, cell_id from {table} where record_count < {FEWEST} "
        "order by 1, 2, 3, 4"
    )
    yield no_small_cell.result(key, [f"{dataset} {year} {group} {cell}" for dataset, year, group, cell in small])

    shown = {
        (dataset, year, group): count
        for dataset, year, group, count in warehouse.read(
            f"select dataset, calendar_year, offense_group, sum(record_count) from {table} group by 1, 2, 3"
        )
    }
    eligible = {
        (key, year, group): count
        for key in PLACES
        for year, group, count in warehouse.read(eligible_sql(warehouse, DATASETS[key]))
    }
    yield no_sensitive_offense.result(
        key,
        [
            f"{' '.join(map(str, place))}: {count:,} in the grid, {eligible.get(place, 0):,} not sensitive"
            for place, count in sorted(shown.items())
            if place[2] != SEVERAL_GROUPS and count > eligible.get(place, 0)
        ],
    )

    shown_years, eligible_years = (_by_year(counts) for counts in (shown, eligible))
    differing = [
        f"{dataset} {year}: {shown_years[dataset, year]:,} in the grid of {eligible_years[dataset, year]:,}"
        for dataset, year in sorted(shown_years | eligible_years)
        if not 0 <= eligible_years[dataset, year] - shown_years[dataset, year] < FEWEST
    ]
    yield adds_up.result(key, differing, records=eligible_years.total(), records_shown=shown_years.total())


def _by_year(counts: dict[tuple[str, int, str], int]) -> Counter[tuple[str, int]]:
    years: Counter[tuple[str, int]] = Counter()
    for (dataset, year, _), count in counts.items():
        years[dataset, year] += int(count)
    return years
