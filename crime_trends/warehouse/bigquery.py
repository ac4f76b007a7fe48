"""The warehouse in BigQuery: one dataset per schema, ``<prefix>_warehouse`` and so on.

Months get in by two jobs: a load of their Parquet files into a staging table of this run's, then a script that takes
the months out and puts the staged ones in, with their ledger rows, in one transaction. Both jobs have names made of the
run and of the months' versions, so that whoever tries again after a crash joins the job that is still at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import Conflict, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from crime_trends.errors import CrimeTrendsError, ReconciliationError
from crime_trends.gcp import LABELS, cloud_errors, is_emulator
from crime_trends.lake.manifests import CleanManifest
from crime_trends.months import first_day
from crime_trends.warehouse.base import Reader, Row, Statement, Value, Warehouse
from crime_trends.warehouse.bigquery_jobs import TRIES, Jobs
from crime_trends.warehouse.schema import SCHEMAS, Table, added_columns, tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TYPES = {
    "VARCHAR": "STRING",
    "BIGINT": "INTEGER",
    "DOUBLE": "FLOAT",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "DATETIME",
}
"""DuckDB's name of a type -> that of BigQuery's API. Wall-clock times have no zone, so they are no TIMESTAMP there."""

STAGING_DAYS = 1
"""When a staging table goes that a crash left behind."""


def bigquery_client(project: str | None, location: str | None, endpoint: str | None) -> bigquery.Client:
    """The client, which finds its own credentials; an address that begins with ``http://`` wants none.

    Raises:
        CloudError: there are no credentials.
    """
    options = ClientOptions(api_endpoint=endpoint) if endpoint else None
    credentials = AnonymousCredentials() if is_emulator(endpoint) else None
    with cloud_errors("opening BigQuery"):
        return bigquery.Client(project, credentials, location=location, client_options=options)


class BigQueryWarehouse(Warehouse):
    """The tables of the warehouse in BigQuery.

    Arguments:
        client: knows project and location.
        prefix: what the names of the datasets begin with.
        run: what all attempts of one run have in common; names jobs and staging tables.
        deadline_seconds: how long a job may take until it is cancelled.
    """

    def __init__(self, client: bigquery.Client, *, prefix: str, run: str, deadline_seconds: float) -> None:
        self.client = client
        self.prefix = prefix
        self.run = run
        self.jobs = Jobs(client, prefix=prefix, run=run, deadline_seconds=deadline_seconds)

    def table(self, schema: str, name: str) -> str:
        """The table's name as SQL has it."""
        return f"`{self.client.project}`.`{self.prefix}_{schema}`.`{name}`"

    def prepare(self) -> None:
        """As ``Warehouse.prepare``. What is there is not made again, so that no right to make datasets is needed."""
        with self.jobs.explained("making the tables in BigQuery"):
            for schema in SCHEMAS:
                self._prepare_dataset(schema)
            for table in tables():
                self._prepare_table(table)

    def _prepare_dataset(self, schema: str) -> None:
        try:
            held = self.client.get_dataset(self._dataset(schema), **TRIES)
        except NotFound:
            made = bigquery.Dataset(self._dataset(schema))
            made.location = self.client.location
            made.description = f"crime_trends: {schema}"
            made.labels = {**LABELS, "layer": schema}
            self.client.create_dataset(made, exists_ok=True, **TRIES)
            return
        if self.client.location and held.location.casefold() != self.client.location.casefold():
            raise CrimeTrendsError(
                f"BigQuery's dataset {held.dataset_id} lies in {held.location}, but CRIME_TRENDS_BIGQUERY_LOCATION is "
                f"{self.client.location}; set it to where the dataset lies, or another CRIME_TRENDS_BIGQUERY_PREFIX"
            )

    def _prepare_table(self, table: Table) -> None:
        wanted = bigquery.Table(
            self._reference(table.schema, table.name), [_field(table, name) for name in table.columns]
        )
        wanted.description = table.description
        wanted.labels = {**LABELS, "layer": table.schema}
        if table.is_monthly:
            wanted.time_partitioning = bigquery.TimePartitioning(bigquery.TimePartitioningType.MONTH, field="month")
        wanted.clustering_fields = list(table.clustering) or None
        try:
            held = self.client.get_table(wanted.reference, **TRIES)
        except NotFound:
            self.client.create_table(wanted, exists_ok=True, **TRIES)
            return
        place = f"{self.client.project}.{self.prefix}_{table.schema}"
        if table.is_monthly and (held.time_partitioning is None or held.time_partitioning.field != "month"):
            raise CrimeTrendsError(
                f"{table.schema}.{table.name} in {place} is not partitioned by month; drop the table and run its "
                "months again with --force"
            )
        added = added_columns(table, {field.name: _duckdb_type(field) for field in held.schema}, place)
        schema = [_field(table, name) for name in (*(field.name for field in held.schema), *added)]
        if schema != held.schema:
            held.schema = schema
            self.client.update_table(held, ["schema"], **TRIES)

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """As ``Warehouse.read``."""
        return self.jobs.query("read", [Statement(sql, values)])

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """As ``Warehouse.snapshot``: here the pool of the warehouse's writers keeps the state as it is."""
        yield self.read

    def write(self, statements: Sequence[Statement]) -> None:
        """As ``Warehouse.write``."""
        self.jobs.query("write", statements)

    def replace_months(self, manifests: Sequence[CleanManifest], files: Mapping[str, Sequence[str]]) -> None:
        """As ``Warehouse.replace_months``; the files have addresses that begin with ``gs://``."""
        dataset = manifests[0].dataset
        uris = [uri for manifest in manifests for uri in files[manifest.partition]]
        state = [dataset, *(f"{manifest.partition}:{manifest.version}" for manifest in manifests)]
        key = hashlib.sha256("\n".join(state).encode()).hexdigest()[:12]
        target = self.table("warehouse", dataset)
        months = [first_day(manifest.partition) for manifest in manifests]
        statements = [
            Statement(
                f"delete from {target} where month between ? and ? and month in ({', '.join('?' * len(months))})",
                [min(months), max(months), *months],
            ),
            self.months_entry(dataset, list(zip(months, manifests, strict=True))),
        ]
        if not uris:
            self.jobs.query(f"swap-{dataset}-{key}", statements, is_shared=True)
            return
        staged = f"loading_{dataset}_{self.run[:8]}_{key}"
        name = self._load(dataset, staged, key, uris)
        self._check_rows(dataset, staged, manifests)
        with self.jobs.explained("reading the columns of a staging table of BigQuery"):
            held = self.client.get_table(self._staging(staged), **TRIES)
        columns = ", ".join(f"`{column.name}`" for column in held.schema)
        statements.insert(
            1, Statement(f"insert into {target} ({columns}) select {columns} from {self.table('warehouse', staged)}")
        )
        self.jobs.query(f"{name}-swap", statements, is_shared=True)
        self._drop(staged)

    def _load(self, dataset: str, staged: str, key: str, uris: Sequence[str]) -> str:
        """Loads files into a staging table; returns the name of the job that did."""
        table = next(table for table in tables() if (table.schema, table.name) == ("warehouse", dataset))
        staging = bigquery.Table(self._staging(staged), [_field(table, name) for name in table.columns])
        staging.expires = datetime.now(UTC) + timedelta(days=STAGING_DAYS)
        staging.labels = LABELS
        options = bigquery.ParquetOptions()
        options.enable_list_inference = True
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            schema=staging.schema,
            parquet_options=options,
            create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
            labels=LABELS,
        )
        try:
            with self.jobs.explained(f"loading warehouse.{dataset} into BigQuery"):
                # A staging table is there until its months are swapped in: so a job that filled it need not run again.
                try:
                    self.client.create_table(staging, **TRIES)
                    is_filled = False
                except Conflict:
                    is_filled = True
                return self.jobs.finish(
                    f"load-{dataset}-{key}",
                    lambda id: self.client.load_table_from_uri(
                        uris, staging.reference, job_id=id, job_config=config, **TRIES
                    ),
                    accepts_done=is_filled,
                )[0]
        except CrimeTrendsError as error:
            if not error.passes:  # else the next attempt may find the job, and the table that it filled
                self._drop(staged)
            raise

    def _check_rows(self, dataset: str, staged: str, manifests: Sequence[CleanManifest]) -> None:
        rows = self.read(f"select month, count(*) from {self.table('warehouse', staged)} group by month")
        counted = {f"{month:%Y-%m}" if month else "no month": count for month, count in rows}
        expected = {manifest.partition: manifest.clean_rows for manifest in manifests}
        differing = [
            f"{month}: the files hold {counted.get(month, 0)} rows, their manifest says {expected.get(month, 0)}"
            for month in sorted(counted.keys() | expected.keys())
            if counted.get(month, 0) != expected.get(month, 0)
        ]
        if differing:
            self._drop(staged)
            raise ReconciliationError(f"warehouse/{dataset} {'; '.join(differing)}; the table was left as it was")

    def _drop(self, staged: str) -> None:
        with self.jobs.explained("removing a staging table of BigQuery"):
            self.client.delete_table(self._staging(staged), not_found_ok=True, **TRIES)

    def frame(self, spark: SparkSession, place: tuple[str, str], columns: Sequence[str], folder: Path) -> DataFrame:
        """As ``Warehouse.frame``: through Spark's connector for BigQuery, which the session must have."""
        return spark.read.format("bigquery").load(self._reference(*place)).select(*columns)

    def tables_in(self, schemas: Sequence[str]) -> list[tuple[str, str]]:
        """As ``Warehouse.tables_in``."""
        with self.jobs.explained("listing the tables of BigQuery"):
            return [
                (schema, item.table_id)
                for schema in schemas
                for item in self.client.list_tables(self._dataset(schema), **TRIES)
                if item.table_type == "TABLE"
            ]

    def content_versions(self, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """As ``Warehouse.content_versions``: rows, and the sum of their fingerprints."""
        if not places:
            return {}
        fingerprint = "cast(farm_fingerprint(to_json_string(t)) as bignumeric)"
        selects = [
            f"select ? as place, count(*) as counted, sum({fingerprint}) as total from {self.table(*place)} as t"
            for place in places
        ]
        rows = self.read(" union all ".join(selects), [f"{schema}.{name}" for schema, name in places])
        versions = {}
        for place, counted, total in rows:
            schema, name = place.split(".")
            versions[schema, name] = f"{counted}-{int(total or 0)}"
        return versions

    def _dataset(self, schema: str) -> str:
        return f"{self.client.project}.{self.prefix}_{schema}"

    def _reference(self, schema: str, name: str) -> str:
        return f"{self._dataset(schema)}.{name}"

    def _staging(self, staged: str) -> str:
        return self._reference("warehouse", staged)


def _field(table: Table, name: str) -> bigquery.SchemaField:
    kind = table.columns[name]
    mode = "REPEATED" if kind.endswith("[]") else "NULLABLE"
    return bigquery.SchemaField(
        name, TYPES[kind.removesuffix("[]")], mode, description=table.descriptions.get(name, "")
    )


def _duckdb_type(field: bigquery.SchemaField) -> str:
    kind = next((ours for ours, theirs in TYPES.items() if theirs == field.field_type), field.field_type)
    return kind + {"REPEATED": "[]", "NULLABLE": ""}.get(field.mode, f" {field.mode}")
