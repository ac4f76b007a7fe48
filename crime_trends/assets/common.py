"""What all assets share: how they are described, how a range of partitions reports itself, how errors end a step."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
from crime_cleaning.columns import Column, ColumnType
from pydantic import Field

from crime_trends.automation.retries import try_again_later
from crime_trends.datasets import CITIES, DATASETS, Boundary, Dataset, Lookup
from crime_trends.errors import CrimeTrendsError

OWNER = "team:crime-trends"
WAREHOUSE_POOL = "warehouse_writer"
SPARK_POOL = "spark"
DOCS = "https://github.com/crime-trends/crime_trends/blob/main/docs/datasets"


def lake_pool(key: str) -> str:
    """The pool of whatever writes a dataset's raw data: one writer per dataset.

    The look-ups and the boundaries of a dataset share its pool, and no portal has more than two datasets: so each is
    asked for at most two things at a time.

    Arguments:
        key: of a dataset, a look-up or boundaries.
    """
    used = (dataset.key for dataset in DATASETS.values() if key in (*dataset.lookups, dataset.areas.boundary))
    return f"lake_{next(used, key)}"


class ForceConfig(dg.Config):
    """What a step does although it finds everything up to date. The launchpad shows the fields' descriptions."""

    force: bool = Field(default=False, description="Redo what the run asks for, also what is up to date.")


def dataset_spec(dataset: Dataset, layer: str, what: str, **more: Any) -> dict[str, Any]:
    """Key, description, group, owner and tags of a dataset's asset in one layer, as arguments of ``dg.AssetSpec``."""
    description = (
        f"{dataset.title}: {what} {dataset.grain}\n\n"
        f"Times are local ({CITIES[dataset.city].time_zone}), without a zone. "
        f"[Grain, quirks and breaks]({DOCS}/{dataset.key}.md)."
    )
    return {
        "key": dg.AssetKey([layer, dataset.key]),
        "description": description,
        "group_name": f"{dataset.city}_{layer}",
        "owners": [OWNER],
        "tags": {"city": dataset.city, "layer": layer, "record_type": dataset.record_type},
        **more,
    }


def lookup_spec(lookup: Lookup, layer: str, what: str) -> dict[str, Any]:
    """The same of a look-up's asset."""
    return {
        "key": dg.AssetKey([layer, lookup.key]),
        "description": f"{lookup.title}: {what} One row per listed code; some codes are listed twice.\n\n"
        f"[Tables, files and what is missing]({DOCS}/{lookup.city}_lookups.md).",
        "group_name": f"{lookup.city}_{layer}",
        "owners": [OWNER],
        "tags": {"city": lookup.city, "layer": layer},
    }


def boundary_spec(boundary: Boundary) -> dict[str, Any]:
    """The same of the raw asset of boundaries."""
    return {
        "key": dg.AssetKey(["raw", boundary.key]),
        "description": f"{boundary.title}: the publisher's GeoJSON file, as it is served. One feature per shape; an "
        f"area can have several.\n\n[Files, codes and what has no shape]({DOCS}/boundaries.md).",
        "group_name": f"{boundary.city}_raw",
        "owners": [OWNER],
        "tags": {"city": boundary.city, "layer": "raw"},
    }


def column_schema(columns: tuple[Column, ...] | list[Column]) -> dg.TableSchema:
    """The columns as Dagster shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type.value,
                description=column.description + (f" Unit: {column.unit}." if column.unit else ""),
            )
            for column in columns
        ]
    )


def table_schema(columns: Mapping[str, str], descriptions: Mapping[str, str]) -> dg.TableSchema:
    """The columns of a table of the project's own (name -> type of the warehouse) as Dagster shows them."""
    return dg.TableSchema([dg.TableColumn(name, kind.lower(), descriptions[name]) for name, kind in columns.items()])


