"""The real rows that lie beside the repository, through HTTP into the lake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.portals.lookups import lookup_rows
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.portals.conftest import Ingest


def test_real_rows_arrive_and_reconcile(real_portal_dir: Path, make_ingest: Callable[..., Ingest]) -> None:
    with SamplePortal(real_portal_dir) as portal:
        ingest = make_ingest(portal, socrata_page_rows=10_000)
        run = ingest.new()
        calls = run.fetch_year(DATASETS["san_diego_calls_for_service"], 2023).manifest
        assert {month: entry.rows for month, entry in calls.months.items()} == {"2023-01": 26_595}
        assert (calls.rows, calls.undated_rows, calls.has_line_breaks) == (26_595, 0, False)

        reports = DATASETS["los_angeles_crime_reports"]
        assert [run.fetch_year(reports, year).manifest.rows for year in (2020, 2023)] == [874, 24_569]
        los_angeles = ingest.lake.raw_manifest(reports.key, "2023")
        assert los_angeles is not None
        assert list(los_angeles.months) == ["2023-01", "2023-02", "2023-03", "2023-04"]
        assert all(entry.rows == entry.portal_rows for entry in los_angeles.months.values())

        austin = [run.fetch_year(DATASETS["austin_crime_reports"], year).manifest for year in range(2003, 2024)]
        assert sum(manifest.rows for manifest in austin) == 1_000
        assert austin[-1].months["2023-12"].rows == 863

        portal.requests.clear()
        again = ingest.new()
        assert again.fetch_year(reports, 2023).status == "unchanged"
        assert again.fetch_year(DATASETS["san_diego_calls_for_service"], 2023).status == "unchanged"
        assert [request.method for request in portal.requests] == ["GET", "HEAD"]
        assert portal.requests[0].target == "/los_angeles/api/views/2nrs-mtv8.json"


def test_real_lookups(real_portal_dir: Path, make_ingest: Callable[..., Ingest]) -> None:
    with SamplePortal(real_portal_dir) as portal:
        ingest = make_ingest(portal)
        results = {key: ingest.new().fetch_lookup(lookup) for key, lookup in LOOKUPS.items()}
    assert {key: [file.rows for file in result.manifest.files] for key, result in results.items()} == {
        "san_diego_call_types": [289],
        "san_diego_dispositions": [18, 41],
        "san_diego_beats": [125],
    }
    assert [key for key, result in results.items() if result.manifest.note] == ["san_diego_call_types"]
    dispositions = lookup_rows(ingest.lake, LOOKUPS["san_diego_dispositions"])
    assert dispositions[0] == ("X", "DISPATCHED ALARM CALL CANCELLED BEFORE UNIT ONSCENE", False, 1)
    assert dispositions[18] == ("A", "ARREST", True, 19)
