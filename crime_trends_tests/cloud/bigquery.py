"""BigQuery as the tests have it: the emulator, and the project's tables and models in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from crime_trends.datasets import DATASETS
from crime_trends.lake.local import LocalLake
from crime_trends.warehouse.duckdb import DuckDBWarehouse
from crime_trends.warehouse.schema import SCHEMAS, tables
from crime_trends_tests.conftest import REPOSITORY

PROJECT = "crime-trends-test"
LOCATION = "us-central1"
EMULATORS_PYTHON = REPOSITORY / ".venv-emulators" / "bin" / "python"

TYPES = {
    "VARCHAR": "STRING",
    "BIGINT": "INT64",
    "DOUBLE": "FLOAT64",
    "BOOLEAN": "BOOL",
    "DATE": "DATE",
    "TIMESTAMP": "DATETIME",
}
"""DuckDB's name of a type -> BigQuery's."""

MODELS_SCHEMAS = ("facts", "intermediate", "marts")
"""Where the tables lie that dbt makes."""


@dataclass
class BigQuery:
    """The emulator, and a client of it.

    Arguments:
        endpoint: its address.
        files: where ``gs://<bucket>/<path>`` lies, as ``<bucket>/<path>``.
        client: the official client.
    """

    endpoint: str
    files: Path
    client: bigquery.Client


@contextmanager
def running_emulator(files: Path) -> Iterator[BigQuery]:
    """The emulator, from its start to its end; a test fails if its environment is not there."""
    if not EMULATORS_PYTHON.exists():
        pytest.fail("BigQuery's emulator is not installed; run scripts/setup --emulators, as make test does", False)
    with (
        (files / "bigquery_emulator.log").open("w") as log,
        subprocess.Popen(
            [EMULATORS_PYTHON, Path(__file__).with_name("bigquery_emulator.py"), PROJECT, files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin and process.stdout
        endpoint = next((line.strip() for line in process.stdout if line.startswith("http://")), None)
        assert endpoint, f"BigQuery's emulator did not start, see {log.name}"
        with pytest.MonkeyPatch.context() as patch:
            for name in ("NO_PROXY", "no_proxy"):
                patch.setenv(name, "127.0.0.1")
            client = bigquery.Client(
                project=PROJECT,
                location=LOCATION,
                credentials=AnonymousCredentials(),
                client_options={"api_endpoint": endpoint},
            )
            yield BigQuery(endpoint, files, client)
        process.stdin.close()
        process.wait(timeout=30)


@dataclass
class BigQueryModels:
    """The warehouse and the models in BigQuery datasets of one prefix.

    Arguments:
        bigquery: the emulator.
        path: a folder below the emulator's files, for those on their way and for what dbt leaves.
        prefix: of the datasets.
    """

    bigquery: BigQuery
    path: Path
    prefix: str

    def load(self, warehouse: DuckDBWarehouse, lake: LocalLake | None = None) -> None:
        """Makes the warehouse what another is: the months of the lake, if given, and the rest as copies of its tables.

        It stands in for the project's own loading, which for BigQuery is still to come: tables without partitions,
        made anew as a whole by load jobs of Parquet with an explicit schema.
        """
        client = self.bigquery.client
        for schema in SCHEMAS:
            client.create_dataset(f"{self.prefix}_{schema}", exists_ok=True)
        for schema, name, columns in tables():
            table = bigquery.Table(
                f"{PROJECT}.{self.prefix}_{schema}.{name}", [_field(*column) for column in columns.items()]
            )
            client.delete_table(table, not_found_ok=True)
            client.create_table(table)
            if lake and (schema, name) in {("warehouse", dataset) for dataset in DATASETS}:
                files = _files_of(lake, name)
            else:
                files = [self._copy(warehouse, schema, name)]
            if files:
                options = bigquery.ParquetOptions()
                options.enable_list_inference = True
                config = bigquery.LoadJobConfig(
                    source_format="PARQUET",
                    write_disposition="WRITE_APPEND",
                    schema=table.schema,
                    parquet_options=options,
                )
                client.load_table_from_uri([self._uri(file) for file in files], table, job_config=config).result(
                    timeout=120
                )

    def _copy(self, warehouse: DuckDBWarehouse, schema: str, name: str) -> Path:
        file = self.path / f"{schema}.{name}.parquet"
        with warehouse.connect(read_only=True) as connection:
            connection.execute(f"copy {schema}.{name} to '{file}' (format parquet)")
        return file

    def build(self, *sets: str) -> None:
        """Builds and tests sets of models in one call.

        Unit tests are left out: they take as long as all the rest, and say of a rule what the rows say of it here.
        """
        self.dbt("build", "--exclude-resource-type", "unit_test", "--select", *[f"tag:{name}" for name in sets])

    def dbt(self, *arguments: str) -> None:
        """One call of dbt, as it is called for BigQuery; all of it must work."""
        settings = {
            "CRIME_TRENDS_BIGQUERY_ENDPOINT": self.bigquery.endpoint,
            "CRIME_TRENDS_BIGQUERY_METHOD": "oauth-secrets",
            "CRIME_TRENDS_BIGQUERY_PREFIX": self.prefix,
            "CRIME_TRENDS_BIGQUERY_TOKEN": "taken by the emulator, whatever it is",
            "CRIME_TRENDS_GCP_PROJECT": PROJECT,
            "CRIME_TRENDS_GCP_REGION": LOCATION,
            "DBT_LOG_PATH": str(self.path / "logs"),
            "DBT_TARGET_PATH": str(self.path / "target"),
            "DBT_USE_COLORS": "false",
        }
        outcome = subprocess.run(
            [str(Path(sys.executable).parent / "dbt"), *arguments, "--target", "dev"],
            cwd=REPOSITORY / "dbt_project",
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stdout

    def differences(self, warehouse: DuckDBWarehouse, schemas: Sequence[str] = MODELS_SCHEMAS) -> list[str]:
        """In what the tables (no views) of some schemas differ from those of a DuckDB file.

        Tables that one of them lacks, columns (names, types, order), and rows, of which a few are shown.
        """
        found = []
        with warehouse.connect() as connection:
            for schema in schemas:
                held = "select table_name from duckdb_tables() where schema_name = ?"
                ours = {name for (name,) in connection.execute(held, [schema]).fetchall()}
                listed = self.bigquery.client.list_tables(f"{self.prefix}_{schema}")
                theirs = {item.table_id for item in listed if item.table_type == "TABLE"}
                found += [f"{schema}.{name} is in one of them only" for name in sorted(ours ^ theirs)]
                for name in sorted(ours & theirs):
                    one, other = f"{schema}.{name}", f"read_parquet('{self._extracted(schema, name)}')"
                    columns, other_columns = (
                        connection.execute(f"select column_name, column_type from (describe from {table})").fetchall()
                        for table in (one, other)
                    )
                    if columns != other_columns:
                        found.append(f"{one} has columns {columns} and {other_columns}")
                        continue
                    for place, table, without in (("DuckDB", one, other), ("BigQuery", other, one)):
                        rows = connection.execute(f"from {table} except all from {without} limit 5").fetchall()
                        found += [f"{one} has only on {place}: {row}" for row in rows]
        return found

    def _extracted(self, schema: str, name: str) -> Path:
        """A table as a Parquet file."""
        file = self.path / f"{schema}.{name}.extracted.parquet"
        self.bigquery.client.extract_table(
            f"{PROJECT}.{self.prefix}_{schema}.{name}",
            self._uri(file),
            job_config=bigquery.ExtractJobConfig(destination_format="PARQUET"),
        ).result(timeout=120)
        return file

    def _uri(self, file: Path) -> str:
        return f"gs://{file.relative_to(self.bigquery.files)}"


def _field(name: str, kind: str) -> bigquery.SchemaField:
    mode = "REPEATED" if kind.endswith("[]") else "NULLABLE"
    return bigquery.SchemaField(name, TYPES[kind.removesuffix("[]")], mode)


def _files_of(lake: LocalLake, dataset: str) -> list[Path]:
    """The Parquet files of a dataset, as the manifests of its months name them."""
    manifests = [lake.clean_manifest(dataset, month) for month in lake.clean_partitions(dataset)]
    return [lake.path(file.path) for manifest in manifests if manifest for file in manifest.files]
