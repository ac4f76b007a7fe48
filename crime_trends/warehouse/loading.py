"""From clean months to the warehouse: which months of a table are behind the lake, and loading them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crime_trends.datasets import Dataset
from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.base import Lake
from crime_trends.lake.manifests import CleanManifest
from crime_trends.lake.outside import rejects_key
from crime_trends.months import months_of_year, years_of
from crime_trends.warehouse.base import LedgerEntry, Warehouse


def months_to_load(warehouse: Warehouse, dataset: Dataset, asked: Sequence[str]) -> list[str]:
    """The months asked for, and those of the same years that the table already holds."""
    held = set(warehouse.month_versions()[dataset.key])
    of_years = {month for year in years_of(asked) for month in months_of_year(dataset, year)}
    return sorted(set(asked) | (held & of_years))


def stale_months(lake: Lake, warehouse: Warehouse, dataset: Dataset, months: Sequence[str]) -> list[CleanManifest]:
    """The clean months that the table does not hold in their present version.

    Raises:
        CrimeTrendsError: a month was never cleaned.
    """
    held = warehouse.month_versions()[dataset.key]
    stale = []
    for month in months:
        manifest = clean_manifest(lake, dataset, month)
        if month not in held or held[month].version != manifest.version:
            stale.append(manifest)
    return stale


def load_months(
    lake: Lake,
    warehouse: Warehouse,
    dataset: Dataset,
    asked: Sequence[str],
    *,
    force: bool,
    progress: Callable[[str], None],
) -> dict[str, LedgerEntry]:
    """Makes the dataset's table hold the present version of the months.

    Arguments:
        asked: the months asked for; months of the same years that the table holds are brought up to date with them.
        force: load the months asked for although the table holds their present version.
        progress: is told what is done.

    Returns:
        month -> what the table now holds, for all these months.
    """
    months = months_to_load(warehouse, dataset, asked)
    manifests = {manifest.partition: manifest for manifest in stale_months(lake, warehouse, dataset, months)}
    if force:
        manifests |= {month: clean_manifest(lake, dataset, month) for month in asked}
    if manifests:
        files = {month: [lake.uri(file.path) for file in entry.files] for month, entry in manifests.items()}
        warehouse.replace_months(list(manifests.values()), files)
        rows = sum(manifest.clean_rows for manifest in manifests.values())
        progress(f"loaded {rows:,} rows of {len(manifests)} months into warehouse.{dataset.key}")
    else:
        progress(f"warehouse.{dataset.key} holds the present version of all {len(months)} months")
    held = warehouse.month_versions()[dataset.key]
    return {month: held[month] for month in months}


def note_outside(lake: Lake, warehouse: Warehouse, dataset: Dataset) -> CleanManifest:
    """Makes the ledger know what became of a dataset's rows that belong to no month; returns what it notes.

    Raises:
        CrimeTrendsError: the rows were never rejected.
    """
    manifest = lake.clean_manifest(rejects_key(dataset), "")
    if manifest is None:
        raise CrimeTrendsError(f"clean/{rejects_key(dataset)} was never made; materialize it first")
    noted = warehouse.outside_versions().get(dataset.key)
    if noted is None or noted.version != manifest.version:
        warehouse.record_outside(dataset.key, manifest)
    return manifest


def clean_manifest(lake: Lake, dataset: Dataset, month: str) -> CleanManifest:
    """The manifest of a clean month; ``CrimeTrendsError`` if it was never cleaned."""
    manifest = lake.clean_manifest(dataset.key, month)
    if manifest is None:
        raise CrimeTrendsError(f"clean/{dataset.key} {month} was never made; materialize it first")
    return manifest
