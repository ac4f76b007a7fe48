"""What the tests of Google Cloud share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crime_trends.lake.gcs import GCSLake
from crime_trends.resources.cloud import CloudStorageResource
from crime_trends.resources.dataproc import DataprocBatchesResource, DataprocJobsResource, DataprocResource
from crime_trends_tests.cloud.dataproc import CLUSTER, Dataproc
from crime_trends_tests.cloud.storage import PROJECT, Storage, StorageFront, storage_front
from crime_trends_tests.spark.test_job import Workplace

PROPERTIES = {"spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "1"}
"""The server keeps no empty folders, and the other algorithm renames files into folders that it has just made."""


@pytest.fixture(scope="session", autouse=True)
def no_metadata_server() -> Iterator[None]:
    """No test looks for the metadata server of a machine in the cloud."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_GCE_CHECK", "true")
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield


@pytest.fixture
def front(storage: Storage) -> Iterator[StorageFront]:
    with storage_front(storage.endpoint) as front:
        yield front


class CloudWorkplace(Workplace):
    """A lake in a bucket of its own, and Spark on Dataproc."""

    def __init__(self, folder: Path, dataproc: Dataproc, backend: str = "batches") -> None:
        super().__init__(folder)
        self.dataproc = dataproc
        name = folder.name.replace("_", "-").strip("-")[:40]
        self.lake_bucket = dataproc.storage.bucket(f"lake-{name}")
        self.pipes_bucket = dataproc.storage.bucket(f"pipes-{name}")
        self.lake = GCSLake(dataproc.storage.client, self.lake_bucket.name, self.temporary_dir)
        self.pyspark = self.resource(backend)

    def resource(self, backend: str, **changed: Any) -> DataprocResource:
        """The PySpark resource for jobs or batches."""
        shared: dict[str, Any] = {
            "storage": CloudStorageResource(project=PROJECT, endpoint=self.dataproc.storage.endpoint),
            "project": PROJECT,
            "region": "us-central1",
            "lake_bucket": self.lake_bucket.name,
            "pipes_bucket": self.pipes_bucket.name,
            "endpoint": self.dataproc.endpoint,
            "executors": 2,
            "executor_cores": 4,
            "memory": "9600m",
            "properties": PROPERTIES,
            "deadline_seconds": 300,
            "poll_seconds": 0.2,
            **changed,
        }
        if backend == "jobs":
            return DataprocJobsResource(**{"cluster": CLUSTER, **shared})
        nothing = dict.fromkeys(("image", "service_account", "subnetwork"))
        return DataprocBatchesResource(runtime="2.2", **{**nothing, **shared})
