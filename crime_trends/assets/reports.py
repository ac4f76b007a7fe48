"""What people look at, as assets."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from crime_trends.assets.common import OWNER, WAREHOUSE_POOL, ForceConfig, one_line_errors
from crime_trends.automation.conditions import MART
from crime_trends.commands.status import failing_checks
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard, write_dashboard
from crime_trends.reports.findings_data import read_history
from crime_trends.reports.findings_text import findings_sections
from crime_trends.reports.queries import MODELS
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.warehouse.models import combined, is_current, marts_version

DASHBOARD = "dashboard"
OF_FINDINGS = ("intermediate", "int_series_months")
"""What the findings read beside the dashboard's own models."""


@dg.asset(
    key=["reports", DASHBOARD],
    deps=[dg.AssetKey([*model]) for model in (*MODELS, OF_FINDINGS)],
    description="The dashboard: one HTML file that opens offline. Trends of settled months by city and offense, police "
    "areas against their own past, outcomes, published rows, findings, and the quality of the data.",
    group_name="reports",
    owners=[OWNER],
    tags={"layer": "reports"},
    kinds={"html", "vegalite"},
    pool=WAREHOUSE_POOL,
    automation_condition=MART,
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
            html = render_dashboard(
                read_dashboard_data(tables),
                synthetic=manifest is not None and manifest.synthetic,
                made_at=datetime.now(UTC),
                checks=[asdict(problem) for problem in failing_checks(context.instance)],
                findings=findings_sections(read_history(tables)),
            )
            write_dashboard(html, path)
            tables.record_table(DASHBOARD, version)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(version),
        metadata={"path": dg.MetadataValue.path(str(path)), "bytes": path.stat().st_size},
    )
