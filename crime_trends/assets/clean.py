"""Clean assets: typed months and their rejects as Parquet, made by one Spark job for any range of months."""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg
from crime_cleaning.columns import Column, ColumnType

from crime_trends.assets.common import (
    SPARK_POOL,
    ForceConfig,
    column_schema,
    dataset_spec,
    lake_pool,
    one_line_errors,
    partition_results,
    step_metadata,
    stop_at_error,
)
from crime_trends.assets.lineage import clean_lineage
from crime_trends.automation.conditions import TABLE, clean_condition
from crime_trends.automation.retries import attempt
from crime_trends.checks.clean import duplicates, reconciliation
from crime_trends.checks.issues import issue_shares
from crime_trends.checks.volume import volume
from crime_trends.datasets import DATASETS, Dataset
from crime_trends.errors import ReconciliationError
from crime_trends.lake.cleaning import months_to_clean, plan_cleaning
from crime_trends.lake.outside import reject_outside, rejects_key
from crime_trends.lake.publishing import publish_months
from crime_trends.partitions import BACKFILL, month_partitions
from crime_trends.resources.pyspark import SparkResource
from crime_trends.resources.storage import LakeResource

REJECT_COLUMNS = [
    Column("reason", ColumnType.TEXT, (), "Why the row can't be used."),
    Column("row_id", ColumnType.TEXT, (), "The row's id, if it has one."),
    Column("month", ColumnType.DATE, (), "First day of the month that the row is booked on."),
    Column("raw", ColumnType.TEXT, (), "The row as it was served, as JSON."),
]

WATCHES = (volume, issue_shares, duplicates)
"""The checks that only warn."""


def clean_assets() -> list[dg.AssetsDefinition]:
    """For each dataset one step that makes both the clean months and their rejects, and one for its rows outside."""
    return [
        *(_clean_asset(dataset) for dataset in DATASETS.values()),
        *(_outside_rejects_asset(dataset) for dataset in DATASETS.values() if dataset.socrata_sources),
    ]


def _clean_asset(dataset: Dataset) -> dg.AssetsDefinition:
    clean = dataset_spec(dataset, "clean", "typed rows of a month.")
    rejects = dataset_spec(dataset, "clean", "rows of a month that can't be used, with the reason.")
    rejects["key"] = dg.AssetKey(["clean", f"{dataset.key}_rejects"])
    columns = dataset.column_map.all_columns
    shared: dict[str, Any] = {
        "deps": [dg.AssetKey(["raw", dataset.key])],
        "kinds": {"pyspark", "parquet", "file"},
        "skippable": False,
        "automation_condition": clean_condition(dataset),
    }

    @dg.multi_asset(
        name=f"clean__{dataset.key}",
        specs=[
            dg.AssetSpec(
                **clean,
                **shared,
                metadata={
                    "dagster/column_schema": column_schema(columns),
                    "dagster/column_lineage": clean_lineage(dataset),
                },
            ),
            dg.AssetSpec(**rejects, **shared, metadata={"dagster/column_schema": column_schema(REJECT_COLUMNS)}),
        ],
        partitions_def=month_partitions(dataset),
        backfill_policy=BACKFILL,
        check_specs=[check.spec(clean["key"]) for check in (reconciliation, *WATCHES)],
        pool=SPARK_POOL,
    )
    def clean_months(
        context: dg.AssetExecutionContext, config: ForceConfig, lake: LakeResource, pyspark: SparkResource
    ) -> Iterator[Any]:
        started, store = time.monotonic(), lake.open()
        with one_line_errors():
            months = months_to_clean(store, dataset, context.partition_keys)
            plan = plan_cleaning(
                store,
                dataset,
                months,
                force=context.partition_keys if config.force else (),
                attempt=attempt(context),
            )
            report = pyspark.clean(context, plan, store)
            try:
                publish_months(store, plan, report)
            except ReconciliationError:
                yield reconciliation.evaluate(store, dataset)
                raise
        check = reconciliation.evaluate(store, dataset)
        yield check
        yield from (watch.evaluate(store, dataset) for watch in WATCHES)
        stop_at_error(check)
        manifests = {month: manifest for month in months if (manifest := store.clean_manifest(dataset.key, month))}
        versions = {month: manifest.version for month, manifest in manifests.items()}
        work = step_metadata(started, manifests)
        yield from partition_results(
            clean["key"],
            versions,
            {
                month: {
                    "dagster/row_count": manifest.clean_rows,
                    "raw_rows": manifest.raw_rows,
                    "rejected_rows": manifest.rejected_rows,
                    "duplicate_rows": manifest.duplicate_rows,
                    "values_with_issues": sum(manifest.issues.values()),
                    "issues": manifest.issues,
                    **work,
                }
                for month, manifest in manifests.items()
            },
        )
        yield from partition_results(
            rejects["key"],
            versions,
            {
                month: {"dagster/row_count": manifest.rejected_rows, "reasons": manifest.rejections, **work}
                for month, manifest in manifests.items()
            },
        )

    return clean_months


def _outside_rejects_asset(dataset: Dataset) -> dg.AssetsDefinition:
    what = "the rows outside as rejects. The reconciliation has them without a month."
    spec = dataset_spec(dataset, "clean", what, key=dg.AssetKey(["clean", rejects_key(dataset)]))

    @dg.asset(
        **spec,
        deps=[dg.AssetKey(["raw", dataset.outside_key])],
        kinds={"parquet", "file"},
        metadata={"dagster/column_schema": column_schema(REJECT_COLUMNS)},
        pool=lake_pool(dataset.key),
        automation_condition=TABLE,
    )
    def outside_rejects(
        context: dg.AssetExecutionContext, config: ForceConfig, lake: LakeResource
    ) -> dg.MaterializeResult[Any]:
        started = time.monotonic()
        with one_line_errors():
            manifest = reject_outside(lake.open(), dataset, force=config.force)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(manifest.version),
            metadata={
                "dagster/row_count": manifest.rejected_rows,
                "reasons": manifest.rejections,
                **step_metadata(started),
            },
        )

    return outside_rejects
