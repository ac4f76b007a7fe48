"""The PySpark resource on Dataproc: the same script and request as on this machine, on a cluster or serverless.

Nothing of Dataproc is known to the job: it reads and writes ``gs://`` addresses, and its libraries come along.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import dagster as dg
from crime_cleaning.spec import CleaningReport

from crime_trends.automation.retries import earlier_attempts
from crime_trends.datasets import Dataset
from crime_trends.gcp import LABELS, dataproc_batches, dataproc_jobs
from crime_trends.lake.base import Lake
from crime_trends.lake.cleaning import CleaningPlan, discard_attempt
from crime_trends.resources.cloud import CloudStorageResource, cloud_storage
from crime_trends.resources.code_archive import upload_code
from crime_trends.resources.dataproc_clients import BatchEnvironment, DataprocBatches, DataprocJobs
from crime_trends.resources.dataproc_pipes import DataprocPipesClient, DataprocPlace, DataprocWork
from crime_trends.resources.pyspark import SparkResource, parts
from crime_trends.settings import Settings


class DataprocResource(SparkResource):
    """What both ways of Dataproc share.

    Arguments:
        storage: access to the buckets.
        project, region: where the work is done.
        lake_bucket: also holds the code that jobs run.
        pipes_bucket: for messages and, where it can be chosen, the driver's output.
        endpoint: Dataproc's address, instead of Google's own.
        executors, executor_cores, memory: executors, and cores and memory of each and of the driver.
        properties: further ones of Spark; they win.
        deadline_seconds: how long a job may take, waiting for its machines included.
        poll_seconds: how often it is looked at.
    """

    storage: CloudStorageResource
    project: str
    region: str
    lake_bucket: str
    pipes_bucket: str
    endpoint: str | None
    executors: int
    executor_cores: int
    memory: str
    properties: dict[str, str]
    deadline_seconds: float
    poll_seconds: float

    def clean(self, context: dg.AssetExecutionContext, plan: CleaningPlan, lake: Lake) -> CleaningReport:
        """As ``SparkResource.clean``; raises ``CloudError``.

        The job ends when this process is told to end. What an earlier attempt of the same left running, because its
        process died, ends before the job starts.
        """
        if not plan.months_with_rows:
            return CleaningReport({})
        buckets = self.storage.get_client()
        job = plan.job(lake.uri, partitions=parts(len(plan.months_with_rows), plan.input_bytes), spark=self.properties)
        months = plan.months_with_rows
        work = DataprocWork(
            id=work_id(plan.dataset, plan.attempt.rpartition("/")[2]),
            code=upload_code(buckets.bucket(self.lake_bucket)),
            labels={
                **LABELS,
                "run": f"run-{context.run.run_id}",
                "dataset": plan.dataset.key.replace("_", "-"),
                "partition": f"months-{months[0]}-to-{months[-1]}",
            },
            properties=self.spark_properties(),
            supersedes=[work_id(plan.dataset, attempt) for attempt in earlier_attempts(context)],
        )
        place = DataprocPlace(
            self.project, self.region, buckets.bucket(self.pipes_bucket), self.deadline_seconds, self.poll_seconds
        )
        messages: Sequence[Any] = ()
        try:
            messages = self.client(place).run(context=context, work=work, extras=job.to_json()).get_custom_messages()
        finally:
            if not messages:
                discard_attempt(lake, plan)
        return CleaningReport.from_json(messages[-1])

    @abstractmethod
    def client(self, place: DataprocPlace) -> DataprocPipesClient:
        """The Pipes client for that place."""

    def spark_properties(self) -> dict[str, str]:
        """How much of Dataproc a job gets: always the same, so that its cost can be foreseen."""
        return {
            "spark.dynamicAllocation.enabled": "false",
            "spark.executor.instances": str(self.executors),
            "spark.executor.cores": str(self.executor_cores),
            "spark.executor.memory": self.memory,
            "spark.driver.cores": str(self.executor_cores),
            "spark.driver.memory": self.memory,
            **self.properties,
        }


class DataprocJobsResource(DataprocResource):
    """Jobs on a cluster. Arguments as ``DataprocResource``, and the cluster's name."""

    cluster: str

    def client(self, place: DataprocPlace) -> DataprocJobs:
        """As ``DataprocResource.client``."""
        return DataprocJobs(dataproc_jobs(self.region, self.endpoint), self.cluster, place)


class DataprocBatchesResource(DataprocResource):
    """Serverless batches. Arguments as ``DataprocResource`` and ``BatchEnvironment``."""

    runtime: str
    image: str | None
    service_account: str | None
    subnetwork: str | None

    def client(self, place: DataprocPlace) -> DataprocBatches:
        """As ``DataprocResource.client``."""
        environment = BatchEnvironment(self.runtime, self.image, self.service_account, self.subnetwork)
        return DataprocBatches(dataproc_batches(self.region, self.endpoint), environment, place)


def dataproc(settings: Settings) -> DataprocResource:
    """Spark on Dataproc as the settings say."""
    shared: dict[str, Any] = {
        "storage": cloud_storage(settings),
        "project": settings.gcp_project,
        "region": settings.gcp_region,
        "lake_bucket": settings.lake_bucket,
        "pipes_bucket": settings.pipes_bucket,
        "endpoint": settings.dataproc_endpoint,
        "executors": settings.spark_executors,
        "executor_cores": settings.spark_executor_cores,
        "memory": settings.spark_executor_memory,
        "properties": settings.spark_properties,
        "deadline_seconds": settings.spark_deadline_seconds,
        "poll_seconds": settings.spark_poll_seconds,
    }
    if settings.spark_place == "dataproc":
        return DataprocJobsResource(cluster=str(settings.dataproc_cluster), **shared)
    return DataprocBatchesResource(
        runtime=settings.spark_runtime,
        image=settings.spark_image,
        service_account=settings.spark_service_account,
        subnetwork=settings.spark_subnetwork,
        **shared,
    )


def work_id(dataset: Dataset, attempt: str) -> str:
    """Name of an attempt's job, so that who comes back to the attempt finds its job."""
    return f"{dataset.key.replace('_', '-')}-{attempt}"
