"""Raw assets as they are served: CSVs by year, rows that no year holds, look-up tables, boundaries of police areas."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from crime_trends.assets.common import (
    ForceConfig,
    boundary_spec,
    dataset_spec,
    lake_pool,
    lookup_spec,
    one_line_errors,
    partition_results,
    raw_column_schema,
    step_metadata,
    stop_at_error,
)
from crime_trends.automation.freshness import raw_freshness
from crime_trends.checks.portal_total import portal_total
from crime_trends.checks.raw import portal_count, rows_of_no_month, schema_drift
from crime_trends.datasets import BOUNDARIES, DATASETS, LOOKUPS, Boundary, Dataset, Lookup
from crime_trends.errors import PortalError
from crime_trends.lake.manifests import RawManifest
from crime_trends.lake.orphans import sweep_orphans
from crime_trends.partitions import BACKFILL, year_partitions
from crime_trends.portals.fetch import RawIngest
from crime_trends.resources.portals import PortalsResource
from crime_trends.resources.storage import LakeResource


def raw_assets() -> list[dg.AssetsDefinition]:
    """One per dataset, one for the rows outside of each that has Socrata sources, one per look-up, one per map."""
    return [
        *(_raw_asset(dataset) for dataset in DATASETS.values()),
        *(_outside_asset(dataset) for dataset in DATASETS.values() if dataset.socrata_sources),
        *(_lookup_asset(lookup) for lookup in LOOKUPS.values()),
        *(_boundary_asset(boundary) for boundary in BOUNDARIES.values()),
    ]


def raw_version(manifest: RawManifest) -> str:
    """Data version of a raw partition: changes with its rows and its header, not with where or when."""
    parts = [f"{month}:{entry.checksum}" for month, entry in sorted(manifest.months.items())]
    parts += [manifest.undated_checksum, *manifest.header]
    parts += [file.sha256 for file in manifest.files] if not manifest.partition else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _raw_asset(dataset: Dataset) -> dg.AssetsDefinition:
    spec = dataset_spec(dataset, "raw", "the portal's rows of a year, as one CSV.")
    key = spec["key"]

    @dg.asset(
        **spec,
        partitions_def=year_partitions(dataset),
        backfill_policy=BACKFILL,
        kinds={"csv", "file"},
        metadata={"dagster/column_schema": raw_column_schema(dataset), "license": dataset.license},
        check_specs=[portal_count.spec(key), rows_of_no_month.spec(key), schema_drift.spec(key)],
        pool=lake_pool(dataset.key),
        freshness_policy=raw_freshness(dataset),
    )
    def raw(
        context: dg.AssetExecutionContext, config: ForceConfig, portals: PortalsResource, lake: LakeResource
    ) -> Iterator[Any]:
        store = lake.open()
        versions, metadata = {}, {}
        with one_line_errors():
            ingest = RawIngest(settings=portals.settings(), lake=store, progress=context.log.info)
            for year in context.partition_keys:
                started = time.monotonic()
                result = ingest.fetch_year(dataset, int(year), force=config.force)
                manifest = result.manifest
                versions[year] = raw_version(manifest)
                metadata[year] = {
                    "dagster/row_count": manifest.rows,
                    "bytes": sum(file.bytes for file in manifest.files),
                    "source": manifest.source,
                    "fetched_at": manifest.fetched_at,
                    "status": result.status,
                    "changed_months": ", ".join(result.changed_months) or "none",
                    **step_metadata(started, [year]),
                    **({"note": manifest.note} if manifest.note else {}),
                }
            sweep_orphans(store, dataset.key)
        count = portal_count.evaluate(store, dataset)
        yield count
        yield rows_of_no_month.evaluate(store, dataset)
        yield schema_drift.evaluate(store, dataset)
        stop_at_error(count)
        yield from partition_results(key, versions, metadata)

    return raw


def _outside_asset(dataset: Dataset) -> dg.AssetsDefinition:
    what = "the rows that belong to none of its years, undated or dated outside, one CSV per source."
    key = dg.AssetKey(["raw", dataset.outside_key])
    spec = dataset_spec(dataset, "raw", what, key=key)

    @dg.asset(
        **spec,
        kinds={"csv", "file"},
        metadata={"dagster/column_schema": raw_column_schema(dataset), "license": dataset.license},
        check_specs=[portal_total.spec(key)],
        pool=lake_pool(dataset.key),
    )
    def raw_outside(
        context: dg.AssetExecutionContext, config: ForceConfig, portals: PortalsResource, lake: LakeResource
    ) -> Iterator[Any]:
        started = time.monotonic()
        with one_line_errors():
            store = lake.open()
            ingest = RawIngest(settings=portals.settings(), lake=store, progress=context.log.info)
            result = ingest.fetch_outside(dataset, force=config.force)
            sweep_orphans(store, dataset.outside_key)
            check = portal_total.evaluate(store, dataset)
        yield check
        stop_at_error(check)
        yield dg.MaterializeResult(
            data_version=dg.DataVersion(raw_version(result.manifest)),
            metadata={
                "dagster/row_count": result.manifest.rows,
                "source": result.manifest.source,
                "fetched_at": result.manifest.fetched_at,
                "status": result.status,
                **step_metadata(started),
                **({"note": result.manifest.note} if result.manifest.note else {}),
            },
        )

    return raw_outside


def _lookup_asset(lookup: Lookup) -> dg.AssetsDefinition:
    spec = lookup_spec(lookup, "raw", "the city's files of codes and names, as they are served.")

    @dg.asset(
        **spec,
        kinds={"csv", "file"},
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(name=lookup.code_source, type="text", description="The code."),
                    dg.TableColumn(name=lookup.name_source, type="text", description="What it stands for."),
                ]
            )
        },
        check_specs=[
            dg.AssetCheckSpec(
                "all_files_published",
                asset=spec["key"],
                description="The portal has every file of the look-up. If it warns, a historical file is missing, and "
                "codes that only it lists have no name: look for its new place at the portal and correct its path in "
                "crime_trends/datasets.py.",
            )
        ],
        pool=lake_pool(lookup.key),
    )
    def raw_lookup(
        context: dg.AssetExecutionContext, config: ForceConfig, portals: PortalsResource, lake: LakeResource
    ) -> Iterator[Any]:
        started = time.monotonic()
        with one_line_errors():
            store = lake.open()
            ingest = RawIngest(settings=portals.settings(), lake=store, progress=context.log.info)
            manifest = ingest.fetch_lookup(lookup, force=config.force).manifest
            sweep_orphans(store, lookup.key)
        yield dg.AssetCheckResult(
            check_name="all_files_published",
            passed=not manifest.note,
            severity=dg.AssetCheckSeverity.WARN,
            description=manifest.note or None,
        )
        yield dg.MaterializeResult(
            data_version=dg.DataVersion(raw_version(manifest)),
            metadata={
                "dagster/row_count": manifest.rows,
                "fetched_at": manifest.fetched_at,
                **step_metadata(started),
            },
        )

    return raw_lookup


def _boundary_asset(boundary: Boundary) -> dg.AssetsDefinition:
    spec = boundary_spec(boundary)

    @dg.asset(
        **spec,
        kinds={"geojson", "file"},
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    *(dg.TableColumn(name, "text", description="A property.") for name in boundary.properties),
                    dg.TableColumn("geometry", "geometry", description="Polygons in degrees, WGS 84."),
                ]
            ),
            "license": boundary.license,
        },
        check_specs=[
            dg.AssetCheckSpec(
                "boundary_published",
                asset=spec["key"],
                description="The publisher has the boundaries, and they are shapes in degrees with their codes. If it "
                "warns, the maps keep the last good ones, or there are none, and no figure depends on them: look for "
                "the file's new place and correct its path in crime_trends/datasets.py.",
            )
        ],
        pool=lake_pool(boundary.key),
    )
    def raw_boundary(context: dg.AssetExecutionContext, portals: PortalsResource, lake: LakeResource) -> Iterator[Any]:
        started, problem = time.monotonic(), ""
        with one_line_errors():
            store = lake.open()
            ingest = RawIngest(settings=portals.settings(), lake=store, progress=context.log.info)
            try:
                ingest.fetch_boundary(boundary)
            except PortalError as error:
                problem = str(error)
            manifest = store.raw_manifest(boundary.key, "")
            sweep_orphans(store, boundary.key)
        yield dg.AssetCheckResult(
            check_name="boundary_published",
            passed=not problem,
            severity=dg.AssetCheckSeverity.WARN,
            description=problem or None,
        )
        yield dg.MaterializeResult(
            data_version=dg.DataVersion(raw_version(manifest) if manifest else "none"),
            metadata={
                **({"dagster/row_count": manifest.rows, "fetched_at": manifest.fetched_at} if manifest else {}),
                **step_metadata(started),
            },
        )

    return raw_boundary
