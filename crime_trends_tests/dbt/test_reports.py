"""The assets of the reports, on marts that dbt built: when they are written anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from crime_trends.assets.reports import dashboard, findings
from crime_trends.reports.findings_data import read_history
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import DuckDBWarehouseResource, LocalLakeResource
from crime_trends_tests.dbt.conftest import CALLS, ModelsHome
from crime_trends_tests.reports.test_dashboard import page_of

pytestmark = pytest.mark.xdist_group("models")


@pytest.fixture
def resources(home: ModelsHome, tmp_path: Path) -> dict[str, Any]:
    return {
        "lake": LocalLakeResource(root=str(home.path / "lake")),
        "warehouse": DuckDBWarehouseResource(
            file=str(home.path / "crime_trends.duckdb"),
            memory_limit="1GB",
            temporary_dir=str(tmp_path),
            lock_timeout_seconds=5,
        ),
        "reports": ReportsResource(folder=str(tmp_path / "reports")),
    }


def test_findings_are_read_of_what_dbt_built_and_written_once(
    home: ModelsHome, resources: dict[str, Any], tmp_path: Path
) -> None:
    history = read_history(home.warehouse)
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


def test_the_dashboard_tells_the_age_of_what_the_warehouse_holds(resources: dict[str, Any], tmp_path: Path) -> None:
    assert dg.materialize([dashboard], resources=resources).success
    page = page_of((tmp_path / "reports" / "dashboard.html").read_text())
    ages = {dataset["key"]: dataset["age"] for dataset in page["datasets"]}
    assert ages[CALLS]["newest"] == (date(2024, 4, 1) - date(1970, 1, 1)).days  # of which no facts are built yet
    assert not any(age["isLate"] for age in ages.values())  # no year was fetched


def test_the_dashboard_is_written_anew_when_a_check_begins_or_ceases_to_warn(
    resources: dict[str, Any], tmp_path: Path
) -> None:
    page = tmp_path / "reports" / "dashboard.html"
    found = "21 % fewer rows than in the month before"

    def evaluate(passed: bool, description: str) -> None:
        evaluation = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(["clean", "austin_crime_reports"]),
            check_name="volume",
            passed=passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={},
            description=description,
        )
        instance.report_runless_asset_event(evaluation)

    def written() -> int:
        assert dg.materialize([dashboard], resources=resources, instance=instance).success
        return page.stat().st_mtime_ns

    with dg.DagsterInstance.ephemeral() as instance:
        first = written()
        assert found not in page.read_text()
        assert written() == first

        evaluate(False, found)
        warned = written()
        assert warned > first
        assert found in page.read_text()
        assert written() == warned

        evaluate(True, "as many as ever")
        assert written() > warned
        assert found not in page.read_text()
