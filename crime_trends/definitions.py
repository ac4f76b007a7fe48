"""The composition root: all assets, checks, jobs, schedules, sensors and resources of the code location."""

from __future__ import annotations

import warnings
from typing import Any

import dagster as dg
from dagster_duckdb_pyspark import DuckDBPySparkIOManager

from crime_trends.assets.clean import clean_assets
from crime_trends.assets.common import on_target
from crime_trends.assets.docs import model_docs
from crime_trends.assets.grid import STORAGE, grid_checks, mart_grid_counts
from crime_trends.assets.ledger import facts_ledger
from crime_trends.assets.models import model_assets
from crime_trends.assets.raw import raw_assets
from crime_trends.assets.reports import dashboard, findings
from crime_trends.assets.warehouse import warehouse_assets
from crime_trends.automation.conditions import automation_sensor
from crime_trends.automation.jobs import jobs
from crime_trends.automation.notifier import failure_notifier
from crime_trends.automation.schedules import schedules
from crime_trends.automation.sensors import TICK_SECONDS, portal_sensors
from crime_trends.checks.age import data_age_checks
from crime_trends.home import prepare_home
from crime_trends.resources.dbt import dbt_project, dbt_resource
from crime_trends.resources.portals import PortalsResource
from crime_trends.resources.pyspark import PySparkResource
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.spark_session import spark_session
from crime_trends.resources.storage import DuckDBWarehouseResource, LocalLakeResource
from crime_trends.resources.webhook import WebhookResource
from crime_trends.settings import Settings

# Beta on purpose (docs/decisions/beta-features.md); said once here instead of at each asset on every start.
BETA = (
    "backfill_policy",
    "allow_nonexistent_upstream",
    "with_source_code_references",
    "LocalFileCode",
    "CodeReferences",
)
warnings.filterwarnings("ignore", category=dg.BetaWarning, message=rf".*`({'|'.join(BETA)})")

EXECUTORS = {"in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}


def build_definitions(settings: Settings, *, tick_seconds: int = TICK_SECONDS) -> dg.Definitions:
    """The code location for some settings.

    Arguments:
        settings: where everything is.
        tick_seconds: how often the sensors on the portals ask themselves whether it is time to look.
    """
    prepare_home(settings)
    project = dbt_project(settings.dbt_target_dir, "local" if settings.target == "local" else settings.dbt_target)
    reference_models, monthly_models, mart_models = model_assets(project)
    ledger = facts_ledger(spec.key for spec in monthly_models.specs if spec.partitions_def is not None)
    return dg.Definitions(
        assets=dg.with_source_code_references(
            on_target(
                [
                    *raw_assets(),
                    *clean_assets(),
                    *warehouse_assets(),
                    reference_models,
                    monthly_models,
                    ledger,
                    mart_models,
                    dashboard,
                    findings,
                    mart_grid_counts,
                    model_docs(project, mart_models),
                ],
                settings.target,
            )
        ),
        asset_checks=[*data_age_checks(), grid_checks],
        jobs=jobs([monthly_models, ledger], mart_models),
        schedules=schedules(),
        sensors=[*portal_sensors(tick_seconds), automation_sensor(tick_seconds), failure_notifier()],
        resources={
            "portals": PortalsResource(),
            "dbt": dbt_resource(project),
            "reports": ReportsResource(folder=str(settings.reports_dir)),
            "webhook": WebhookResource(),
            "spark": spark_session(settings),
            **_data_resources(settings),
        },
        executor=EXECUTORS[settings.executor],
    )


def _data_resources(settings: Settings) -> dict[str, Any]:
    """Where the data live and Spark runs: all that differs between the targets."""
    local = {
        "lake": LocalLakeResource(root=str(settings.lake_dir)),
        "pyspark": PySparkResource(memory=settings.spark_memory, temporary_dir=str(settings.temporary_dir)),
        "warehouse": DuckDBWarehouseResource(
            file=str(settings.warehouse_file),
            memory_limit=settings.duckdb_memory,
            temporary_dir=str(settings.temporary_dir),
            lock_timeout_seconds=settings.lock_timeout_seconds,
        ),
        STORAGE: DuckDBPySparkIOManager(
            database=str(settings.warehouse_file),
            connection_config={"memory_limit": settings.duckdb_memory},
            schema="marts",
        ),
    }
    if settings.target == "local":
        return local
    # Google's clients take a second to load, which who works on a laptop need not wait for.
    from crime_trends.resources.bigquery import bigquery_frames, bigquery_warehouse
    from crime_trends.resources.cloud import gcs_lake
    from crime_trends.resources.dataproc import dataproc

    cloud = {
        "lake": gcs_lake(settings),
        "warehouse": bigquery_warehouse(settings),
        STORAGE: bigquery_frames(settings),
    }
    return local | cloud | ({} if settings.spark_place == "local" else {"pyspark": dataproc(settings)})


defs = build_definitions(Settings.load())
