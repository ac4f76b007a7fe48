"""Warehouse assets: a table per dataset whose months follow the clean months, rows outside, and the look-up tables."""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from crime_trends.assets.common import (
    WAREHOUSE_POOL,
    ForceConfig,
    column_schema,
    dataset_spec,
    lookup_spec,
    one_line_errors,
    partition_results,
    step_metadata,
    stop_at_error,
    table_schema,
)
from crime_trends.assets.lineage import lookup_lineage, unchanged_lineage
from crime_trends.assets.raw import raw_version
from crime_trends.automation.conditions import TABLE
from crime_trends.checks.ids import ids_in_two_months
from crime_trends.checks.warehouse import warehouse_rows
from crime_trends.datasets import DATASETS, LOOKUPS, Dataset, Lookup
from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.outside import rejects_key
from crime_trends.partitions import BACKFILL, month_partitions
from crime_trends.portals.lookups import lookup_rows
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.warehouse.loading import load_months, note_outside
from crime_trends.warehouse.schema import LEDGER_DESCRIPTIONS, MONTH_LEDGER, lookup_columns


def warehouse_assets() -> list[dg.AssetsDefinition]:
    """One asset per dataset, one for the rows outside of each that has Socrata sources, then one per look-up."""
    return [
        *(_table_asset(dataset) for dataset in DATASETS.values()),
        *(_outside_asset(dataset) for dataset in DATASETS.values() if dataset.socrata_sources),
        *(_lookup_asset(lookup) for lookup in LOOKUPS.values()),
    ]


def _table_asset(dataset: Dataset) -> dg.AssetsDefinition:
    spec = dataset_spec(dataset, "warehouse", "the clean months as one table.")
    key = spec["key"]

    @dg.asset(
        **spec,
        deps=[dg.AssetKey(["clean", dataset.key])],
        partitions_def=month_partitions(dataset),
        backfill_policy=BACKFILL,
        kinds={"duckdb", "table"},
        metadata={
            "dagster/column_schema": column_schema(dataset.column_map.all_columns),
            "dagster/column_lineage": unchanged_lineage(
                dg.AssetKey(["clean", dataset.key]), dataset.column_map.all_columns
            ),
            "dagster/table_name": f"warehouse.{dataset.key}",
        },
        check_specs=[warehouse_rows.spec(key), ids_in_two_months.spec(key)],
        pool=WAREHOUSE_POOL,
        automation_condition=TABLE,
    )
    def table(
        context: dg.AssetExecutionContext, config: ForceConfig, lake: LakeResource, warehouse: WarehouseResource
    ) -> Iterator[Any]:
        started, store = time.monotonic(), lake.open()
        with one_line_errors():
            tables = warehouse.open()
            loaded = load_months(
                store,
                tables,
                dataset,
                context.partition_keys,
                force=config.force,
                progress=context.log.info,
            )
        check = warehouse_rows.evaluate(store, tables, dataset)
        yield check
        stop_at_error(check)
        yield ids_in_two_months.evaluate(tables, dataset)
        yield from partition_results(
            key,
            {month: entry.version for month, entry in loaded.items()},
            {
                month: {"dagster/row_count": entry.rows, **step_metadata(started, loaded)}
                for month, entry in loaded.items()
            },
        )

    return table


def _outside_asset(dataset: Dataset) -> dg.AssetsDefinition:
    what = "what became of the rows outside, which no table holds: a row of the tables' ledger, without a month."
    spec = dataset_spec(dataset, "warehouse", what, key=dg.AssetKey(["warehouse", dataset.outside_key]))

    @dg.asset(
        **spec,
        deps=[dg.AssetKey(["clean", rejects_key(dataset)])],
        kinds={"duckdb", "table"},
        metadata={
            "dagster/column_schema": table_schema(MONTH_LEDGER, LEDGER_DESCRIPTIONS),
            "dagster/table_name": "warehouse.month_ledger",
        },
        pool=WAREHOUSE_POOL,
        automation_condition=TABLE,
    )
    def outside(lake: LakeResource, warehouse: WarehouseResource) -> dg.MaterializeResult[Any]:
        started = time.monotonic()
        with one_line_errors():
            manifest = note_outside(lake.open(), warehouse.open(), dataset)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(manifest.version),
            metadata={"dagster/row_count": manifest.rejected_rows, **step_metadata(started)},
        )

    return outside


def _lookup_asset(lookup: Lookup) -> dg.AssetsDefinition:
    @dg.asset(
        **lookup_spec(lookup, "warehouse", "codes and names as one table, in the order of the city's files."),
        deps=[dg.AssetKey(["raw", lookup.key])],
        kinds={"duckdb", "table"},
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[dg.TableColumn(name=name, type=kind) for name, kind in lookup_columns(lookup.key).items()]
            ),
            "dagster/column_lineage": lookup_lineage(lookup),
            "dagster/table_name": f"warehouse.{lookup.key}",
        },
        pool=WAREHOUSE_POOL,
        automation_condition=TABLE,
    )
    def table(
        context: dg.AssetExecutionContext, config: ForceConfig, lake: LakeResource, warehouse: WarehouseResource
    ) -> dg.MaterializeResult[Any]:
        started, store = time.monotonic(), lake.open()
        with one_line_errors():
            tables = warehouse.open()
            manifest = store.raw_manifest(lookup.key, "")
            if manifest is None:
                raise CrimeTrendsError(f"raw/{lookup.key} was never fetched; materialize it first")
            version = raw_version(manifest)
            rows = lookup_rows(store, lookup)
            current = tables.table_versions().get(lookup.key)
            if config.force or current is None or current.version != version:
                tables.replace_lookup(lookup, rows, version)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(version),
            metadata={"dagster/row_count": len(rows), **step_metadata(started)},
        )

    return table
