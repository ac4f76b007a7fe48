"""Clean months as files, made without Spark, and the two warehouses that read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crime_trends.datasets import DATASETS
from crime_trends.lake.manifests import CleanManifest
from crime_trends.months import first_day
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.bigquery import BigQueryWarehouse, bigquery_client
from crime_trends.warehouse.duckdb import DuckDBWarehouse
from crime_trends.warehouse.schema import dataset_columns
from crime_trends_tests.cloud.bigquery import LOCATION, PROJECT, BigQuery


@dataclass
class CleanFiles:
    """A folder of clean months.

    Arguments:
        folder: where they lie, in a bucket of the emulator's.
        bucket_root: what a ``gs://`` address is relative to; None if files have paths.
    """

    folder: Path
    bucket_root: Path | None

    def month(
        self, dataset: str, month: str, rows: Sequence[tuple[str, int]], version: str = "a"
    ) -> tuple[CleanManifest, list[str]]:
        """A month of a dataset whose rows have these ids and days; its manifest and the addresses of its files."""
        manifest = CleanManifest(
            dataset,
            month,
            version,
            "",
            "",
            len(rows),
            len(rows),
            0,
            0,
            {},
            {},
            [],
            [],
            None,
            "",
            "2026-01-02T03:04:05Z",
        )
        if not rows:
            return manifest, []
        file = self.folder / dataset / month / f"{uuid.uuid4().hex}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        entry = DATASETS[dataset].column_map
        columns = dataset_columns(dataset)
        with duckdb.connect() as connection:
            listing = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"create table made ({listing})")
            for key, day in rows:
                moment = datetime.combine(first_day(month).replace(day=day), datetime.min.time())
                values: dict[str, Any] = {entry.id_column: key, entry.month_column: moment}
                values |= {"month": first_day(month), "issues": ["status_date:not a date"] if day == 1 else []}
                connection.execute(
                    f"insert into made ({', '.join(values)}) values ({', '.join('?' * len(values))})",
                    list(values.values()),
                )
            connection.execute(f"copy made to '{file}' (format parquet)")
        return manifest, [self.address(file)]

    def address(self, file: Path) -> str:
        """A file as a warehouse is told of it."""
        return f"gs://{file.relative_to(self.bucket_root)}" if self.bucket_root else str(file)

    def load(self, warehouse: Warehouse, *months: tuple[CleanManifest, list[str]]) -> None:
        """Makes the months what these are."""
        warehouse.replace_months(
            [manifest for manifest, _ in months], {manifest.partition: files for manifest, files in months}
        )


def open_bigquery(
    endpoint: str, prefix: str, run: str | None = None, deadline_seconds: float = 60
) -> BigQueryWarehouse:
    """The warehouse of some datasets, as a run opens it."""
    client = bigquery_client(PROJECT, LOCATION, endpoint)
    return BigQueryWarehouse(client, prefix=prefix, run=run or uuid.uuid4().hex, deadline_seconds=deadline_seconds)


@pytest.fixture(scope="module", params=["duckdb", "bigquery"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, CleanFiles]:
    """A prepared warehouse, of either kind, and files for it."""
    folder = tmp_path_factory.mktemp("clean")
    warehouse: Warehouse
    if request.param == "duckdb":
        warehouse = DuckDBWarehouse(
            folder / "crime_trends.duckdb", memory_limit="1GB", temporary_dir=folder, lock_timeout_seconds=5
        )
        files = CleanFiles(folder, None)
    else:
        emulator: BigQuery = request.getfixturevalue("bigquery")
        warehouse = open_bigquery(emulator.endpoint, "either")
        files = CleanFiles(folder, emulator.files)
    assert warehouse.month_versions()["austin_crime_reports"] == {}
    warehouse.prepare()
    return warehouse, files
