"""Made-up boundaries: cells around the middles of the sample's sectors, areas and beats, cut off at a box.

They have the quirks of the real files: an area in several shapes, names instead of codes, a number that is text, and
shapes of elsewhere. They resemble no real boundary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from crime_trends.sample.austin import SECTORS
from crime_trends.sample.los_angeles import AREAS
from crime_trends.sample.san_diego_places import BEATS

SECTOR_NAMES = ("ADAM", "APT", "BAKER", "CHARLIE", "DAVID", "EDWARD", "FRANK", "GEORGE", "HENRY", "IDA")
"""As Austin spells its sectors out; ``UT`` and ``88`` of the reports have no shape."""
DIVIDED_BEAT = "511"
"""A beat of two shapes."""
DECIMALS = 5
MARGIN = 0.05
"""Degrees between the outermost middles and the edge of the box."""


class Seed(NamedTuple):
    """A point that a cell is made around, and what its shape says of itself."""

    longitude: float
    latitude: float
    properties: dict[str, Any]


def geojson(boundary: str) -> str:
    """The file of some boundaries, as its publisher would serve it; the argument is their key."""
    shapes = {
        "austin_police_districts": _austin,
        "los_angeles_police_divisions": _los_angeles,
        "san_diego_police_beats": _san_diego,
    }
    features = [
        {"type": "Feature", "properties": {"objectid": place, **properties}, "geometry": geometry}
        for place, (properties, geometry) in enumerate(shapes[boundary](), start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")) + "\n"


def _austin() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    middles = {sector.code: sector for sector in SECTORS}
    seeds = []
    for name in SECTOR_NAMES:
        sector = middles[name[:2]]
        for number, east in enumerate((-0.012, 0.012), start=1):
            properties = {"sector_name": name, "district_name": f"{name} {number}"}
            seeds.append(Seed(sector.longitude + east, sector.latitude + east / 3, properties))
    return _cells(seeds)


def _los_angeles() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return _cells(
        [Seed(area.longitude, area.latitude, {"APREC": area.name.upper(), "PREC": int(area.code)}) for area in AREAS]
    )


def _san_diego() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    seeds = []
    for beat in BEATS:
        properties = {"beat": int(beat.code), "div": int(beat.code[0]), "name": beat.neighborhood.upper()}
        for south in (0, 0.004) if beat.code == DIVIDED_BEAT else (0,):
            seeds.append(Seed(beat.longitude, beat.latitude - south, properties))
    yield from _cells(seeds)
    county = [[-116.9, 32.8], [-116.8, 32.8], [-116.8, 32.9], [-116.9, 32.9], [-116.9, 32.8]]
    yield {"beat": 521, "div": 0, "name": "SAN DIEGO"}, {"type": "Polygon", "coordinates": [county]}


def _cells(seeds: Sequence[Seed]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    import shapely  # Loading it takes a while, which only the generator needs to spend.

    points = shapely.MultiPoint([(seed.longitude, seed.latitude) for seed in seeds])
    west, south, east, north = points.bounds
    box = shapely.box(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box, ordered=True))
    for seed, cell in zip(seeds, cells, strict=True):
        # A grid common to all keeps the edges of neighbours the same.
        shape = shapely.set_precision(shapely.intersection(cell, box), 10**-DECIMALS)
        ring = [[round(value, DECIMALS) for value in position] for position in shape.exterior.coords]
        yield seed.properties, {"type": "Polygon", "coordinates": [ring]}
