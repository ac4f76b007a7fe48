"""The same job on a Spark cluster: a master and two workers of the installed Spark, on this machine's loopback."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyspark
import pytest

from crime_trends.datasets import DATASETS
from crime_trends.resources.pyspark import PySparkResource
from crime_trends_tests.spark.conftest import csv_text
from crime_trends_tests.spark.test_job import Workplace, row_of

MEMORY = "512m"
SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"  # becomes the JVM
DATASET = DATASETS["los_angeles_crime_reports"]
MONTHS = [f"2023-{month:02d}" for month in range(1, 7)]


def start(log: Path, environment: dict[str, str], name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A part of a cluster in a JVM of its own, whose output goes into a file."""
    command = [str(SPARK_CLASS), f"org.apache.spark.deploy.{name}", *arguments]
    with log.open("wb") as output:
        return subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT)


def wait_for(log: Path, pattern: str, seconds: float = 120) -> str:
    """What the pattern's group finds in the output, as soon as it is there."""
    deadline = time.monotonic() + seconds
    while not (found := re.search(pattern, log.read_text(errors="replace"))):
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.1)
    return found.group(1)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a cluster of two workers with a core each, and the folder of its logs."""
    logs = tmp_path / "logs"
    logs.mkdir()
    environment = PySparkResource(memory=MEMORY, temporary_dir=str(tmp_path)).environment()
    loopback = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    processes = []
    try:
        processes.append(start(logs / "master", environment, "master.Master", *loopback))
        address = wait_for(logs / "master", r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
        for worker in ("worker 1", "worker 2"):
            room = ("--cores", "1", "--memory", MEMORY, "--work-dir", str(tmp_path / worker))
            processes.append(start(logs / worker, environment, "worker.Worker", *loopback, *room, address))
        for worker in ("worker 1", "worker 2"):
            wait_for(logs / worker, r"(Successfully registered with master)")
        yield address, logs
    finally:
        for process in processes:
            process.kill()  # a JVM that is asked to end takes its time, and nothing here is worth keeping
            process.wait()


def checksums(workplace: Workplace) -> dict[str, list[tuple[object, ...]]]:
    """Month -> number and checksum of the clean rows and of the rejects, from the files that its manifest names."""
    found = {}
    with duckdb.connect() as connection:
        for month in MONTHS:
            manifest = workplace.lake.clean_manifest(DATASET.key, month)
            assert manifest is not None
            found[month] = [
                connection.execute(
                    "select count(*), sum(hash(rows)) from (from read_parquet($files, hive_partitioning = false)) rows",
                    {"files": [str(workplace.lake.path(file.path)) for file in files]},
                ).fetchall()[0]
                for files in (manifest.files, manifest.rejected_files)
                if files
            ]
    return found


def test_a_cluster_makes_the_months_that_this_machine_makes(cluster: tuple[str, Path], tmp_path: Path) -> None:
    address, logs = cluster
    rows = [row_of(DATASET, number, f"{MONTHS[number % 6]}-{1 + number % 28:02d}") for number in range(600)]
    rows += [{**rows[0], "crm_cd_desc": "another"}, rows[1], {**rows[2], "dr_no": ""}, {**rows[3], "date_occ": "soon"}]
    made = []
    for name, master in (("here", "local[*]"), ("there", address)):
        workplace = Workplace(tmp_path / name)
        workplace.pyspark = PySparkResource(memory=MEMORY, temporary_dir=str(workplace.temporary_dir), master=master)
        workplace.bring(DATASET, "2023", csv_text(rows))
        manifests = workplace.clean(DATASET, MONTHS)
        assert manifests.keys() == set(MONTHS)
        made.append(checksums(workplace))
    here, there = made
    assert here == there
    assert sum(number for month in here.values() for number, _ in month) == 603
    for worker in ("worker 1", "worker 2"):
        wait_for(logs / worker, r"(Asked to launch executor)", seconds=0.1)
