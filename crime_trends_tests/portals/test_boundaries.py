"""Boundaries of police areas: from which host, what is refused, and that the last good ones stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crime_trends.datasets import BOUNDARIES, CITIES, DATASETS
from crime_trends.errors import PortalError, UsageError
from crime_trends.portals.boundaries import boundary_shapes, read_shapes
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import Settings
from crime_trends_tests.portals.conftest import Ingest

BEATS = BOUNDARIES["san_diego_police_beats"]
SQUARE = [[[-117.2, 32.7], [-117.1, 32.7], [-117.1, 32.8], [-117.2, 32.8], [-117.2, 32.7]]]
# The same place in feet, EPSG:2230, in which San Diego keeps its maps.
FEET = [[[6280000.1, 1850000.2], [6290000.3, 1850000.2], [6290000.3, 1860000.4], [6280000.1, 1850000.2]]]

Publish = Callable[[str, bytes], None]


def feature(properties: dict[str, Any], coordinates: object = SQUARE, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


GOOD = collection(feature({"BEAT": 521, "DIV": 5.0}), feature({"beat": " 522 ", "div": "5"}, [SQUARE], "MultiPolygon"))


@pytest.fixture
def publish(portal_dir: Path) -> Publish:
    """Publishes bytes as the file of some boundaries."""

    def write(key: str, content: bytes) -> None:
        file = portal_dir / BOUNDARIES[key].city / BOUNDARIES[key].file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    return write


def test_boundaries_are_the_file_as_served_and_are_kept_if_the_bytes_are_the_same(
    ingest: Ingest, publish: Publish
) -> None:
    publish(BEATS.key, GOOD)
    result = ingest.new().fetch_boundary(BEATS)
    manifest = result.manifest
    assert (result.status, manifest.rows, manifest.source) == ("fetched", 2, BEATS.path)
    assert ingest.lake.path(manifest.files[0].path).read_bytes() == GOOD
    shapes = boundary_shapes(ingest.lake, manifest, BEATS)
    assert [shape.properties for shape in shapes] == [{"beat": "521", "div": "5"}, {"beat": "522", "div": "5"}]
    before = ingest.lake_state()
    assert ingest.new().fetch_boundary(BEATS).status == "unchanged"
    assert ingest.lake_state() == before
    publish(BEATS.key, GOOD.replace(b"522", b"523"))
    assert ingest.new().fetch_boundary(BEATS).status == "fetched"


@pytest.mark.parametrize("key", BOUNDARIES)
def test_each_boundary_is_asked_for_at_its_address_without_the_app_token(
    make_ingest: Callable[..., Ingest], portal: SamplePortal, publish: Publish, key: str
) -> None:
    boundary = BOUNDARIES[key]
    publish(key, collection(feature(dict.fromkeys(boundary.properties, 1))))
    make_ingest(portal, socrata_app_token="secret").new().fetch_boundary(boundary)  # noqa: S106
    (request,) = portal.requests
    assert request.target == f"/{boundary.city}/{boundary.path}"
    assert "x-app-token" not in request.headers


def test_maps_have_a_host_of_their_own_unless_something_stands_in_for_the_portal(tmp_path: Path) -> None:
    live = Settings(home=tmp_path)
    assert live.maps_url("los_angeles") == "https://maps.lacity.org"
    assert live.maps_url("austin") == CITIES["austin"].portal_url
    local = Settings(home=tmp_path, los_angeles_url="http://127.0.0.1:9/los_angeles")
    assert local.maps_url("los_angeles") == "http://127.0.0.1:9/los_angeles"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "expected GeoJSON, got what is no JSON"),
        (b"<!DOCTYPE html><title>Sign in</title>", "expected GeoJSON, got what is no JSON"),
        (
            b'{"error": {"code": 400, "message": "Invalid URL", "details": []}}',
            'expected a GeoJSON FeatureCollection, got {"error": {"code": 400, "message": "Invalid URL"',
        ),
        (b'{"type": "FeatureCollection"}', "expected a list of features, got null"),
        (collection(), "expected shapes, got none"),
        (collection({"type": "Feature", "geometry": None, "properties": {}}), "expected shapes, got none"),
        (collection(feature({"beat": 1}, [-117.2, 32.7], "Point")), 'expected polygons, got "Point"'),
        (collection(feature({"beat": 1, "div": 1}, None)), "expected the coordinates of a Polygon, got null"),
        (collection(feature({"beat": 1, "div": 1}, SQUARE, "MultiPolygon")), "expected rings of four positions"),
        (collection(feature({"beat": 1, "div": 1}, [[SQUARE[0]] * 4])), "expected the coordinates of a Polygon"),
        (collection(feature({"beat": 1, "div": 1}, [SQUARE[0][:2]])), "expected rings of four positions or more"),
        (collection(feature({"beat": 521, "div": 5}, FEET)), "in degrees (WGS 84), got 6.28e+06, 1.85e+06"),
        (
            collection(feature({"beat": 521, "div": 5}), feature({"beat": 1, "name": "x"})),
            "expected shapes with the property div, got beat, name",
        ),
    ],
)
def test_what_is_no_boundary_is_refused_and_the_last_good_ones_stay(
    ingest: Ingest, publish: Publish, content: bytes, problem: str
) -> None:
    publish(BEATS.key, GOOD)
    ingest.new().fetch_boundary(BEATS)
    before = ingest.lake_state()
    publish(BEATS.key, content)
    with pytest.raises(PortalError) as failed:
        ingest.new().fetch_boundary(BEATS)
    assert str(failed.value).startswith(f"{BEATS.key}, http://127.0.0.1:")
    assert problem in str(failed.value)
    assert "\n" not in str(failed.value)
    assert ingest.lake_state() == before


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault("html", path="gis_police_beats"), "expected JSON, got text/html"),
        (Fault("status", status=404, path="gis_police_beats"), "expected status 200, got 404"),
        (Fault("cut", bytes=40, path="gis_police_beats"), "a body that was cut short"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    ingest: Ingest, portal: SamplePortal, publish: Publish, fault: Fault, problem: str
) -> None:
    publish(BEATS.key, GOOD)
    portal.faults.add(fault)
    with pytest.raises(PortalError, match=problem):
        ingest.new().fetch_boundary(BEATS)
    assert ingest.lake_state() == {}


def test_made_up_boundaries_do_not_enter_a_home_of_real_data(
    ingest: Ingest, portal_dir: Path, publish: Publish
) -> None:
    publish(BEATS.key, GOOD)
    ingest.new().fetch_boundary(BEATS)
    (portal_dir / "SYNTHETIC").touch()
    with pytest.raises(UsageError, match="holds real data"):
        ingest.new().fetch_boundary(BEATS)


@pytest.mark.parametrize("name", ["sector_name", "SECTOR_NAME", "sector_nam", "Sector_Nam"])
def test_a_property_is_known_in_either_case_and_cut_at_ten_letters(tmp_path: Path, name: str) -> None:
    file = tmp_path / "districts.geojson"
    file.write_bytes(collection(feature({name: "ADAM"}), feature({name: None})))
    shapes = read_shapes(file, BOUNDARIES["austin_police_districts"])
    assert [shape.properties["sector_name"] for shape in shapes] == ["ADAM", ""]


def test_every_dataset_reads_its_areas_from_a_property_that_is_asked_for() -> None:
    for dataset in DATASETS.values():
        boundary = BOUNDARIES[dataset.areas.boundary]
        assert boundary.city == dataset.city
        assert dataset.areas.code_property in boundary.properties