def raw_column_schema(dataset: Dataset) -> dg.TableSchema:
    """The columns of a dataset's raw file, by the portal's own names."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name=column.sources[0], type=ColumnType.TEXT.value, description=column.description)
            for column in dataset.column_map.columns
            if column.sources
        ]
    )


def versioned_result(
    key: dg.AssetKey, version: str | None, metadata: Mapping[str, Any], *, is_asked: bool = True
) -> dg.MaterializeResult[Any] | dg.AssetMaterialization:
    """What a step yields for an asset without partitions; ``version`` is its data version, None for Dagster's own.

    Arguments:
        is_asked: whether the run asked for the asset; what was made besides is reported all the same.
    """
    if not is_asked:
        return dg.AssetMaterialization(key, metadata=metadata, tags=data_version_tags(version))
    return dg.MaterializeResult(
        asset_key=key, data_version=dg.DataVersion(version) if version else None, metadata=metadata
    )


def step_metadata(started: float, partitions: Collection[str] = ()) -> dict[str, float | int]:
    """What a step cost, for each of its partitions: a step of many is no slower than one of few, so both are told.

    Arguments:
        started: of ``time.monotonic()``.
        partitions: what the step brought up to date; none for an asset without partitions.
    """
    of_many = {"partitions_in_step": len(partitions)} if partitions else {}
    return {"step_seconds": round(time.monotonic() - started, 2), **of_many}


def partition_results(
    key: dg.AssetKey, versions: Mapping[str, str], metadata: Mapping[str, Mapping[str, Any]]
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetMaterialization]:
    """What a step yields for an asset so that each partition gets a data version and metadata of its own.

    A result of a range has one data version for all of it. So the result comes first, with the last partition's
    version, and an event for each partition after it: the last event of a partition counts.

    Arguments:
        key: the asset.
        versions: partition -> data version, in order, at least one.
        metadata: partition -> its metadata.
    """
    last = list(versions)[-1]
    yield dg.MaterializeResult(
        asset_key=key,
        data_version=dg.DataVersion(versions[last]),
        metadata=metadata[last] if len(versions) == 1 else None,
    )
    if len(versions) == 1:
        return
    for partition, version in versions.items():
        yield dg.AssetMaterialization(
            asset_key=key, partition=partition, metadata=metadata[partition], tags=data_version_tags(version)
        )


def data_version_tags(version: str | None) -> dict[str, str]:
    """The tags with which an event states a data version; none for None."""
    return {"dagster/data_version": version, "dagster/data_version_is_user_provided": "true"} if version else {}


def stop_at_error(check: dg.AssetCheckResult) -> None:
    """Ends the step after a check that found an error, so that nothing gets a new version; warnings end nothing.

    Raises:
        dg.Failure: it did, with what the check says.
    """
    if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
        raise dg.Failure(description=check.description, allow_retries=False)


CLOUD_KINDS = {"file": "gcs", "duckdb": "bigquery"}
"""What keeps the bytes and the tables on this machine -> what does on Google Cloud, as the kinds of assets."""


def on_target(assets: Iterable[dg.AssetsDefinition], target: str) -> list[dg.AssetsDefinition]:
    """The assets with the kinds of what keeps them on a target; everything else is the same on both.

    Arguments:
        assets: with the kinds of this machine.
        target: ``local`` or ``gcp``.
    """
    if target == "local":
        return list(assets)

    def renamed(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(kinds={CLOUD_KINDS.get(kind, kind) for kind in spec.kinds})

    return list(dg.map_asset_specs(renamed, assets))


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns an error that its message explains, or that the disk gave, into a failure of the step in one line.

    What may pass is tried again first.
    """
    try:
        yield
    except CrimeTrendsError as error:
        if error.passes:
            try_again_later(dg.AssetExecutionContext.get(), error)
        raise dg.Failure(description=str(error), allow_retries=False) from None
    except OSError as error:
        what = f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}"
        raise dg.Failure(description=f"{what}; what was published stays", allow_retries=False) from None
