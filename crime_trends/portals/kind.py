"""Keeps made-up and real data apart: a home holds one kind, as its first raw manifest says."""

from __future__ import annotations

from collections.abc import Iterable

from crime_trends.datasets import CITIES, DATASETS, LOOKUPS, SocrataSource
from crime_trends.errors import UsageError
from crime_trends.lake.base import Lake
from crime_trends.portals.http import PortalSession
from crime_trends.settings import PREFIX, Settings


def check_kind(settings: Settings, lake: Lake, cities: Iterable[str]) -> None:
    """Asks the portal of each city once whether its data are made up, before anything is fetched.

    A portal that does not answer is passed over here: fetching from it fails with its own message, and asks again.

    Raises:
        UsageError: a portal serves the other kind than the home holds, or than another of these portals.
    """
    found: dict[str, bool] = {}
    for city in cities:
        synthetic = PortalSession(city, settings).probe(_small_path(city))
        if synthetic is not None:
            refuse_other_kind(settings, lake, city, synthetic)
            found[city] = synthetic
    if len(set(found.values())) > 1:
        listing = "; ".join(f"{_portal(settings, city)} serves {_kind(kind)} data" for city, kind in found.items())
        raise UsageError(f"a home holds either synthetic or real data, but {listing}; make them agree")


def refuse_other_kind(settings: Settings, lake: Lake, city: str, synthetic: bool) -> None:
    """Compares what a portal said of itself with what the home holds.

    Raises:
        UsageError: they differ; the message names both kinds and what to do.
    """
    held = lake.any_raw_manifest()
    if held is not None and held.synthetic != synthetic:
        raise UsageError(
            f"{settings.data_place} holds {_kind(held.synthetic)} data, but {_portal(settings, city)} serves "
            f"{_kind(synthetic)} data, and the two are never mixed; set {settings.data_setting} to another one for it, "
            f"or {PREFIX}{city.upper()}_URL to a portal of {_kind(held.synthetic)} data"
        )


def _small_path(city: str) -> str:
    """A small document that the city's portal has."""
    for lookup in LOOKUPS.values():
        if lookup.city == city:
            return lookup.files[0].path
    sources = (source for dataset in DATASETS.values() if dataset.city == city for source in dataset.sources)
    return next(f"api/views/{source.id}.json" for source in sources if isinstance(source, SocrataSource))


def _kind(synthetic: bool) -> str:
    return "synthetic" if synthetic else "real"


def _portal(settings: Settings, city: str) -> str:
    return f"the portal of {CITIES[city].name} ({settings.portal_url(city).rpartition('@')[2]})"
