"""The grid on BigQuery's emulator: Spark reads through its connector, and Dagster's IO manager writes through it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from pyspark.sql import DataFrame

from crime_trends.assets.grid import GRID
from crime_trends.errors import CrimeTrendsError
from crime_trends.resources.bigquery import FramesInBigQuery
from crime_trends.sample.generator import write_sample
from crime_trends.warehouse.base import Statement
from crime_trends_tests.cloud.bigquery import LOCATION, PROJECT, TRUST_PASSWORD, BigQuery, BigQueryModels
from crime_trends_tests.cloud.dataproc import JARS, without_jar
from crime_trends_tests.conftest import REAL_PORTAL, REPOSITORY
from crime_trends_tests.dbt.conftest import ModelsHome

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
def home(tmp_path: Path) -> ModelsHome:
    """A home with facts of Los Angeles's reports: the real ones where they are at hand, else the sample's."""
    portal = REAL_PORTAL
    if not portal.is_dir():
        portal = tmp_path / "sample"
        write_sample(portal)
    home = ModelsHome(tmp_path)
    home.warehouse.prepare()
    home.execute(
        f"""
        insert into warehouse.{LEGACY} by name
        select
            "DR_NO" as incident_id,
            strptime("DATE OCC"[:10], '%m/%d/%Y')::date as occurred_date,
            strptime("Date Rptd"[:10], '%m/%d/%Y')::date as report_date,
            "Crm Cd" as offense_code,
            "Crm Cd Desc" as offense_name,
            nullif("LAT"::double, 0) as latitude,
            nullif("LON"::double, 0) as longitude,
            date_trunc('month', occurred_date) as month
        from read_csv('{portal}/los_angeles/2nrs-mtv8_2023.csv', all_varchar = true)
        """
    )
    home.execute(f"insert into facts.months_to_build select distinct '{LEGACY}', month from warehouse.{LEGACY}")
    outcome = home.dbt("build", "--exclude-resource-type=test", "--exclude-resource-type=unit_test", "-s+fct_incidents")
    assert outcome.returncode == 0, outcome.stdout
    return home


@contextmanager
def makings(bigquery: BigQuery, connector: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that makes the grid: nothing in its environment is a credential, or says where to find one."""
    settings = {
        "TARGET": "gcp",
        "HOME": str(home),
        "GCP_PROJECT": PROJECT,
        "GCP_REGION": LOCATION,
        "LAKE_BUCKET": "lake",
        "SPARK": "local",
        "SPARK_MEMORY": "1g",
        "SPARK_SESSION_PROPERTIES": properties(bigquery, connector),
        "SPARK_SESSION_DEADLINE_SECONDS": "600",
        "BIGQUERY_PREFIX": PREFIX,
        "BIGQUERY_ENDPOINT": bigquery.endpoint,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE_", "BIGQUERY_"))}
    with (
        (home / "makings.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "crime_trends_tests.cloud.grid_on_bigquery"],
            env={
                **kept,
                **{f"CRIME_TRENDS_{name}": value for name, value in settings.items()},
                "NO_GCE_CHECK": "true",
                "NO_PROXY": "127.0.0.1,localhost",
                "PYTHONPATH": str(REPOSITORY),
            },
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        yield process


def properties(bigquery: BigQuery, connector: Path, **connection: str) -> str:
    """Of Spark's session, as JSON."""
    trust = f"-Djavax.net.ssl.trustStore={bigquery.trust_store}"
    trust += f" -Djavax.net.ssl.trustStorePassword={TRUST_PASSWORD.decode()}"
    addresses = {
        "bigQueryHttpEndpoint": bigquery.endpoint,
        "bigQueryStorageGrpcEndpoint": bigquery.storage_endpoint,
        "gcpAccessToken": "none",
        **connection,
    }
    return json.dumps(
        {
            "spark.jars": str(connector),
            "spark.driver.extraJavaOptions": trust,
            "spark.sql.shuffle.partitions": "2",  # enough for few rows
            **{f"spark.datasource.bigquery.{name}": value for name, value in addresses.items()},
        }
    )


def made(process: subprocess.Popen[str], *, broken: bool = False, **settings: str) -> str:
    """What a making came to: the number of cells, or what went wrong."""
    assert process.stdin and process.stdout
    changed: dict[str, object] = {f"CRIME_TRENDS_{name}": value for name, value in settings.items()}
    process.stdin.write(json.dumps({**changed, "broken": broken}) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith('"'):
            return str(json.loads(line))
    raise AssertionError("the process that makes the grid has ended; see its log")


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_the_grid_of_real_rows_is_that_of_this_machine_and_heals(
    bigquery: BigQuery, connector: Path, home: ModelsHome, silent: str, tmp_path: Path
) -> None:
    models = BigQueryModels(bigquery, tmp_path, PREFIX)
    warehouse = models.warehouse
    warehouse.prepare()
    facts, grid = warehouse.table("facts", "fct_incidents"), warehouse.table("marts", "mart_grid_counts")
    models.copy(home.warehouse, "facts", "fct_incidents")
    models.copy(home.warehouse, "warehouse", LEGACY)

    def rows() -> int:
        return int(warehouse.read(f"select count(*) from {grid}")[0][0])

    warehouse.write([Statement(f"insert into {grid} (dataset, record_count) values ('{LEGACY}', 5)")])

    with makings(bigquery, connector, tmp_path) as process:
        assert made(process, broken=True) == "ConnectionError: the network is gone"
        assert rows() == 0

        cells = made(process)
        assert int(cells) == rows() > 100
        assert made(process, TARGET="local") == cells
        assert models.differences(home.warehouse, ["marts"]) == []

        late = {
            "TARGET": "gcp",
            "SPARK_SESSION_DEADLINE_SECONDS": "5",
            "SPARK_SESSION_PROPERTIES": properties(bigquery, connector, bigQueryStorageGrpcEndpoint=silent),
        }
        assert made(process, **late).startswith("counting on the grid was not done after 5 seconds and is ended")
        assert rows() == int(cells)

        warehouse.write([Statement(f"update {facts} set is_sensitive = true where true")])
        usual = {
            "SPARK_SESSION_DEADLINE_SECONDS": "600",
            "SPARK_SESSION_PROPERTIES": properties(bigquery, connector),
        }
        assert made(process, **usual) == "0"
        assert rows() == 0
    table = bigquery.client.get_table(f"{PROJECT}.{PREFIX}_marts.mart_grid_counts")
    assert table.clustering_fields == ["dataset", "calendar_year", "offense_group"]


def test_storing_it_where_nobody_answers_ends_at_the_deadline(silent: str) -> None:
    frames = FramesInBigQuery(
        project=PROJECT, dataset="grid_marts", location=LOCATION, endpoint=f"http://{silent}", deadline_seconds=1
    )
    context = dg.build_output_context(asset_key=GRID, resource_config=dict(frames))
    manager = frames.create_io_manager(dg.build_init_resource_context())
    unseen = DataFrame.__new__(DataFrame)  # no session is needed for a frame that nobody comes to
    with pytest.raises(CrimeTrendsError, match="storing mart_grid_counts in BigQuery was not done after 1 seconds"):
        manager.handle_output(context, unseen)
