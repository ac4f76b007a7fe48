"""The warehouse in BigQuery as a Dagster resource, through dagster-gcp's client."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster_gcp import BigQueryResource
from dagster_gcp_pyspark import BigQueryPySparkIOManager
from google.cloud import bigquery
from pydantic import PrivateAttr

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


def bigquery_frames(settings: Settings) -> BigQueryPySparkIOManager:
    """What keeps Spark's frames as marts. It writes through the session's connector, directly."""
    return BigQueryPySparkIOManager(
        project=settings.gcp_project or "",
        dataset=f"{settings.bigquery_prefix}_marts",
        location=settings.bigquery_place,
    )
