"""Boundaries of police areas: fetches the GeoJSON files that the portals publish, and reads them as shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crime_trends.datasets import Boundary
from crime_trends.errors import PortalError
from crime_trends.lake.base import Lake
from crime_trends.lake.manifests import RawManifest
from crime_trends.portals.http import PortalSession
from crime_trends.portals.kind import refuse_other_kind
from crime_trends.portals.landing import landing_file, now, publish, settle
from crime_trends.settings import Settings

SHAPEFILE_NAME_LENGTH = 10
"""Longest name of a property in a shapefile, from which some exports are made."""


@dataclass(frozen=True)
class Shape:
    """A shape of a boundary file.

    Arguments:
        properties: those that the registry names, by its names, as text without outer spaces.
        geometry: a polygon or several, as GeoJSON has them: degrees, longitude first.
    """

    properties: dict[str, str]
    geometry: dict[str, Any]


def replaced_boundary(
    settings: Settings, lake: Lake, boundary: Boundary, session: PortalSession, old: RawManifest | None
) -> RawManifest:
    """Downloads boundaries and publishes them, unless they are, byte for byte, what the lake has.

    Arguments:
        session: requests to the host of the city's maps.
        old: the manifest that the lake now has, if any.

    Returns:
        The manifest that the lake then has; ``old`` itself if nothing changed.

    Raises:
        PortalError: they can't be had, or are not what the registry says of them; the last good ones stay.
        UsageError: they are made up and the home holds real data, or the reverse.
    """
    with landing_file(lake, boundary.key, "", suffix=".geojson") as file:
        session.download(boundary.path, file, kind="json")
        refuse_other_kind(settings, lake, boundary.city, bool(session.synthetic))
        try:
            shapes = read_shapes(file, boundary)
        except ValueError as error:
            raise PortalError(f"{boundary.key}, {session.shown_url(boundary.path)}: {error}") from None
        stored = settle(lake, file, boundary.key, "", len(shapes), old)
        if old is not None and stored in old.files:
            return old
        manifest = RawManifest(
            dataset=boundary.key,
            partition="",
            source=boundary.path,
            synthetic=bool(session.synthetic),
            fetched_at=now(),
            portal_version={},
            files=[stored],
            header=list(boundary.properties),
        )
        publish(lake, manifest, old)
    return manifest


def boundary_shapes(lake: Lake, manifest: RawManifest, boundary: Boundary) -> list[Shape]:
    """The shapes of boundaries as the lake holds them."""
    with lake.on_this_disk([stored.path for stored in manifest.files]) as root:
        return [shape for stored in manifest.files for shape in read_shapes(root / stored.path, boundary)]


def read_shapes(file: Path, boundary: Boundary) -> list[Shape]:
    """The shapes of a boundary file; what has no geometry is left out.

    Raises:
        ValueError: it is not what the registry says of it; the message says what was expected and what came.
    """
    try:
        document = json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"expected GeoJSON, got what is no JSON ({error})") from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise ValueError(f"expected a GeoJSON FeatureCollection, got {_shown(document)}")
    features = document.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise ValueError(f"expected a list of features, got {_shown(features)}")
    shapes = [_shape(feature, boundary) for feature in features if feature.get("geometry") is not None]
    if not shapes:
        raise ValueError("expected shapes, got none")
    return shapes


def _shape(feature: dict[str, Any], boundary: Boundary) -> Shape:
    geometry = feature["geometry"]
    kind = geometry.get("type") if isinstance(geometry, dict) else geometry
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"expected polygons, got {_shown(kind)}")
    try:
        for polygon in [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]:
            for ring in polygon:
                _check_ring(ring)
    except (KeyError, TypeError):
        raise ValueError(f"expected the coordinates of a {kind}, got {_shown(geometry.get('coordinates'))}") from None
    served = {name.lower(): value for name, value in (feature.get("properties") or {}).items()}
    return Shape({name: _text(served, name) for name in boundary.properties}, geometry)


def _check_ring(ring: list[list[float]]) -> None:
    if len(ring) < 4:
        raise ValueError(f"expected rings of four positions or more, got {_shown(ring)}")
    for longitude, latitude, *_ in ring:
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValueError(
                f"expected longitudes and latitudes in degrees (WGS 84), got {longitude:.6g}, {latitude:.6g}; the file "
                "must be in that coordinate system"
            )


def _text(served: dict[str, Any], name: str) -> str:
    for known in (name, name[:SHAPEFILE_NAME_LENGTH]):
        if known in served:
            value = served[known]
            whole = int(value) if isinstance(value, float) and value.is_integer() else value
            return "" if whole is None else str(whole).strip()
    raise ValueError(f"expected shapes with the property {name}, got {', '.join(served) or 'none'}")


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
