"""Makes the grid, again and again, in a process whose JVM has Spark's connector for BigQuery.

Each line of the input is JSON, the settings in which a making differs from the environment, and ``broken``: whether the
table is emptied and then not filled. Each is answered by a line: the cells that were counted, or what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import dagster as dg
from dagster_duckdb_pyspark import DuckDBPySparkIOManager
from dagster_gcp_pyspark import BigQueryPySparkIOManager

from crime_trends.assets.grid import GRID, STORAGE, grid_checks, mart_grid_counts
from crime_trends.resources.bigquery import FramesInBigQuery, bigquery_frames, bigquery_warehouse
from crime_trends.resources.spark_session import spark_session
from crime_trends.resources.storage import DuckDBWarehouseResource
from crime_trends.settings import Settings


class Broken(FramesInBigQuery):
    """Empties the table and then fails, as a write does that is not one transaction."""

    @staticmethod
    def type_handlers() -> list[Any]:
        class Handler(type(BigQueryPySparkIOManager.type_handlers()[0])):  # type: ignore[misc]
            def handle_output(self, *_: Any) -> None:
                raise ConnectionError("the network is gone")

        return [Handler()]


def make(settings: Settings, *, broken: bool) -> str:
    """The cells, or the first thing that went wrong: the step, or a check that did not pass."""
    resources: dict[str, Any] = {"spark": spark_session(settings)}
    if settings.target == "gcp":
        frames = bigquery_frames(settings)
        resources["warehouse"] = bigquery_warehouse(settings)
        resources[STORAGE] = Broken(**dict(frames)) if broken else frames
    else:
        resources["warehouse"] = DuckDBWarehouseResource(
            file=str(settings.warehouse_file),
            memory_limit="1GB",
            temporary_dir=str(settings.temporary_dir),
            lock_timeout_seconds=10,
        )
        resources[STORAGE] = DuckDBPySparkIOManager(database=str(settings.warehouse_file), schema="marts")
    result = dg.materialize([mart_grid_counts, grid_checks], resources=resources, raise_on_error=False)
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            said = failure.user_failure_data and failure.user_failure_data.description
            return said or (failure.error.cause or failure.error).message.strip()
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            return f"{check.check_name}: {check.description}"
    [event] = result.get_asset_materialization_events()
    assert event.asset_key == GRID
    return str(event.materialization.metadata["dagster/row_count"].value)


if __name__ == "__main__":
    for line in sys.stdin:
        changed = json.loads(line)
        broken = changed.pop("broken", False)
        os.environ |= changed
        settings = Settings.load()
        settings.temporary_dir.mkdir(parents=True, exist_ok=True)
        sys.stdout.write(json.dumps(make(settings, broken=broken)) + "\n")
        sys.stdout.flush()
