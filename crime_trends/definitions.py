"""The composition root: all assets, checks and resources of the code location."""

from __future__ import annotations

import warnings

import dagster as dg

from crime_trends.assets.clean import clean_assets
from crime_trends.assets.models import model_assets
from crime_trends.assets.raw import raw_assets
from crime_trends.assets.reports import dashboard
from crime_trends.assets.warehouse import warehouse_assets
from crime_trends.checks.age import data_age_checks
from crime_trends.home import prepare_home
from crime_trends.resources.dbt import dbt_project, dbt_resource
from crime_trends.resources.portals import PortalsResource
from crime_trends.resources.pyspark import PySparkResource
from crime_trends.resources.reports import ReportsResource
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.settings import Settings

# Beta on purpose (docs/decisions/partitions.md); said once here instead of at each asset on every start.
warnings.filterwarnings("ignore", category=dg.BetaWarning, message=r".*`(backfill_policy|allow_nonexistent_upstream)")


def build_definitions(settings: Settings) -> dg.Definitions:
    """The code location for some settings."""
    prepare_home(settings)
    project = dbt_project(settings.dbt_target_dir)
    return dg.Definitions(
        assets=[*raw_assets(), *clean_assets(), *warehouse_assets(), *model_assets(project), dashboard],
        asset_checks=data_age_checks(),
        resources={
            "portals": PortalsResource(),
            "lake": LakeResource(root=str(settings.lake_dir)),
            "pyspark": PySparkResource(memory=settings.spark_memory, temporary_dir=str(settings.temporary_dir)),
            "warehouse": WarehouseResource(
                file=str(settings.warehouse_file),
                memory_limit=settings.duckdb_memory,
                temporary_dir=str(settings.temporary_dir),
                lock_timeout_seconds=settings.lock_timeout_seconds,
            ),
            "dbt": dbt_resource(project),
            "reports": ReportsResource(folder=str(settings.reports_dir)),
        },
        executor=dg.in_process_executor,
    )


defs = build_definitions(Settings.load())
