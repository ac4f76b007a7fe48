"""From the portals to the dashboard on the cloud target: the same command, and the same months, tables and marts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from crime_trends.lake.base import Lake
from crime_trends.lake.gcs import GCSLake
from crime_trends.lake.local import LocalLake
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.cloud.bigquery import LOCATION, MODELS_SCHEMAS, BigQuery, BigQueryModels
from crime_trends_tests.cloud.conftest import PROPERTIES
from crime_trends_tests.cloud.dataproc import BUCKET, Dataproc
from crime_trends_tests.cloud.secret_manager import running_secret_manager
from crime_trends_tests.cloud.storage import PROJECT, Storage
from crime_trends_tests.conftest import Home
from crime_trends_tests.dbt.conftest import ModelsHome

pytestmark = pytest.mark.xdist_group("cloud")

DATASETS = ("san_diego_calls_for_service", "los_angeles_crime_reports")
MONTHS = ("2023-01", "2023-02")
PREFIX = "cloud_run"
LAKE, PIPES = "cloud-run-lake", "cloud-run-pipes"

MOMENTS = ("made_at", "fetched_at", "loaded_at", "as_of", "newest_as_of")
"""The columns that say when something was fetched or made, which two runs do not share."""

SECRET = f"projects/{PROJECT}/secrets/socrata/versions/latest"
MOMENT = re.compile(r"<time [^>]*>[^<]*</time>")
"""A moment in the page: when it was made."""

CANARY = "canary-4b1d77"
"""The app token."""


def arguments(*months: str) -> list[str]:
    return ["run", "--from", months[0], "--to", months[-1], *(part for key in DATASETS for part in ("--dataset", key))]


@pytest.fixture(scope="module")
def portal(real_portal_dir: Path) -> Iterator[SamplePortal]:
    with SamplePortal(real_portal_dir) as portal:
        yield portal


@pytest.fixture(scope="module")
def secret_manager() -> Iterator[str]:
    with running_secret_manager({SECRET: CANARY}) as address:
        yield address


@pytest.fixture(scope="module")
def cloud_home(
    portal: SamplePortal,
    dataproc: Dataproc,
    bigquery: BigQuery,
    secret_manager: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Home:
    """A home whose data are on Google Cloud, brought by a run of the same command."""
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
    cloud = {f"CRIME_TRENDS_{name}": value for name, value in settings.items()}
    home = Home(tmp_path_factory.mktemp("cloud"), portal.urls, cloud)
    result = home.command(*arguments(*MONTHS), timeout=900)
    assert result.returncode == 0, result.stdout + result.stderr
    assert CANARY not in result.stdout + result.stderr
    return home


@pytest.fixture(scope="module")
def local_home(portal: SamplePortal, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of this machine with the same months."""
    home = Home(tmp_path_factory.mktemp("local"), portal.urls)
    result = home.command(*arguments(*MONTHS), timeout=900)
    assert result.returncode == 0, result.stdout + result.stderr
    return home


def clean_months(lake: Lake) -> dict[tuple[str, str], tuple[object, ...]]:
    """(Dataset, month) -> version, numbers, and checksums of the clean rows and of the rejects."""
    found = {}
    with duckdb.connect() as connection:
        for dataset in DATASETS:
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


def test_clean_months_are_those_of_this_machine(
    cloud_home: Home, local_home: Home, storage: Storage, tmp_path: Path
) -> None:
    here = clean_months(LocalLake(local_home.path / "lake"))
    assert here == clean_months(GCSLake(storage.client, LAKE, tmp_path))
    assert [(key, numbers[1]) for key, numbers in here.items()] == [
        ((DATASETS[0], "2023-01"), 26_595),
        ((DATASETS[0], "2023-02"), 0),
        ((DATASETS[1], "2023-01"), 8_680),
        ((DATASETS[1], "2023-02"), 7_588),
    ]


def test_tables_and_marts_are_those_of_this_machine(
    cloud_home: Home, local_home: Home, bigquery: BigQuery, tmp_path: Path
) -> None:
    models = BigQueryModels(bigquery, tmp_path, PREFIX)
    assert models.differences(ModelsHome(local_home.path).warehouse, ["warehouse", *MODELS_SCHEMAS], MOMENTS) == []


def test_the_dashboard_shows_what_it_shows_here(cloud_home: Home, local_home: Home) -> None:
    pages = [(home.path / "reports" / "dashboard.html").read_text() for home in (cloud_home, local_home)]
    here, there = (MOMENT.sub("", page) for page in pages)
    assert here == there


def test_no_data_lie_in_the_home_of_who_works_on_google_cloud(cloud_home: Home) -> None:
    assert not (cloud_home.path / "crime_trends.duckdb").exists()
    assert not any((cloud_home.path / "lake").rglob("*"))


def test_the_token_from_secret_manager_goes_to_the_portal_and_nowhere_else(
    cloud_home: Home, portal: SamplePortal, storage: Storage
) -> None:
    assert CANARY in {request.headers.get("x-app-token") for request in portal.requests}
    places = [cloud_home.path, *(storage.files / bucket for bucket in (LAKE, PIPES, BUCKET))]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    assert len(files) > 50
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []
