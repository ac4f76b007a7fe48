"""BigQuery as the tests have it: the emulator, and the project's tables and models in it."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from google.cloud import bigquery

from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import CleanManifest
from crime_trends.warehouse.bigquery import TYPES, BigQueryWarehouse, bigquery_client
from crime_trends.warehouse.duckdb import DuckDBWarehouse
from crime_trends_tests.conftest import REPOSITORY

PROJECT = "crime-trends-test"
LOCATION = "us-central1"
TRUST_PASSWORD = b"changeit"
EMULATORS_PYTHON = REPOSITORY / ".venv-emulators" / "bin" / "python"

MODELS_SCHEMAS = ("facts", "intermediate", "marts")
"""Where the tables lie that dbt makes."""

LEDGERS = (("warehouse", "month_ledger"), ("warehouse", "table_ledger"), ("facts", "month_ledger"))


@dataclass
class BigQuery:
    """The emulator, and a client of it.

    Arguments:
        endpoint: its address.
        storage_endpoint: that of its gRPC server, over which Spark reads and writes.
        trust_store: what Java needs to trust the certificate there.
        files: where ``gs://<bucket>/<path>`` lies, as ``<bucket>/<path>``.
        client: the official client.
    """

    endpoint: str
    storage_endpoint: str
    trust_store: Path
    files: Path
    client: bigquery.Client


@contextmanager
def running_emulator(files: Path) -> Iterator[BigQuery]:
    """The emulator, from its start to its end; a test fails if its environment is not there."""
    if not EMULATORS_PYTHON.exists():
        pytest.fail("BigQuery's emulator is not installed; run scripts/setup --emulators, as make test does", False)
    certificate = self_signed(files / "bigquery_emulator")
    with (
        (files / "bigquery_emulator.log").open("w") as log,
        subprocess.Popen(
            [EMULATORS_PYTHON, Path(__file__).with_name("bigquery_emulator.py"), PROJECT, files, *certificate[:2]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin and process.stdout
        addresses = next((line.split() for line in process.stdout if line.startswith("http://")), None)
        assert addresses, f"BigQuery's emulator did not start, see {log.name}"
        endpoint, storage_endpoint = addresses
        with pytest.MonkeyPatch.context() as patch:
            for name in ("NO_PROXY", "no_proxy"):
                patch.setenv(name, "127.0.0.1")
            yield BigQuery(
                endpoint, storage_endpoint, certificate[2], files, bigquery_client(PROJECT, LOCATION, endpoint)
            )
        process.stdin.close()
        process.wait(timeout=30)


def self_signed(stem: Path) -> tuple[Path, Path, Path]:
    """The files of a certificate for localhost, of its key, and of what makes Java trust it, made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted = pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(certificate, b"emulator")], serialization.BestAvailableEncryption(TRUST_PASSWORD)
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made = (stem.with_suffix(".pem"), stem.with_suffix(".key"), stem.with_suffix(".p12"))
    for file, content in zip(made, (certificate.public_bytes(encoding), private, trusted), strict=True):
        file.write_bytes(content)
    return made


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

    @property
    def warehouse(self) -> BigQueryWarehouse:
        """The warehouse, as a run of its own opens it."""
        return BigQueryWarehouse(self.bigquery.client, prefix=self.prefix, run=uuid.uuid4().hex, deadline_seconds=120)

    def load(self, warehouse: DuckDBWarehouse, lake: LocalLake | None = None) -> None:
        """Makes the warehouse what another is.

        Its months are loaded from the lake, if one is given, else from copies of its tables; its ledgers are copied, as
        what they say of times is in some marts.
        """
        tables = self.warehouse
        tables.prepare()
        for dataset in DATASETS:
            held = warehouse.month_versions()[dataset]
            if lake:
                manifests = [manifest for month in held if (manifest := lake.clean_manifest(dataset, month))]
                files = {
                    manifest.partition: [self._uri(lake.path(file.path)) for file in manifest.files]
                    for manifest in manifests
                }
            else:
                counts = warehouse.month_rows(dataset)
                manifests = [_manifest(dataset, month, counts.get(month, 0)) for month in sorted(held)]
                files = {month: [] for month in held}
                if counts:
                    files[min(held)] = [self._uri(self._copy(warehouse, "warehouse", dataset))]
            if manifests:
                tables.replace_months(manifests, files)
        for lookup in LOOKUPS.values():
            rows = warehouse.read(f"select * from warehouse.{lookup.key} order by position")
            tables.replace_lookup(lookup, rows, "copied")
        for schema, name in (*LEDGERS, ("facts", "months_to_build")):
            self.copy(warehouse, schema, name)

    def copy(self, warehouse: DuckDBWarehouse, schema: str, name: str) -> None:
        """Makes a table what it is in another warehouse; its dataset is there."""
        with warehouse.connect(read_only=True) as connection:
            described = connection.execute(
                f"select column_name, column_type from (describe {schema}.{name})"
            ).fetchall()
        fields = [
            bigquery.SchemaField(column, TYPES[kind.removesuffix("[]")], "REPEATED" if "[]" in kind else "NULLABLE")
            for column, kind in described
        ]
        made = bigquery.Table(f"{PROJECT}.{self.prefix}_{schema}.{name}", fields)
        table = self.bigquery.client.create_table(made, exists_ok=True)
        config = bigquery.LoadJobConfig(
            source_format="PARQUET", write_disposition="WRITE_TRUNCATE", schema=table.schema
        )
        uri = self._uri(self._copy(warehouse, schema, name))
        self.bigquery.client.load_table_from_uri([uri], table, job_config=config).result(timeout=120)

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
            "CRIME_TRENDS_BIGQUERY_LOCATION": LOCATION,
            "CRIME_TRENDS_BIGQUERY_METHOD": "oauth-secrets",
            "CRIME_TRENDS_BIGQUERY_PREFIX": self.prefix,
            "CRIME_TRENDS_BIGQUERY_TOKEN": "taken by the emulator, whatever it is",
            "CRIME_TRENDS_GCP_PROJECT": PROJECT,
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

    def differences(
        self, warehouse: DuckDBWarehouse, schemas: Sequence[str] = MODELS_SCHEMAS, without: Collection[str] = ()
    ) -> list[str]:
        """In what the tables (no views) of some schemas differ from those of a DuckDB file.

        Tables that one of them lacks, columns (names, types, order), and rows, of which a few are shown; the values of
        columns with some names may differ.
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
                    names = ", ".join(f'"{column}"' for column, _ in columns if column not in without)
                    for place, table, others in (("DuckDB", one, other), ("BigQuery", other, one)):
                        rows = connection.execute(
                            f"select {names} from {table} except all select {names} from {others} limit 5"
                        ).fetchall()
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


def _manifest(dataset: str, month: str, rows: int) -> CleanManifest:
    return CleanManifest(dataset, month, "copied", "", "", rows, rows, 0, 0, {}, {}, [], [], None, "")
