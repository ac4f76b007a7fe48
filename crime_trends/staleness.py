"""What is behind, layer by layer, and why: read from manifests and ledgers, never from Dagster's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crime_trends.datasets import Dataset
from crime_trends.lake.base import Lake
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.outside import rejects_behind, rejects_key
from crime_trends.months import years_of
from crime_trends.warehouse.base import LedgerEntry, Warehouse
from crime_trends.warehouse.models import facts_versions

OUTSIDE = "outside"
"""Stands for the rows outside of a dataset, which have no partition."""


@dataclass(frozen=True)
class Behind:
    """A partition of a layer that is not made from what lies before it.

    Arguments:
        layer: ``raw``, ``clean``, ``warehouse`` or ``facts``.
        dataset: the dataset's key.
        partition: the year or month, or ``OUTSIDE``.
        reason: why, in a few words.
    """

    layer: str
    dataset: str
    partition: str
    reason: str

    def __str__(self) -> str:
        return f"{self.layer}/{self.dataset} {self.partition}: {self.reason}"


def partitions_behind(lake: Lake, warehouse: Warehouse, asked: Mapping[Dataset, Sequence[str]]) -> list[Behind]:
    """What is behind of some months of datasets and of their rows outside; empty if all of it is up to date.

    The portal is not asked.
    """
    loaded, built, wanted = warehouse.month_versions(), warehouse.facts_versions(), facts_versions(warehouse)
    found = []
    for dataset, months in asked.items():
        found += _months_behind(lake, dataset, months, loaded[dataset.key], built[dataset.key], wanted)
        found += [
            Behind(layer, dataset.key, OUTSIDE, reason) for layer, reason in _outside_behind(lake, warehouse, dataset)
        ]
    return found


def _months_behind(
    lake: Lake,
    dataset: Dataset,
    months: Sequence[str],
    loaded: Mapping[str, LedgerEntry],
    built: Mapping[str, LedgerEntry],
    wanted: Mapping[tuple[str, str], str],
) -> list[Behind]:
    def behind(layer: str, partition: str, reason: str) -> Behind:
        return Behind(layer, dataset.key, partition, reason)

    found = [
        behind("raw", year, "never fetched")
        for year in years_of(months)
        if lake.raw_manifest(dataset.key, year) is None
    ]
    missing = {entry.partition for entry in found}
    fetched = [month for month in months if month[:4] not in missing]
    found += [behind("clean", month, "its year was never fetched") for month in months if month[:4] in missing]
    found += [behind("clean", month, reason) for month, reason in plan_cleaning(lake, dataset, fetched).stale.items()]

    for month in months:
        manifest = lake.clean_manifest(dataset.key, month)
        if month not in loaded:
            found.append(behind("warehouse", month, "never loaded"))
        elif manifest is not None and loaded[month].version != manifest.version:
            found.append(behind("warehouse", month, "the clean month changed"))
        if month not in built:
            found.append(behind("facts", month, "never built"))
        elif built[month].version != wanted.get((dataset.key, month)):
            found.append(behind("facts", month, "the warehouse, a look-up or the models changed"))
    return found


def _outside_behind(lake: Lake, warehouse: Warehouse, dataset: Dataset) -> list[tuple[str, str]]:
    """Layer and reason of what is behind of the rows outside: the first layer, which all others wait for."""
    if not dataset.socrata_sources:
        return []
    if lake.raw_manifest(dataset.outside_key, "") is None:
        return [("raw", "never fetched")]
    if reason := rejects_behind(lake, dataset):
        return [("clean", reason)]
    manifest, noted = lake.clean_manifest(rejects_key(dataset), ""), warehouse.outside_versions().get(dataset.key)
    if manifest is not None and (noted is None or noted.version != manifest.version):
        return [("warehouse", "never noted" if noted is None else "the rejects changed")]
    return []
