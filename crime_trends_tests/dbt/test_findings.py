"""The asset of the findings, on marts that dbt built."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from crime_trends.assets.reports import findings
from crime_trends.reports.findings_data import read_history
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import DuckDBWarehouseResource, LocalLakeResource
from crime_trends_tests.dbt.conftest import ModelsHome

pytestmark = pytest.mark.xdist_group("models")


def test_the_asset_reads_what_dbt_built_and_writes_once(home: ModelsHome, tmp_path: Path) -> None:
    warehouse = DuckDBWarehouseResource(
        file=str(home.path / "crime_trends.duckdb"),
        memory_limit="1GB",
        temporary_dir=str(tmp_path),
        lock_timeout_seconds=5,
    )
    resources = {
        "lake": LocalLakeResource(root=str(home.path / "lake")),
        "warehouse": warehouse,
        "reports": ReportsResource(folder=str(tmp_path / "reports")),
    }
    history = read_history(warehouse.open())
    counted = sum(month.count for month in history.months if month.measure == "cases" and month.scope != "all")
    assert [(counted,)] == home.query("select count(*) from facts.fct_crime_cases")
    assert {month.offense_group for month in history.months} <= {"all", *history.group_names}
    assert any(series.note for series in history.series)

    page = tmp_path / "reports" / "findings.md"
    assert dg.materialize([findings], resources=resources).success
    assert page.read_text().startswith("# Findings")
    assert "## Quality of the data: what is not told" in page.read_text()
    written = page.stat().st_mtime_ns
    assert dg.materialize([findings], resources=resources).success
    assert page.stat().st_mtime_ns == written
