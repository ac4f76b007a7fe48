"""The findings, as an asset."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from crime_trends.assets.common import OWNER, WAREHOUSE_POOL, ForceConfig, one_line_errors
from crime_trends.automation.conditions import MART
from crime_trends.reports.dashboard import write_dashboard
from crime_trends.reports.findings_data import read_history
from crime_trends.reports.findings_text import findings_page, findings_sections
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.warehouse.models import combined, is_current, marts_version

FINDINGS = "findings"


@dg.asset(
    key=["reports", FINDINGS],
    deps=[
        dg.AssetKey(["facts", "dim_series"]),
        dg.AssetKey(["facts", "offense_groups"]),
        dg.AssetKey(["facts", "series_breaks"]),
        dg.AssetKey(["intermediate", "int_series_months"]),
        dg.AssetKey(["marts", "mart_monthly_counts"]),
    ],
    description="The findings: sentences on what rose, fell or peaked, computed from settled and complete months of "
    "one series, each with its numbers, period, interval and caveats. One Markdown file.",
    group_name="reports",
    owners=[OWNER],
    tags={"layer": "reports"},
    kinds={"markdown", "python"},
    pool=WAREHOUSE_POOL,
    automation_condition=MART,
)
def findings(
    context: dg.AssetExecutionContext,
    config: ForceConfig,
    lake: LakeResource,
    warehouse: WarehouseResource,
    reports: ReportsResource,
) -> dg.MaterializeResult[Any]:
    """Computes the findings from the marts, unless the file already has them."""
    path = reports.path("findings.md")
    manifest = lake.open().any_raw_manifest()
    with one_line_errors():
        tables = warehouse.open()
        version = combined([marts_version(tables), reports.code_version()])
        if config.force or not path.exists() or not is_current(tables, FINDINGS, version):
            sections = findings_sections(read_history(tables))
            synthetic = manifest is not None and manifest.synthetic
            write_dashboard(findings_page(sections, synthetic=synthetic, made_at=datetime.now(UTC)), path)
            tables.record_table(FINDINGS, version)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(version),
        metadata={
            "path": dg.MetadataValue.path(str(path)),
            "findings": sum(line.startswith("- ") for line in path.read_text(encoding="utf-8").splitlines()),
        },
    )
