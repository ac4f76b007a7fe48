"""A Spark session in Dagster's own process, for small frames that an IO manager keeps."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field, PrivateAttr

from crime_trends.resources.pyspark import PySparkResource
from crime_trends.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BIGQUERY_CONNECTOR = "com.google.cloud.spark:spark-3.5-bigquery:0.42.1"
"""Spark fetches it from Maven Central when it first starts, unless the settings name jars."""

PROPERTIES = {"spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "8"}


class SparkSessionResource(dg.ConfigurableResource):
    """The session, which starts when it is first asked for and ends with the run.

    Arguments:
        local: how Spark runs on this machine: the same Java, memory and folders.
        deadline_seconds: how long what is done with it may take.
        properties: of Spark, besides.
    """

    local: PySparkResource
    deadline_seconds: float
    properties: dict[str, str] = Field(default_factory=dict)
    _session: Any = PrivateAttr(default=None)

    def session(self) -> SparkSession:
        """The session."""
        if self._session is None:
            # Importing pyspark's SQL costs the code location time that most steps need not spend.
            from pyspark.sql import SparkSession

            builder = SparkSession.builder.appName("crime_trends")
            for name, value in (self.local.session_settings(0) | PROPERTIES | self.properties).items():
                builder = builder.config(name, value)
            with _environment(self.local.environment()):
                self._session = builder.getOrCreate()
            self._session.sparkContext.setLogLevel("ERROR")
        return self._session

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for tables on their way, which goes at the end."""
        with tempfile.TemporaryDirectory(dir=self.local.temporary_dir, prefix="frames-") as name:
            yield Path(name)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Ends the session."""
        if self._session is not None:
            self._session.stop()
            self._session = None


def spark_session(settings: Settings) -> SparkSessionResource:
    """The session of the settings; on Google Cloud it reads and writes BigQuery."""
    local = PySparkResource(memory=settings.spark_memory, temporary_dir=str(settings.temporary_dir))
    seconds = settings.spark_session_deadline_seconds
    if settings.target == "local":
        return SparkSessionResource(local=local, deadline_seconds=seconds)
    connector = {
        "spark.datasource.bigquery.parentProject": settings.gcp_project or "",
        "spark.datasource.bigquery.project": settings.gcp_project or "",
    }
    if "spark.jars" not in settings.spark_session_properties:
        connector["spark.jars.packages"] = BIGQUERY_CONNECTOR
    return SparkSessionResource(
        local=local, deadline_seconds=seconds, properties=connector | settings.spark_session_properties
    )


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables for what is started meanwhile; Dagster's process keeps its own."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
