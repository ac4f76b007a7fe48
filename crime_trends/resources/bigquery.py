"""The warehouse in BigQuery as a Dagster resource, through dagster-gcp's client."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster_gcp import BigQueryResource
from dagster_gcp.bigquery.io_manager import BigQueryClient
from dagster_gcp_pyspark import BigQueryPySparkIOManager
from google.cloud import bigquery
from pydantic import PrivateAttr

from crime_trends.gcp import cloud_errors
from crime_trends.resources.deadline import deadline
from crime_trends.resources.storage import WarehouseResource
from crime_trends.settings import Settings
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.bigquery import BigQueryWarehouse, bigquery_client


class BigQueryAtEndpoint(BigQueryResource):
    """BigQuery, which may be an emulator.

    Arguments:
        endpoint: its address, instead of Google's own.
    """

    endpoint: str | None = None

    @contextmanager
    def get_client(self) -> Iterator[bigquery.Client]:
        """A client with the application's default credentials, or without any for an emulator."""
        yield bigquery_client(self.project, self.location, self.endpoint)


class BigQueryWarehouseResource(WarehouseResource):
    """The warehouse in BigQuery. Other arguments as ``BigQueryWarehouse``.

    Arguments:
        bigquery: gives the client.
    """

    bigquery: BigQueryResource
    prefix: str
    deadline_seconds: float
    _run: str = PrivateAttr(default_factory=lambda: uuid.uuid4().hex)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Notes the run: that Dagster starts again after a crash has the jobs of the one that it repeats."""
        if context.run is not None:
            self._run = context.run.root_run_id or context.run.run_id

    def open(self) -> Warehouse:
        """The warehouse, with every table that must exist."""
        with self.bigquery.get_client() as client:
            warehouse = BigQueryWarehouse(
                client, prefix=self.prefix, run=self._run, deadline_seconds=self.deadline_seconds
            )
        warehouse.prepare()
        return warehouse


def bigquery_warehouse(settings: Settings) -> BigQueryWarehouseResource:
    """The warehouse of the settings."""
    return BigQueryWarehouseResource(
        bigquery=BigQueryAtEndpoint(
            project=settings.gcp_project, location=settings.bigquery_place, endpoint=settings.bigquery_endpoint
        ),
        prefix=settings.bigquery_prefix,
        deadline_seconds=settings.bigquery_deadline_seconds,
    )


class FramesInBigQuery(BigQueryPySparkIOManager):
    """Keeps Spark's frames: it empties their table, and fills it through the session's connector, directly.

    Arguments:
        endpoint: BigQuery's address, instead of Google's own; the connector has one of its own.
        deadline_seconds: how long emptying and filling may take.
    """

    endpoint: str | None
    deadline_seconds: float

    def create_io_manager(self, context: dg.InitResourceContext) -> Any:
        """As dagster-gcp's, whose own client can't be told of another address."""
        as_it_is = super().create_io_manager(context)
        return type(as_it_is)(
            db_client=_FramesClient(self),
            database=self.project,
            schema=self.dataset,
            type_handlers=self.type_handlers(),
            default_load_type=self.default_load_type(),
        )


class _FramesClient(BigQueryClient):
    """All that the IO manager does happens within ``connect``."""

    def __init__(self, frames: FramesInBigQuery) -> None:
        super().__init__(frames.write_mode)
        self.frames = frames

    @contextmanager
    def connect(self, context: Any, table_slice: Any) -> Iterator[bigquery.Client]:  # type: ignore[override]  # a static method there
        """A client, and a deadline for what it and Spark's connector do."""
        frames = self.frames
        what = f"storing {table_slice.table} in BigQuery"
        with deadline(frames.deadline_seconds, what), cloud_errors(what):
            yield bigquery_client(frames.project, frames.location, frames.endpoint)


def bigquery_frames(settings: Settings) -> FramesInBigQuery:
    """What keeps Spark's frames as marts."""
    return FramesInBigQuery(
        project=settings.gcp_project or "",
        dataset=f"{settings.bigquery_prefix}_marts",
        location=settings.bigquery_place,
        endpoint=settings.bigquery_endpoint,
        deadline_seconds=settings.spark_session_deadline_seconds,
    )
