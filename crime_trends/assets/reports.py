"""What people look at, as assets."""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from crime_trends.age import age_today
from crime_trends.assets.common import OWNER, WAREHOUSE_POOL, ForceConfig, one_line_errors, step_metadata
from crime_trends.automation.conditions import MART
from crime_trends.commands.status import failing_checks
from crime_trends.datasets import DATASETS
from crime_trends.lake.base import Lake
from crime_trends.reports import findings_data, queries
from crime_trends.reports.boundaries import boundary_keys, boundary_versions, read_area_maps
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard
from crime_trends.reports.findings_text import findings_page, findings_sections
from crime_trends.reports.writing import write_report
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.models import combined, is_current, marts_version


def _report(
    file: str,
    description: str,
    kinds: set[str],
    models: Iterable[tuple[str, str]],
    text: Callable[[dg.AssetExecutionContext, Warehouse, Lake, bool], str],
    measured: Callable[[Path], dict[str, int]],
    *,
    boundaries: Iterable[str] = (),
    shown_too: Callable[[dg.AssetExecutionContext, Lake], list[str]] = lambda context, lake: [],
) -> dg.AssetsDefinition:
    """A report that is written anew when the marts changed, what else it shows, or the code that makes it.

    Arguments:
        file: its name; without the suffix it is the asset's.
        models: (schema, table) of what it reads.
        text: makes the report of the run, the warehouse, the lake, and whether the data are made up.
        measured: what the asset's metadata say of the file.
        boundaries: keys of the boundaries that it reads.
        shown_too: what it shows beside the marts, each as a text that changes with it.
    """
    name = file.partition(".")[0]

    @dg.asset(
        key=["reports", name],
        deps=[dg.AssetKey([*path]) for path in (*models, *(("raw", key) for key in boundaries))],
        description=description,
        group_name="reports",
        owners=[OWNER],
        tags={"layer": "reports"},
        kinds=kinds,
        pool=WAREHOUSE_POOL,
        automation_condition=MART,
    )
    def report(
        context: dg.AssetExecutionContext,
        config: ForceConfig,
        lake: LakeResource,
        warehouse: WarehouseResource,
        reports: ReportsResource,
    ) -> dg.MaterializeResult[Any]:
        started, path = time.monotonic(), reports.path(file)
        store = lake.open()
        manifest = store.any_raw_manifest()
        with one_line_errors():
            tables = warehouse.open()
            version = combined([marts_version(tables), reports.code_version(), *shown_too(context, store)])
            if config.force or not path.exists() or not is_current(tables, name, version):
                write_report(text(context, tables, store, manifest is not None and manifest.synthetic), path)
                tables.record_table(name, version)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(version),
            metadata={"path": dg.MetadataValue.path(str(path)), **measured(path), **step_metadata(started)},
        )

    return report


def _dashboard_text(context: dg.AssetExecutionContext, tables: Warehouse, lake: Lake, synthetic: bool) -> str:
    return render_dashboard(
        read_dashboard_data(tables),
        synthetic=synthetic,
        made_at=datetime.now(UTC),
        checks=[asdict(problem) for problem in failing_checks(context.instance)],
        findings=findings_sections(findings_data.read_history(tables)),
        maps=read_area_maps(lake),
        ages={dataset.key: age_today(dataset, tables, lake) for dataset in DATASETS.values()},
    )


def _maps_and_checks(context: dg.AssetExecutionContext, lake: Lake) -> list[str]:
    """The versions of the boundaries, and which checks did not pass: what they say may change from day to day."""
    problems = failing_checks(context.instance)
    return [*boundary_versions(lake), *(f"{it.asset} {it.check} {it.warns}" for it in problems)]


def _findings_text(_: dg.AssetExecutionContext, tables: Warehouse, __: Lake, synthetic: bool) -> str:
    sections = findings_sections(findings_data.read_history(tables))
    return findings_page(sections, synthetic=synthetic, made_at=datetime.now(UTC))


def _number_of_findings(path: Path) -> dict[str, int]:
    return {"findings": sum(line.startswith("- ") for line in path.read_text(encoding="utf-8").splitlines())}


dashboard = _report(
    "dashboard.html",
    "The dashboard: one HTML file that opens offline. Trends of settled months by city and offense, police areas "
    "against their own past, outcomes, published rows, findings, and the quality of the data.",
    {"html", "vegalite"},
    sorted({*queries.MODELS, *findings_data.MODELS}),
    _dashboard_text,
    lambda path: {"bytes": path.stat().st_size},
    boundaries=boundary_keys(),
    shown_too=_maps_and_checks,
)

findings = _report(
    "findings.md",
    "The findings: sentences on what rose, fell or peaked, computed from settled and complete months of one series, "
    "each with its numbers, period, interval and caveats. One Markdown file.",
    {"markdown", "python"},
    findings_data.MODELS,
    _findings_text,
    _number_of_findings,
)
