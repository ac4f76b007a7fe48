"""The ledger of the facts as an asset: what each month of them is made of, once all monthly models are done.

Marts follow it and not the single models: these finish one after the other, and each would call for the marts.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from crime_trends.assets.common import DOCS, OWNER, one_line_errors, partition_results, step_metadata, table_schema
from crime_trends.assets.translation import FACTS_LEDGER
from crime_trends.automation.conditions import TABLE
from crime_trends.partitions import BACKFILL, all_months
from crime_trends.resources.storage import WarehouseResource
from crime_trends.warehouse.models import month_versions, months_made_since
from crime_trends.warehouse.schema import FACTS_LEDGER as LEDGER_COLUMNS
from crime_trends.warehouse.schema import LEDGER_DESCRIPTIONS


def facts_ledger(monthly_models: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """The asset.

    Arguments:
        monthly_models: the models whose months it notes.
    """

    @dg.asset(
        key=FACTS_LEDGER,
        deps=list(monthly_models),
        description="The facts' ledger: a row for each time that a dataset's month of facts was made, with its version "
        "and its rows. A month has a new version when the facts of a dataset have; marts and reports follow it.\n\n"
        f"[Grain, quirks and breaks]({DOCS}/README.md).",
        group_name="facts",
        owners=[OWNER],
        tags={"layer": "facts"},
        kinds={"duckdb", "table"},
        metadata={
            "dagster/column_schema": table_schema(LEDGER_COLUMNS, LEDGER_DESCRIPTIONS),
            "dagster/table_name": "facts.month_ledger",
        },
        partitions_def=all_months(),
        backfill_policy=BACKFILL,
        automation_condition=TABLE,
    )
    def ledger(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[Any]:
        started, months = time.monotonic(), set(context.partition_keys)
        with one_line_errors():
            tables = warehouse.open()
            if last := context.instance.get_latest_materialization_event(FACTS_LEDGER):
                # The models make stale months anew also where these were not asked for.
                months |= months_made_since(tables, datetime.fromtimestamp(last.timestamp, UTC).replace(tzinfo=None))
            versions = month_versions(tables, sorted(months))
            held = tables.facts_versions().values()
        rows = {month: sum(of_months[month].rows for of_months in held if month in of_months) for month in months}
        yield from partition_results(
            FACTS_LEDGER,
            versions,
            {month: {"dagster/row_count": count, **step_metadata(started, rows)} for month, count in rows.items()},
        )

    return ledger
