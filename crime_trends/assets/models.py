"""The dbt models as assets, in three sets, each one call of dbt; their tests are asset checks.

A set that is up to date is not built again; its tests run all the same, so that the checks speak of what is there.
"""

import shutil
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from crime_trends.assets.common import WAREHOUSE_POOL, ForceConfig, one_line_errors
from crime_trends.assets.translation import ModelTranslator
from crime_trends.datasets import DATASETS
from crime_trends.partitions import BACKFILL, all_months
from crime_trends.resources.storage import WarehouseResource
from crime_trends.warehouse.duckdb import DuckDBWarehouse
from crime_trends.warehouse.models import (
    MARTS,
    REFERENCE,
    facts_versions,
    is_current,
    marts_version,
    reference_version,
    stale_facts,
)


class FactsConfig(ForceConfig):
    """As ``ForceConfig``, for some datasets.

    Arguments:
        datasets: keys of the datasets whose facts are redone if forced; none means all.
    """

    datasets: list[str] = []  # noqa: RUF012  (a field; each config gets its own)


def model_assets(project: DbtProject) -> list[dg.AssetsDefinition]:
    """The three sets. The project's manifest must exist."""

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        dagster_dbt_translator=ModelTranslator(),
        name="monthly_models",
        select="tag:monthly",
        partitions_def=all_months(),
        backfill_policy=BACKFILL,
        pool=WAREHOUSE_POOL,
    )
    def monthly_models(
        context: dg.AssetExecutionContext, config: FactsConfig, dbt: DbtCliResource, warehouse: WarehouseResource
    ) -> Iterator[Any]:
        with one_line_errors():
            tables = warehouse.open()
            stale = stale_facts(tables, context.partition_keys)
            if config.force:
                datasets, months = set(config.datasets or DATASETS), set(context.partition_keys)
                stale |= {
                    (dataset, month): version
                    for (dataset, month), version in facts_versions(tables).items()
                    if dataset in datasets and month in months
                }
            if stale:
                tables.request_facts(stale)
            yield from _run_dbt(context, dbt, tables, build=bool(stale))
            if stale and not context.is_subset:
                tables.record_facts(stale)

    reference_models = _unpartitioned_models(project, "reference_models", REFERENCE, reference_version)
    mart_models = _unpartitioned_models(project, "mart_models", MARTS, marts_version)
    return [reference_models, monthly_models, mart_models]


def _unpartitioned_models(
    project: DbtProject, name: str, tag: str, version_of: Callable[[DuckDBWarehouse], str]
) -> dg.AssetsDefinition:
    """A set of models that is built as a whole, when what it should be of is not what the ledger says under its tag."""

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        dagster_dbt_translator=ModelTranslator(),
        name=name,
        select=f"tag:{tag}",
        pool=WAREHOUSE_POOL,
    )
    def models(
        context: dg.AssetExecutionContext, config: ForceConfig, dbt: DbtCliResource, warehouse: WarehouseResource
    ) -> Iterator[Any]:
        with one_line_errors():
            tables = warehouse.open()
            version = version_of(tables)
            current = is_current(tables, tag, version) and not config.force
            yield from _run_dbt(context, dbt, tables, build=not current)
            if not current and not context.is_subset:
                tables.record_table(tag, version)

    return models


def _run_dbt(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, tables: DuckDBWarehouse, *, build: bool
) -> Iterator[Any]:
    """Builds and tests the selected models, or only tests them; notes the rows of those that are tables.

    Results of tests are passed on at once, materializations only when all of it worked: a failed test leaves none.
    """
    models = f"{len(context.selected_asset_keys)} models"
    context.log.info(f"building and testing {models}" if build else f"up to date; testing {models}")
    command = ["build" if build else "test", "--exclude-resource-type", "unit_test"]
    invocation = dbt.cli(command, context=context, raise_on_error=False)
    materialized = []
    for event in invocation.stream():
        if isinstance(event, dg.AssetCheckResult | dg.AssetCheckEvaluation):
            yield event
        else:
            materialized.append(event)
    if not invocation.is_successful():
        raise dg.Failure(description=_failures(invocation), allow_retries=False)
    shutil.rmtree(invocation.target_path)
    for place, rows in tables.table_rows(sorted({key.path[0] for key in context.selected_asset_keys})).items():
        if dg.AssetKey(place) in context.selected_asset_keys:
            context.add_asset_metadata({"dagster/row_count": rows}, asset_key=dg.AssetKey(place))
    if build:
        yield from materialized
    else:
        for key in TopologicalSorter(context.assets_def.asset_deps).static_order():
            if key in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key)


def _failures(invocation: Any) -> str:
    """What of a dbt call failed, in one line each."""
    try:
        results = invocation.get_artifact("run_results.json")["results"]
    except FileNotFoundError:
        return f"dbt failed before it ran anything: {invocation.get_error()}"
    lines = [
        f"{result['unique_id'].split('.')[2]}: {' '.join((result['message'] or '').split())}"
        for result in results
        if result["status"] in {"fail", "error", "runtime error"}
    ]
    return "dbt: " + ("; ".join(lines) or str(invocation.get_error()))
