"""The grid on BigQuery's emulator: Spark reads through its connector, and Dagster's IO manager writes through it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crime_trends.warehouse.base import Statement
from crime_trends_tests.cloud.bigquery import LOCATION, PROJECT, TRUST_PASSWORD, BigQuery
from crime_trends_tests.cloud.dataproc import JARS, without_jar
from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.warehouse.conftest import open_bigquery

# One worker for all tests of the cloud target: they share the stand-ins.
pytestmark = pytest.mark.xdist_group("cloud")

PREFIX = "grid"
LEGACY = "los_angeles_crime_reports"


@pytest.fixture
def connector() -> Path:
    """Spark's connector for BigQuery."""
    found = sorted(JARS.glob("spark-3.5-bigquery-*.jar"))
    if not found:
        without_jar("Spark's connector for BigQuery")
    return found[-1]


@pytest.fixture
def credentials(tmp_path: Path) -> Iterator[Path]:
    """Application default credentials, made up, whose tokens come from here: the IO manager's client wants some."""

    class Tokens(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"access_token": "none", "expires_in": 3600, "token_type": "Bearer"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), Tokens) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        account = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "none",
            "private_key": key.decode(),
            "client_email": f"tests@{PROJECT}.example",
            "token_uri": f"http://127.0.0.1:{server.server_address[1]}/token",
        }
        file = tmp_path / "credentials.json"
        file.write_text(json.dumps(account))
        yield file
        server.shutdown()


def make(bigquery: BigQuery, connector: Path, credentials: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Makes the asset and evaluates its checks."""
    trust = f"-Djavax.net.ssl.trustStore={bigquery.trust_store}"
    trust += f" -Djavax.net.ssl.trustStorePassword={TRUST_PASSWORD.decode()}"
    properties = {
        "spark.jars": str(connector),
        "spark.driver.extraJavaOptions": trust,
        "spark.datasource.bigquery.bigQueryHttpEndpoint": bigquery.endpoint,
        "spark.datasource.bigquery.bigQueryStorageGrpcEndpoint": bigquery.storage_endpoint,
        "spark.datasource.bigquery.gcpAccessToken": "none",
    }
    settings = {
        "TARGET": "gcp",
        "HOME": str(home),
        "GCP_PROJECT": PROJECT,
        "GCP_REGION": LOCATION,
        "LAKE_BUCKET": "lake",
        "SPARK": "local",
        "SPARK_MEMORY": "1g",
        "SPARK_SESSION_PROPERTIES": json.dumps(properties),
        "BIGQUERY_PREFIX": PREFIX,
        "BIGQUERY_ENDPOINT": bigquery.endpoint,
    }
    return subprocess.run(
        [sys.executable, "-m", "crime_trends_tests.cloud.grid_on_bigquery"],
        env={
            **os.environ,
            **{f"CRIME_TRENDS_{name}": value for name, value in settings.items()},
            "BIGQUERY_EMULATOR_HOST": bigquery.endpoint,
            "GOOGLE_APPLICATION_CREDENTIALS": str(credentials),
            "NO_GCE_CHECK": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "PYTHONPATH": str(REPOSITORY),
        },
        cwd=home,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def reasons(outcome: subprocess.CompletedProcess[str]) -> str:
    """What went wrong, without where in Java."""
    return "\n".join(line for line in outcome.stderr.splitlines() if "Exception" in line or "Error" in line)


def test_the_table_is_filled_and_emptied_and_stays_as_it_was_made(
    bigquery: BigQuery, connector: Path, credentials: Path, tmp_path: Path
) -> None:
    warehouse = open_bigquery(bigquery.endpoint, PREFIX)
    warehouse.prepare()
    facts = warehouse.table("facts", "fct_incidents")
    columns = "dataset string, city string, record_type string, month date, incident_id string"
    rows = ", ".join(
        f"('{LEGACY}', 'los_angeles', 'report', date '2023-03-01', 'R{number}', 'theft', false)" for number in range(7)
    )
    places = ", ".join(f"('R{number}', date '2023-03-01', 34.0501, -118.2501)" for number in range(7))
    table = warehouse.table("warehouse", LEGACY)
    for sql in (
        f"create table {facts} ({columns}, offense_group string, is_sensitive bool)",
        f"insert into {facts} values {rows}",
        f"insert into {table} (incident_id, month, latitude, longitude) values {places}",
    ):
        warehouse.write([Statement(sql)])

    outcome = make(bigquery, connector, credentials, tmp_path)
    assert outcome.returncode == 0, reasons(outcome)
    grid = warehouse.table("marts", "mart_grid_counts")
    cells = f"select dataset, calendar_year, offense_group, cell_meters, record_count, is_heaped from {grid}"
    assert warehouse.read(cells) == [(LEGACY, 2023, "theft", 500, 7, True)]
    made = bigquery.client.get_table(f"{PROJECT}.{PREFIX}_marts.mart_grid_counts")
    assert [field.name for field in made.schema][:2] == ["dataset", "city"]
    assert made.clustering_fields == ["dataset", "calendar_year", "offense_group"]

    warehouse.write([Statement(f"update {facts} set is_sensitive = true where true")])
    outcome = make(bigquery, connector, credentials, tmp_path)
    assert outcome.returncode == 0, reasons(outcome)
    assert warehouse.read(cells) == []
