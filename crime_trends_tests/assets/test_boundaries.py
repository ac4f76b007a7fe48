"""The step that fetches boundaries: whatever is wrong with them is a warning, and never a failed step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.assets.raw import raw_assets
from crime_trends.datasets import BOUNDARIES
from crime_trends.resources.portals import PortalsResource
from crime_trends.resources.storage import LocalLakeResource
from crime_trends.sample.boundaries import geojson
from crime_trends.sample.portal import SamplePortal

BEATS = BOUNDARIES["san_diego_police_beats"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a portal's folder holds the boundaries; nothing is there yet."""
    path = tmp_path / "portal" / BEATS.city / BEATS.file
    path.parent.mkdir(parents=True)
    with SamplePortal(tmp_path / "portal") as portal:
        monkeypatch.setenv("CRIME_TRENDS_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("CRIME_TRENDS_SAN_DIEGO_URL", portal.urls[BEATS.city])
        yield path


def fetched(tmp_path: Path) -> tuple[dg.AssetCheckEvaluation, str | None]:
    """What the step's check found, and the data version that it gave its asset."""
    (asset,) = (asset for asset in raw_assets() if asset.key.path == ["raw", BEATS.key])
    resources = {"portals": PortalsResource(), "lake": LocalLakeResource(root=str(tmp_path / "lake"))}
    result = dg.materialize([asset], resources=resources)
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    (made,) = result.asset_materializations_for_node(asset.op.name)
    return check, (made.tags or {}).get("dagster/data_version")


def test_boundaries_that_were_never_there_are_a_warning_and_no_failed_step(file: Path, tmp_path: Path) -> None:
    check, version = fetched(tmp_path)
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "expected status 200, got 403" in str(check.description)
    assert version == "none"


def test_the_last_good_boundaries_stay_with_their_version(file: Path, tmp_path: Path) -> None:
    file.write_text(geojson(BEATS.key))
    check, version = fetched(tmp_path)
    assert check.passed
    assert version != "none"
    file.write_text('{"error": {"code": 500}}')
    check, later = fetched(tmp_path)
    assert not check.passed
    assert "expected a GeoJSON FeatureCollection" in str(check.description)
    assert later == version
