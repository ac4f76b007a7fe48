"""The shapes of the maps: whose they are, that neighbours keep one edge, and that they are drawn as what they are."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely

from crime_trends.datasets import BOUNDARIES, DATASETS, LOOKUPS, Areas
from crime_trends.lake.local import LocalLake
from crime_trends.portals.boundaries import Shape
from crime_trends.reports.boundaries import AreaMap, boundary_versions, simplified_shapes
from crime_trends.sample.austin import SECTORS
from crime_trends.sample.boundaries import geojson
from crime_trends.sample.los_angeles import AREAS
from crime_trends.sample.san_diego_places import BEATS, DIVISIONS
from crime_trends_tests.reports.maps import WITHOUT_SHAPE, real_maps, sample_maps

SAMPLE_CODES = {
    "austin_crime_reports": {sector.code for sector in SECTORS},
    "los_angeles_crime_reports": {area.code for area in AREAS},
    "los_angeles_nibrs_offenses": {area.code for area in AREAS},
    "san_diego_calls_for_service": {beat.code for beat in BEATS},
    "san_diego_nibrs_offenses": set(DIVISIONS),
}
MOST_BYTES = 400_000


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> dict[Areas, AreaMap]:
    return sample_maps(tmp_path_factory.mktemp("lake"))


def rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    return [ring for polygon in geometry["coordinates"] for ring in polygon]


def edges(geometry: dict[str, Any]) -> set[frozenset[tuple[float, ...]]]:
    return {frozenset((tuple(a), tuple(b))) for ring in rings(geometry) for a, b in pairwise(ring)}


def area_of(ring: list[list[float]]) -> float:
    """Twice the area within a ring; negative if it runs clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


@pytest.mark.parametrize("dataset", SAMPLE_CODES)
def test_every_area_of_the_sample_has_a_shape_or_is_known_to_have_none(
    maps: dict[Areas, AreaMap], dataset: str
) -> None:
    shapes = maps[DATASETS[dataset].areas].shapes
    assert shapes.keys() == SAMPLE_CODES[dataset] - WITHOUT_SHAPE
    assert list(shapes) == sorted(shapes)


def test_outer_rings_run_clockwise_and_holes_the_other_way() -> None:
    hole = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4], [0.2, 0.2]]
    outer = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    shape = Shape({"beat": "1"}, {"type": "Polygon", "coordinates": [outer, hole]})
    (polygon,) = simplified_shapes([shape], Areas("beat", "", "beat"))["1"].geoms
    assert not polygon.exterior.is_ccw
    assert polygon.interiors[0].is_ccw


def test_each_shape_is_drawn_filled_and_not_its_outside(maps: dict[Areas, AreaMap]) -> None:
    for area_map in maps.values():
        for code, geometry in area_map.shapes.items():
            assert all(area_of(polygon[0]) < 0 for polygon in geometry["coordinates"]), code
            assert shapely.geometry.shape(geometry).is_valid, code


def test_a_name_stands_within_its_shape(maps: dict[Areas, AreaMap]) -> None:
    for area_map in maps.values():
        for code, (longitude, latitude, radius) in area_map.places.items():
            circle = shapely.Point(longitude, latitude).buffer(radius * 0.9)
            assert shapely.geometry.shape(area_map.shapes[code]).contains(circle), code


def test_neighbours_keep_one_edge_after_simplification(maps: dict[Areas, AreaMap]) -> None:
    for areas, area_map in maps.items():
        whole = shapely.union_all([shapely.geometry.shape(shape) for shape in area_map.shapes.values()])
        outside = sum(len(polygon.exterior.coords) - 1 for polygon in getattr(whole, "geoms", [whole]))
        parts = [edges(shape) for shape in area_map.shapes.values()]
        alone = [edge for part in parts for edge in part if sum(edge in other for other in parts) == 1]
        assert len(alone) <= outside * 1.2, areas  # no edge but the outline's is of one shape only


def test_overlaps_slivers_and_other_corners_of_neighbours_are_mended() -> None:
    rings = {
        "1": [[0, 0], [1.00003, 0], [1.00003, 1], [0, 1], [0, 0]],
        "2": [[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]],
        "3": [[2, 0], [2.5, 0], [3, 0], [3, 1], [2, 1], [2.0001, 0.5], [2, 0]],
    }
    shapes = [Shape({"beat": code}, {"type": "Polygon", "coordinates": [ring]}) for code, ring in rings.items()]
    simplified = simplified_shapes(shapes, Areas("beat", "", "beat"))
    assert shapely.coverage_is_valid(list(simplified.values()))
    assert sum(shape.area for shape in simplified.values()) == pytest.approx(3, abs=1e-3)
    assert simplified["1"].touches(simplified["2"])
    assert simplified["2"].touches(simplified["3"])


def test_shapes_of_one_area_are_joined_and_shapes_without_a_code_left_out() -> None:
    def cell(name: str, west: float) -> Shape:
        ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
        return Shape({"sector_name": name}, {"type": "Polygon", "coordinates": [ring]})

    shapes = [cell("ADAM", 0), cell("ADAM", 1), cell("APT", 2), cell("", 3)]
    simplified = simplified_shapes(shapes, DATASETS["austin_crime_reports"].areas)
    assert {code: (len(shape.geoms), shape.area) for code, shape in simplified.items()} == {
        "AD": (1, pytest.approx(2)),
        "AP": (1, pytest.approx(1)),
    }


def test_shapes_of_elsewhere_are_left_out(maps: dict[Areas, AreaMap]) -> None:
    county = json.loads(geojson("san_diego_police_beats"))["features"][-1]
    assert county["properties"]["beat"] == 521
    beat = shapely.geometry.shape(maps[DATASETS["san_diego_calls_for_service"].areas].shapes["521"])
    assert not beat.intersects(shapely.geometry.shape(county["geometry"]))
    assert "0" not in maps[DATASETS["san_diego_nibrs_offenses"].areas].shapes


def test_every_real_area_has_a_shape_and_the_maps_are_small(real_portal_dir: Path, tmp_path: Path) -> None:
    maps = real_maps(tmp_path)
    codes = {dataset.key: set(maps[dataset.areas].shapes) for dataset in DATASETS.values()}
    assert codes["austin_crime_reports"] == SAMPLE_CODES["austin_crime_reports"] - WITHOUT_SHAPE
    assert codes["los_angeles_crime_reports"] == {f"{number:02}" for number in range(1, 22)}
    assert codes["san_diego_nibrs_offenses"] == set(DIVISIONS)
    with (real_portal_dir / "san_diego" / LOOKUPS["san_diego_beats"].files[0].path).open(
        encoding="utf-8-sig"
    ) as listed:
        assert codes["san_diego_calls_for_service"] == {row["beat"] for row in csv.DictReader(listed)}
    assert len(json.dumps([area_map.shapes for area_map in maps.values()], separators=(",", ":"))) < MOST_BYTES
    for area_map in maps.values():
        assert all(shapely.geometry.shape(shape).is_valid for shape in area_map.shapes.values())
        assert all(area_of(polygon[0]) < 0 for shape in area_map.shapes.values() for polygon in shape["coordinates"])


def test_the_page_is_of_another_version_whenever_a_boundary_file_is(tmp_path: Path) -> None:
    lake = LocalLake(tmp_path)
    assert boundary_versions(lake) == []
    sample_maps(tmp_path)
    manifests = [lake.raw_manifest(key, "") for key in sorted(BOUNDARIES)]
    assert boundary_versions(lake) == [manifest.files[0].sha256 for manifest in manifests if manifest]
    assert len(set(boundary_versions(lake))) == len(BOUNDARIES)
