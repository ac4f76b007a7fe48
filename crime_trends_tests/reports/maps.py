"""The maps of made-up and of real boundaries, by way of a lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crime_trends.datasets import BOUNDARIES, Areas
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import RawManifest
from crime_trends.reports.boundaries import AreaMap, read_area_maps
from crime_trends.sample.boundaries import geojson
from crime_trends_tests.conftest import REPOSITORY

FETCHED_AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
REAL = REPOSITORY.parent / "shared" / "reference" / "boundaries"
REAL_FILES = {
    "austin_police_districts": "apd_districts.geojson",
    "los_angeles_police_divisions": "lapd_divisions.geojson",
    "san_diego_police_beats": "sdpd_beats.geojson",
}
WITHOUT_SHAPE = {"UT", "88"}
"""Codes of Austin's reports that no district has."""


def sample_maps(folder: Path) -> dict[Areas, AreaMap]:
    """The maps of the made-up boundaries; the folder is that of the lake which holds them from then on."""
    return _maps(folder, {key: geojson(key) for key in BOUNDARIES})


def real_maps(folder: Path) -> dict[Areas, AreaMap]:
    """The maps of the real boundaries that lie beside the repository and are not part of it; skips where they don't."""
    if not REAL.is_dir():
        pytest.skip(f"no real boundaries beside the repository ({REAL.name} is absent)")
    return _maps(folder, {key: (REAL / name).read_text(encoding="utf-8") for key, name in REAL_FILES.items()})


def _maps(folder: Path, texts: Mapping[str, str]) -> dict[Areas, AreaMap]:
    lake = LocalLake(folder)
    for key, text in texts.items():
        with lake.landing(lake.raw_folder(key, ""), ".geojson") as file:
            file.write_text(text, encoding="utf-8")
            stored = lake.put(file, lake.raw_folder(key, ""), rows=1)
        source = BOUNDARIES[key].path
        lake.publish_raw(RawManifest(key, "", source, True, FETCHED_AT.isoformat(), {}, [stored]), replaces=None)
    return read_area_maps(lake)
