"""The dbt models as assets, in three sets, each one call of dbt; their tests are asset checks.

A set that is up to date is not built again; its tests run all the same, so that the checks speak of what is there.
Tables without partitions report a version made of their rows, so that automation follows what really changed; months
have theirs in the facts' ledger. A test that fails leaves marts and reports as they were, and stops no facts.
"""

import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any, TypeAlias

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets
from pydantic import Field

from crime_trends.assets.common import (
    WAREHOUSE_POOL,
    ForceConfig,
    one_line_errors,
    versioned_result,
)
from crime_trends.assets.translation import ModelTranslator
from crime_trends.datasets import DATASETS
from crime_trends.partitions import BACKFILL
from crime_trends.resources.storage import WarehouseResource
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.models import (
    FAULTY,
    MARTS,
    MONTHLY,
    REFERENCE,
    facts_versions,
    is_current,
    marts_version,
    reference_version,
    stale_facts,
)
from crime_trends.warehouse.schema import SCHEMAS

ModelMetadata: TypeAlias = dict[dg.AssetKey, Mapping[str, Any]]
TRANSLATOR = ModelTranslator()
DURATION = "Execution Duration"
"""What dagster-dbt calls the seconds that a model took."""


class FactsConfig(ForceConfig):
    """As ``ForceConfig``, for some datasets."""

    datasets: list[str] = Field(
        [], description="With force: keys of the datasets whose facts are redone; an empty list means all of them."
    )


def selection(tag: str) -> str:
    """What dbt calls a set of models."""
    return f"tag:{tag}"


def dbt_arguments(tag: str, *, build: bool, test: bool = True) -> list[str]:
    """What dbt is called with for a set of models, of which at least one of building and testing is to be done.

    There are no variables: which months are built is in a table, since dbt parses all anew for other variables. Unit
    tests speak of the code and not of the data, so they are no checks. Nobody reads the files that dbt would write of
    the whole project in each call, which takes it a second.
    """
    excluded = ["unit_test"] if test else ["unit_test", "test"]
    verb = "build" if build else "test"
    return [verb, "--no-write-json", "--exclude-resource-type", *excluded, "--select", selection(tag)]


