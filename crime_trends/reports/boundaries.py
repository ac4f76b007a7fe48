"""The maps of the page: the shapes of police areas, joined and simplified from what the portals publish.

Shapes are for looking at, not for telling in which area a place lies: they are off by up to some 60 meters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crime_trends.datasets import BOUNDARIES, CITIES, DATASETS, Areas
from crime_trends.lake.base import Lake
from crime_trends.lake.manifests import RawManifest
from crime_trends.portals.boundaries import Shape, boundary_shapes

if TYPE_CHECKING:
    from shapely import Geometry, MultiPolygon

GRID_DEGREES = 1e-5
"""Edges of neighbours are the same once they lie on a grid, of about a meter."""
SLIVER_DEGREES = 2e-4
"""Width of the gaps between neighbours that nobody meant."""
TOLERANCE_DEGREES = 5e-4
"""How far a simplified edge may lie from the real one; a pixel of the map is as wide."""
DECIMALS = 4


@dataclass(frozen=True)
class AreaMap:
    """The shapes of the areas that datasets name.

    Arguments:
        title: what they are.
        source: the host and path that they come from.
        license: licence as the publisher states it.
        retrieved_on: the day on which they were fetched, UTC.
        shapes: area code -> its shape as a GeoJSON geometry, in the order of the codes. Outer rings run clockwise, as
            the library that draws them wants it; GeoJSON's own rule is the other way round.
        places: area code -> where its name fits best: longitude, latitude, and how far from any edge, in degrees.
    """

    title: str
    source: str
    license: str
    retrieved_on: date
    shapes: dict[str, dict[str, Any]]
    places: dict[str, tuple[float, float, float]]


def boundary_keys() -> list[str]:
    """Keys of the boundaries that the maps are made of."""
    return sorted({dataset.areas.boundary for dataset in DATASETS.values() if dataset.areas.boundary})


def boundary_versions(lake: Lake) -> list[str]:
    """What the maps are made of: SHA-256 of every file that the lake has."""
    manifests = (lake.raw_manifest(key, "") for key in boundary_keys())
    return [file.sha256 for manifest in manifests if manifest for file in manifest.files]


def read_area_maps(lake: Lake) -> dict[Areas, AreaMap]:
    """The map of each kind of area whose boundaries were fetched.

    Raises:
        CrimeTrendsError: the lake can't be read.
    """
    maps = {}
    for areas in dict.fromkeys(dataset.areas for dataset in DATASETS.values() if dataset.areas.boundary):
        manifest = lake.raw_manifest(areas.boundary, "")
        if manifest is not None:
            maps[areas] = _area_map(lake, areas, manifest)
    return maps


def _area_map(lake: Lake, areas: Areas, manifest: RawManifest) -> AreaMap:
    boundary = BOUNDARIES[areas.boundary]
    city = CITIES[boundary.city]
    shapes = boundary_shapes(lake, manifest, boundary)
    if boundary.elsewhere:
        name, value = boundary.elsewhere
        shapes = [shape for shape in shapes if shape.properties[name] != value]
    simplified = simplified_shapes(shapes, areas)
    return AreaMap(
        title=boundary.title,
        source=f"{(city.maps_url or city.portal_url).removeprefix('https://')}: {boundary.path.partition('?')[0]}",
        license=boundary.license,
        retrieved_on=datetime.fromisoformat(manifest.fetched_at).date(),
        shapes={code: _geojson(shape) for code, shape in simplified.items()},
        places={code: _widest_place(shape) for code, shape in simplified.items()},
    )


def simplified_shapes(shapes: Iterable[Shape], areas: Areas) -> dict[str, MultiPolygon]:
    """Area code -> its shape, in the order of the codes; neighbours keep one edge.

    Arguments:
        shapes: of a boundary file.
        areas: how codes are told.
    """
    import shapely  # Loading it takes a while, and whoever loads the code location has no use for it.

    parts: defaultdict[str, list[Geometry]] = defaultdict(list)
    for shape in shapes:
        code = format(shape.properties[areas.code_property], areas.code_format)
        if shape.properties[areas.code_property]:
            whole = shapely.make_valid(shapely.geometry.shape(shape.geometry))
            parts[code].append(shapely.set_precision(whole, GRID_DEGREES))
    codes = sorted(parts)
    joined = [_polygons(shapely.union_all(parts[code], grid_size=GRID_DEGREES)) for code in codes]
    # Published neighbours can overlap or leave slivers, and their edges can have other corners.
    covering = shapely.coverage_clean(joined, gap_width=SLIVER_DEGREES)
    simplified = shapely.coverage_simplify(covering, TOLERANCE_DEGREES)
    oriented = shapely.orient_polygons(simplified, exterior_cw=True)
    return {code: _polygons(shape) for code, shape in zip(codes, oriented, strict=True)}


def _polygons(geometry: Geometry) -> MultiPolygon:
    """The polygons of a geometry, without the lines and points that repairing it can leave."""
    import shapely

    polygons = [part for part in shapely.get_parts(shapely.get_parts(geometry)) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons)


def _geojson(shape: MultiPolygon) -> dict[str, Any]:
    polygons = []
    for polygon in shape.geoms:
        rings = [_ring(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
        if rings[0]:
            polygons.append([ring for ring in rings if ring])
    return {"type": "MultiPolygon", "coordinates": polygons}


def _ring(coordinates: Iterable[Iterable[float]]) -> list[list[float]]:
    """The positions of a ring, rounded, each but once in a row; none if nothing is left of it."""
    ring: list[list[float]] = []
    for position in coordinates:
        rounded = [round(value, DECIMALS) for value in position]
        if ring[-1:] != [rounded]:
            ring.append(rounded)
    return ring if len(ring) >= 4 else []


def _widest_place(shape: MultiPolygon) -> tuple[float, float, float]:
    import shapely

    largest = max(shape.geoms, key=lambda polygon: polygon.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=GRID_DEGREES * 100)
    longitude, latitude = circle.coords[0]
    return round(longitude, DECIMALS), round(latitude, DECIMALS), round(circle.length, DECIMALS)
