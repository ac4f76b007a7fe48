"""Counts on a grid as an asset: a frame of Spark's that an IO manager keeps, beside the way from portals to reports.

The IO manager empties the table and then fills it, in two steps; it makes tables without types of ours, without
descriptions and for an empty frame none at all. So the table is made before, with the warehouse's other tables; a frame
is evaluated before it is handed over, so that what fails there leaves the table alone; and when the second step fails,
the checks say that the table does not add up, until the asset is made again.

The warehouse's pool is held from the first read to the last write, in BigQuery too, so that what is read from several
tables is of one state. So both have a deadline: Spark's connector can wait for ever.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from crime_trends.assets.common import DOCS, OWNER, WAREHOUSE_POOL, one_line_errors, table_schema
from crime_trends.assets.translation import FACTS_LEDGER
from crime_trends.checks.grid import GRID_CHECKS, evaluate_grid
from crime_trends.datasets import DATASETS
from crime_trends.resources.deadline import deadline
from crime_trends.resources.spark_session import SparkSessionResource
from crime_trends.resources.storage import WarehouseResource
from crime_trends.warehouse.schema import GRID_COUNTS, GRID_DESCRIPTIONS

GRID = dg.AssetKey(["grid", "mart_grid_counts"])
STORAGE = "frames"
"""The IO manager; it keeps the frame as the table ``mart_grid_counts`` beside the other marts."""

_CHANGED: dg.AutomationCondition[Any] = dg.AutomationCondition.any_deps_updated()
_MONDAY: dg.AutomationCondition[Any] = dg.AutomationCondition.cron_tick_passed("0 16 * * 1")
ONCE_A_WEEK = (
    _CHANGED.since_last_handled() & _MONDAY.since_last_handled() & ~dg.AutomationCondition.in_progress()
).with_label("once a week, if facts changed")
"""A week begins on Monday morning in all cities. It starts a JVM, and nothing waits for it."""

LOCATED = [dataset for dataset in DATASETS.values() if "latitude" in {it.name for it in dataset.column_map.columns}]


@dg.asset(
    key=GRID,
    deps=[FACTS_LEDGER, *(dg.AssetKey(["warehouse", dataset.key]) for dataset in LOCATED)],
    io_manager_key=STORAGE,
    description="One row per dataset, year, offense group and cell of a grid of about 500 meters, in which five or "
    "more records lie; cells with fewer are merged into coarser ones. Sensitive offenses and calls are left out. Los "
    "Angeles moves each record to the middle of its hundred block, so that records heap; is_heaped says where.\n\n"
    f"[Grain, quirks and breaks]({DOCS}/README.md).",
    group_name="grid",
    owners=[OWNER],
    tags={"layer": "grid"},
    kinds={"pyspark", "table"},
    metadata={
        "dagster/column_schema": table_schema(GRID_COUNTS, GRID_DESCRIPTIONS),
        "dagster/table_name": "marts.mart_grid_counts",
    },
    pool=WAREHOUSE_POOL,
    automation_condition=ONCE_A_WEEK,
)
def mart_grid_counts(warehouse: WarehouseResource, spark: SparkSessionResource) -> dg.Output[Any]:
    """Counts in Spark; the IO manager writes."""
    from crime_trends.grid import grid_counts, grid_records

    with one_line_errors(), deadline(spark.deadline_seconds, "counting on the grid"):
        tables = warehouse.open()
        session = spark.session()
        with spark.folder() as folder:
            # The IO manager evaluates the frame several times.
            cells = grid_counts(grid_records(session, tables, folder)).coalesce(1).cache()
            rows = cells.count()
    return dg.Output(cells, metadata={"dagster/row_count": rows})


@dg.multi_asset_check(
    specs=[check.spec(GRID) for check in GRID_CHECKS],
    pool=WAREHOUSE_POOL,
)
def grid_checks(warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
    """Compares the cells with the records that count."""
    with one_line_errors():
        yield from evaluate_grid(warehouse.open(), GRID)
