"""From the portals to the dashboard on the cloud target: the same commands, and the same months, tables and marts.

A run meets faults of the portal, the storage and BigQuery, a backfill by Dagster's web server and daemon heals what it
left, a second run has nothing to do.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest

from crime_trends.lake.base import Lake
from crime_trends.lake.gcs import GCSLake
from crime_trends.lake.local import LocalLake
from crime_trends.sample.faults import Fault as PortalFault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.automation.dagster_server import DagsterServer
from crime_trends_tests.cloud.bigquery import LOCATION, MODELS_SCHEMAS, BigQuery, BigQueryModels
from crime_trends_tests.cloud.bigquery_front import running_front
from crime_trends_tests.cloud.conftest import PROPERTIES
from crime_trends_tests.cloud.dataproc import BUCKET, Dataproc
from crime_trends_tests.cloud.secret_manager import running_secret_manager
from crime_trends_tests.cloud.storage import PROJECT, Fault, Storage, storage_front
from crime_trends_tests.conftest import REAL_PORTAL, YEAR, Home
from crime_trends_tests.dbt.conftest import ModelsHome

# One worker for all that needs the home of the year.
pytestmark = pytest.mark.xdist_group("real")

AUSTIN, LOS_ANGELES, SAN_DIEGO = "austin_crime_reports", "los_angeles_crime_reports", "san_diego_calls_for_service"
IS_REAL = REAL_PORTAL.is_dir()
FIRST = "2023-01"
SECONDS = 1800.0
"""How long a run, or a backfill, which is a dozen of them, may take on a machine that is busy with other things."""
PREFIX = "cloud_run"
LAKE, PIPES = "cloud-run-lake", "cloud-run-pipes"

MOMENTS = ("made_at", "fetched_at", "loaded_at", "as_of", "newest_as_of")
"""The columns that say when something was fetched or made, which two runs do not share."""

SECRET = f"projects/{PROJECT}/secrets/socrata/versions/latest"
MOMENT = re.compile(r"<time [^>]*>[^<]*</time>")
"""A moment in the page: when it was made."""

CANARY = "canary-4b1d77"
"""The app token."""

Month = tuple[str, str]
"""Dataset and month."""


@dataclass
class CloudRuns:
    """A run and a backfill of a home on Google Cloud.

    Arguments:
        home: the home.
        disturbed: the run, which met faults.
        left: (dataset, month) -> version of the clean months after it.
        loaded: the (dataset, month) pairs in the tables after it.
        backfill: what the web server says of the backfill, once it has ended.
        runs: status -> number of the runs that the backfill is made of.
        cleaned: dataset -> how often Dataproc was asked to clean months of it.
        log: what web server, daemon and code server said.
    """

    home: Home
    disturbed: CompletedProcess[str]
    left: dict[Month, str]
    loaded: set[Month]
    backfill: Mapping[str, Any]
    runs: Counter[str]
    cleaned: Counter[str]
    log: Path


@pytest.fixture(scope="module")
def secret_manager() -> Iterator[str]:
    with running_secret_manager({SECRET: CANARY.encode()}) as address:
        yield address


@pytest.fixture(scope="module")
def cloud(
    year_portal: SamplePortal,
    dataproc: Dataproc,
    bigquery: BigQuery,
    secret_manager: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> CloudRuns:
    """A home whose data are on Google Cloud, brought by a run that met faults and by a backfill."""
    path = tmp_path_factory.mktemp("cloud")
    settings = {
        "TARGET": "gcp",
        "GCP_PROJECT": PROJECT,
        "GCP_REGION": LOCATION,
        "LAKE_BUCKET": dataproc.storage.bucket(LAKE).name,
        "PIPES_BUCKET": dataproc.storage.bucket(PIPES).name,
        "BIGQUERY_PREFIX": PREFIX,
        "SPARK_POLL_SECONDS": "0.5",
        "SPARK_PROPERTIES": json.dumps(PROPERTIES),
        "STORAGE_ENDPOINT": dataproc.storage.endpoint,
        "DATAPROC_ENDPOINT": dataproc.endpoint,
        "BIGQUERY_ENDPOINT": bigquery.endpoint,
        "SECRET_MANAGER_ENDPOINT": secret_manager,
        "SOCRATA_APP_TOKEN_SECRET": "socrata",
    }
    home = Home(path, year_portal.urls, {f"CRIME_TRENDS_{name}": value for name, value in settings.items()})
    lake = GCSLake(dataproc.storage.client, LAKE, path / "looking")
    warehouse = BigQueryModels(bigquery, path, PREFIX).warehouse
    before = len(dataproc.started)
    with storage_front(dataproc.storage.endpoint) as storage, running_front(bigquery.endpoint) as tables:
        year_portal.faults.add(PortalFault("status", city="austin", path="/resource/", status=403))
        storage.faults = [
            Fault("POST", "/upload/", 503, times=2),
            Fault("POST", f"clean/{SAN_DIEGO}/{FIRST}/manifest.json", 412, times=99),
        ]
        tables.refuse(f"_{LOS_ANGELES}_", "Error while reading data: the first file is refused")
        fronts = {"CRIME_TRENDS_STORAGE_ENDPOINT": storage.url, "CRIME_TRENDS_BIGQUERY_ENDPOINT": tables.url}
        disturbed = Home(path, year_portal.urls, home.settings | fronts).command("run", *YEAR, timeout=SECONDS)
        year_portal.clear_faults()
    left = {key: str(numbers[0]) for key, numbers in clean_months(lake).items()}
    loaded = {(key, month) for key in (AUSTIN, LOS_ANGELES, SAN_DIEGO) for month in warehouse.month_versions()[key]}
    with DagsterServer(home, tmp_path_factory.mktemp("server") / "dagster.log") as dagster:
        served = Home(path, year_portal.urls, home.settings | {"CRIME_TRENDS_WEB_URL": dagster.url})
        result = served.command("backfill", *YEAR)
        assert result.returncode == 0, result.stdout + result.stderr
        (backfill,) = dagster.ended_backfills(SECONDS).values()
        of_it = {run["runId"] for run in backfill["runs"]}
        runs = Counter(str(run["status"]) for run in dagster.runs() if run["runId"] in of_it)
    cleaned = Counter(id.rsplit("-", 2)[0].replace("-", "_") for id in dataproc.started[before:])
    return CloudRuns(home, disturbed, left, loaded, backfill, runs, cleaned, dagster.log)


def clean_months(lake: Lake) -> dict[Month, tuple[object, ...]]:
    """Version, numbers, and checksums of the clean rows and of the rejects, of each month."""
    found = {}
    with duckdb.connect() as connection:
        for dataset in (AUSTIN, LOS_ANGELES, SAN_DIEGO):
            for month in lake.clean_partitions(dataset):
                manifest = lake.clean_manifest(dataset, month)
                assert manifest is not None
                sums = []
                for files in (manifest.files, manifest.rejected_files):
                    with lake.on_this_disk([file.path for file in files]) as root:
                        paths = [str(root / file.path) for file in files]
                        sql = "select sum(hash(rows)) from (from read_parquet($paths, hive_partitioning = false)) rows"
                        sums += connection.execute(sql, {"paths": paths}).fetchone() if paths else [None]
                numbers = (manifest.raw_rows, manifest.clean_rows, manifest.rejected_rows, manifest.duplicate_rows)
                found[dataset, month] = (manifest.version, *numbers, *sums)
    return found


def test_each_fault_is_one_clear_error_and_leaves_no_month_half_done(cloud: CloudRuns) -> None:
    said = cloud.disturbed.stdout + cloud.disturbed.stderr
    assert cloud.disturbed.returncode == 1, said
    assert "Traceback" not in said
    for line in (
        r"raw/austin_crime_reports: portal of Austin \(CRIME_TRENDS_AUSTIN_URL\).*expected status 200, got 403",
        rf"warehouse/{LOS_ANGELES}: loading warehouse\.{LOS_ANGELES} into BigQuery failed: .*the first file is refused",
        rf"clean/{SAN_DIEGO}: clean/{SAN_DIEGO}/{FIRST} was published by another process meanwhile; nothing was",
    ):
        assert re.search(line, said), said
    assert cloud.loaded == set()
    assert (SAN_DIEGO, FIRST) not in cloud.left
    assert (LOS_ANGELES, FIRST) in cloud.left


def test_a_backfill_heals_what_is_missing_and_leaves_what_was_done(cloud: CloudRuns, storage: Storage) -> None:
    assert cloud.backfill["status"] == "COMPLETED_SUCCESS", cloud.log.read_text()[-6000:]
    assert cloud.runs.keys() == {"SUCCESS"}
    assert cloud.cleaned == {AUSTIN: 1, LOS_ANGELES: 1, SAN_DIEGO: 2}, "of Los Angeles only the loading had failed"
    lake = GCSLake(storage.client, LAKE, cloud.home.path / "looking")
    healed = {key: numbers[0] for key, numbers in clean_months(lake).items()}
    assert {key: healed.get(key) for key in cloud.left} == cloud.left
    assert (SAN_DIEGO, FIRST) in healed


def test_clean_months_are_those_of_this_machine(
    cloud: CloudRuns, year_home: Home, storage: Storage, tmp_path: Path
) -> None:
    here = clean_months(LocalLake(year_home.path / "lake"))
    assert here == clean_months(GCSLake(storage.client, LAKE, tmp_path))
    rows = {key: numbers[2] for key, numbers in here.items() if numbers[2]}
    assert {dataset for dataset, _ in rows} == {AUSTIN, LOS_ANGELES, SAN_DIEGO}
    if IS_REAL:
        assert rows[SAN_DIEGO, "2023-01"] == 26_595
        assert (rows[LOS_ANGELES, "2023-01"], rows[LOS_ANGELES, "2023-02"]) == (8_680, 7_588)
        assert rows[AUSTIN, "2023-12"] == 863


def test_tables_and_marts_are_those_of_this_machine(
    cloud: CloudRuns, year_home: Home, bigquery: BigQuery, tmp_path: Path
) -> None:
    models = BigQueryModels(bigquery, tmp_path, PREFIX)
    assert models.differences(ModelsHome(year_home.path).warehouse, ["warehouse", *MODELS_SCHEMAS], MOMENTS) == []


def test_the_dashboard_shows_what_it_shows_here(cloud: CloudRuns, year_home: Home) -> None:
    pages = [(home.path / "reports" / "dashboard.html").read_text() for home in (cloud.home, year_home)]
    here, there = (MOMENT.sub("", page) for page in pages)
    assert here == there


def test_a_run_after_the_backfill_changes_nothing(
    cloud: CloudRuns, dataproc: Dataproc, bigquery: BigQuery, tmp_path: Path
) -> None:
    warehouse = BigQueryModels(bigquery, tmp_path, PREFIX).warehouse
    places = warehouse.tables_in(["warehouse", *MODELS_SCHEMAS])

    def state() -> tuple[object, ...]:
        objects = {blob.name: blob.generation for blob in dataproc.storage.bucket(LAKE).list_blobs()}
        page = (cloud.home.path / "reports" / "dashboard.html").read_text()
        return objects, warehouse.content_versions(places), list(dataproc.started), page

    before = state()
    result = cloud.home.command("run", *YEAR, timeout=SECONDS)
    assert result.returncode == 0, result.stdout + result.stderr
    assert state() == before


def test_no_data_lie_in_the_home_of_who_works_on_google_cloud(cloud: CloudRuns) -> None:
    assert not (cloud.home.path / "crime_trends.duckdb").exists()
    assert not any((cloud.home.path / "lake").rglob("*"))


def test_the_token_from_secret_manager_goes_to_the_portal_and_nowhere_else(
    cloud: CloudRuns, year_portal: SamplePortal, storage: Storage
) -> None:
    asked = [request for request in year_portal.requests if request.headers.get("x-app-token") == CANARY]
    sent = {request.target.split("/")[1] for request in asked}
    assert sent == {"austin", "los_angeles"}, "also to the one that answered 403"
    assert CANARY not in cloud.disturbed.stdout + cloud.disturbed.stderr
    # Logs, manifests, and the instance's database, which holds events, errors and metadata of all runs.
    places = [cloud.home.path, cloud.log.parent, *(storage.files / bucket for bucket in (LAKE, PIPES, BUCKET))]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    assert len(files) > 50
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []
