"""The check on keys: within a month cleaning keeps an id once; over months only the whole table can tell."""

from __future__ import annotations

import dagster as dg

from crime_trends.datasets import Dataset
from crime_trends.warehouse.base import Warehouse

EXAMPLES = 5


class IdsInTwoMonths:
    """No id of the warehouse's table is in more than one month."""

    name = "ids_in_two_months"

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """The check as the asset declares it."""
        return dg.AssetCheckSpec(
            self.name,
            asset=key,
            description="No id is in more than one month of the table. If some are, their rows count once in each: "
            "look at the examples. A row whose date the portal put into another year leaves its old month when that "
            "year is fetched again, so fetch the older months again; if the portal itself publishes the id twice, "
            "count distinct ids.",
        )

    def evaluate(self, warehouse: Warehouse, dataset: Dataset) -> dg.AssetCheckResult:
        """Judges the whole table in one query."""
        found = warehouse.read(
            f"""
            with repeated as (
                select {dataset.column_map.id_column} as id, min(month) as first_month, max(month) as last_month
                from {warehouse.table("warehouse", dataset.key)}
                group by id
                having min(month) < max(month)
            )
            select id, first_month, last_month, count(*) over () as ids
            from repeated order by last_month desc, id limit {EXAMPLES}
            """
        )
        examples = "; ".join(f"{id} in {first:%Y-%m} and {last:%Y-%m}" for id, first, last, _ in found)
        ids = found[0][3] if found else 0
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not found,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"{ids:,} ids are in more than one month: {examples}" if found else None,
            metadata={"ids": ids, "examples": examples or "none"},
        )


ids_in_two_months = IdsInTwoMonths()