def model_assets(project: DbtProject) -> list[dg.AssetsDefinition]:
    """The three sets. The project's manifest must exist."""

    def models(name: str, tag: str, **more: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
        return dbt_assets(
            manifest=project.manifest_path,
            project=project,
            dagster_dbt_translator=TRANSLATOR,
            name=name,
            select=selection(tag),
            pool=WAREHOUSE_POOL,
            **more,
        )

    @models("reference_models", REFERENCE)
    def reference_models(
        context: dg.AssetExecutionContext, config: ForceConfig, dbt: DbtCliResource, warehouse: WarehouseResource
    ) -> Iterator[Any]:
        with one_line_errors():
            tables = warehouse.open()
            version = reference_version(tables)
            current = is_current(tables, REFERENCE, version) and not config.force
            metadata, failed = yield from _build_whole(context, dbt, project, REFERENCE, build=not current)
            if failed or not current:
                # The facts follow all the same; what the marts need to know is in the ledger, whichever run makes them.
                tables.record_table(REFERENCE, FAULTY if failed else version)
            yield from _table_events(context, tables, metadata)

    @models("monthly_models", MONTHLY, backfill_policy=BACKFILL)
    def monthly_models(
        context: dg.AssetExecutionContext, config: FactsConfig, dbt: DbtCliResource, warehouse: WarehouseResource
    ) -> Iterator[Any]:
        with one_line_errors():
            tables = warehouse.open()
            months = list(context.partition_keys)
            stale = stale_facts(tables, months)
            if config.force:
                stale |= {
                    (dataset, month): version
                    for (dataset, month), version in facts_versions(tables).items()
                    if dataset in (config.datasets or DATASETS) and month in months
                }
            if stale:
                tables.request_facts(stale)
            metadata, failed = yield from _build_whole(context, dbt, project, MONTHLY, build=bool(stale))
            if stale:
                tables.record_facts(stale)
            _refuse(failed)
            yield from _month_events(context, tables, sorted({*months, *(month for _, month in stale)}), metadata)

    @models("mart_models", MARTS)
    def mart_models(
        context: dg.AssetExecutionContext, config: ForceConfig, dbt: DbtCliResource, warehouse: WarehouseResource
    ) -> Iterator[Any]:
        with one_line_errors():
            tables = warehouse.open()
            if is_current(tables, REFERENCE, FAULTY):
                _refuse("marts stay as they were until the failed checks of the reference tables pass")
            version = marts_version(tables)
            current = is_current(tables, MARTS, version) and not config.force
            metadata, failed = yield from _run_dbt(context, dbt, project, MARTS, build=not current)
            _refuse(failed)
            if not current:
                tables.record_table(MARTS, version)
            yield from _table_events(context, tables, metadata)

    return [reference_models, monthly_models, mart_models]


def _run_dbt(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    project: DbtProject,
    tag: str,
    *,
    build: bool,
    test: bool = True,
) -> Generator[dg.AssetCheckResult | dg.AssetCheckEvaluation, None, tuple[ModelMetadata, str]]:
    """Builds a set of models, tests it, or both in turns; passes the results of tests on.

    It is always the whole set, whichever of its models were asked for: a call costs seconds, a model hardly more, and a
    set of which some models are newer than others would be of no version.

    Returns:
        Key -> what dbt says of building it, for the models that were built; and which tests failed, "" if none did.

    Raises:
        dg.Failure: something else than a test failed.
    """
    arguments = dbt_arguments(tag, build=build, test=test)
    what = ("building and testing" if test else "building") if build else "up to date; testing"
    context.log.info(f"{what} the {tag} models")
    invocation = dbt.cli(
        arguments,
        manifest=project.manifest_path,
        dagster_dbt_translator=TRANSLATOR,
        raise_on_error=False,
    )
    metadata: ModelMetadata = {}
    failures: dict[str, str] = {}
    for raw_event in invocation.stream_raw_events():
        failures |= _failure(raw_event.raw_event)
        for event in raw_event.to_default_asset_events(
            invocation.manifest, TRANSLATOR, target_path=invocation.target_path, project=project
        ):
            if isinstance(event, dg.AssetMaterialization):
                metadata[event.asset_key] = event.metadata
            elif isinstance(event, dg.AssetCheckEvaluation):
                yield _asked_for(context, event)
    if not failures and not invocation.is_successful():
        failures = {"call": f"failed before it ran anything: {invocation.get_error()}"}
    if not all(what.startswith("test.") for what in failures):
        _refuse(_in_words(failures))
    shutil.rmtree(invocation.target_path)
    return metadata, _in_words(failures)


def _build_whole(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, project: DbtProject, tag: str, *, build: bool
) -> Generator[dg.AssetCheckResult | dg.AssetCheckEvaluation, None, tuple[ModelMetadata, str]]:
    """As ``_run_dbt``, but a test that fails leaves no model unbuilt.

    dbt leaves out whatever reads a model whose test failed, of all datasets; then the set is built again without tests.
    """
    metadata, failed = yield from _run_dbt(context, dbt, project, tag, build=build)
    if failed and build:
        metadata, _ = yield from _run_dbt(context, dbt, project, tag, build=True, test=False)
    return metadata, failed


def _refuse(why: str) -> None:
    """Ends the step, if there is a reason to."""
    if why:
        raise dg.Failure(description=why, allow_retries=False)


def _asked_for(
    context: dg.AssetExecutionContext, event: dg.AssetCheckEvaluation
) -> dg.AssetCheckResult | dg.AssetCheckEvaluation:
    """A test's result as the result of this step's check, if it is one."""
    if dg.AssetCheckKey(event.asset_key, event.check_name) not in context.selected_asset_check_keys:
        return event
    return dg.AssetCheckResult(
        asset_key=event.asset_key,
        check_name=event.check_name,
        passed=event.passed,
        severity=event.severity,
        metadata=event.metadata,
    )


def _in_order(context: dg.AssetExecutionContext, metadata: ModelMetadata) -> Iterator[tuple[dg.AssetKey, bool]]:
    """The models that this step has to say something of, inputs first, and whether they were asked for."""
    for key in TopologicalSorter(context.assets_def.asset_deps).static_order():
        is_asked = key in context.selected_asset_keys
        if is_asked or key in metadata:
            yield key, is_asked


def _table_events(context: dg.AssetExecutionContext, tables: Warehouse, metadata: ModelMetadata) -> Iterator[Any]:
    """What became of a set without partitions; the version of a table is made of its rows."""
    rows = tables.table_rows(SCHEMAS)
    models = [(key, (key.path[0], key.path[-1]), is_asked) for key, is_asked in _in_order(context, metadata)]
    versions = tables.content_versions([place for _, place, _ in models if place in rows])
    for key, place, is_asked in models:
        counted = {"dagster/row_count": rows[place]} if place in rows else {}
        more = {**metadata.get(key, {}), **counted}
        yield versioned_result(key, versions.get(place), more, is_asked=is_asked)


def _month_events(
    context: dg.AssetExecutionContext, tables: Warehouse, months: Sequence[str], metadata: ModelMetadata
) -> Iterator[Any]:
    """What became of the monthly set: months of tables, and views without partitions.

    The version of a month is in the ledger behind the set; here it would cost a second event for each month and model.
    """
    asked_months = set(context.partition_keys)
    for key, is_asked in _in_order(context, metadata):
        if context.assets_def.specs_by_key[key].partitions_def is None:
            yield versioned_result(key, None, metadata.get(key, {}), is_asked=is_asked)
            continue
        rows = tables.month_rows(key.path[-1], schema=key.path[0])
        seconds = {name: value for name, value in metadata.get(key, {}).items() if name == DURATION}
        for month in months:
            numbers = {"dagster/row_count": rows.get(month, 0), **seconds}
            if is_asked and month in asked_months:
                context.add_asset_metadata(numbers, asset_key=key, partition_key=month)
            else:
                yield dg.AssetMaterialization(key, partition=month, metadata=numbers)
        if is_asked:
            yield dg.MaterializeResult(asset_key=key)


def _failure(event: Mapping[str, Any]) -> dict[str, str]:
    """Id -> why, if an event of dbt's log says that a model or a test failed."""
    what = (event["data"].get("node_info") or {}).get("unique_id")
    if not what or event["info"]["name"] != "RunResultError":
        return {}
    return {what: " ".join(event["data"]["msg"].split())}


def _in_words(failures: Mapping[str, str]) -> str:
    named = (f"{what.split('.')[2] if what.count('.') > 1 else what}: {why}" for what, why in failures.items())
    return f"dbt: {'; '.join(named)}" if failures else ""
