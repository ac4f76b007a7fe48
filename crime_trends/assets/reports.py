"""What people look at, as assets."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from crime_trends.assets.common import OWNER, WAREHOUSE_POOL, ForceConfig, one_line_errors
from crime_trends.automation.conditions import TABLE
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard, write_dashboard
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.warehouse.models import combined, is_current, marts_version

DASHBOARD = "dashboard"


@dg.asset(
    key=["reports", DASHBOARD],
    deps=[dg.AssetKey(["marts", "mart_daily_counts"]), dg.AssetKey(["marts", "mart_reconciliation"])],
    description="The dashboard: one HTML file that opens offline. Counts of published rows by city and day, each "
    "within one record type.",
    group_name="reports",
    owners=[OWNER],
    tags={"layer": "reports"},
    kinds={"html", "vegalite"},
    pool=WAREHOUSE_POOL,
    automation_condition=TABLE,
)
def dashboard(
    context: dg.AssetExecutionContext,
    config: ForceConfig,
    lake: LakeResource,
    warehouse: WarehouseResource,
    reports: ReportsResource,
) -> dg.MaterializeResult[Any]:
    """Renders the dashboard from the marts, unless it already shows them."""
    path = reports.path("dashboard.html")
    manifest = lake.open().any_raw_manifest()
    with one_line_errors():
        tables = warehouse.open()
        version = combined([marts_version(tables), reports.code_version()])
        if config.force or not path.exists() or not is_current(tables, DASHBOARD, version):
            data = read_dashboard_data(tables)
            synthetic = manifest is not None and manifest.synthetic
            write_dashboard(render_dashboard(data, synthetic=synthetic, made_at=datetime.now(UTC)), path)
            tables.record_table(DASHBOARD, version)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(version),
        metadata={"path": dg.MetadataValue.path(str(path)), "bytes": path.stat().st_size},
    )
