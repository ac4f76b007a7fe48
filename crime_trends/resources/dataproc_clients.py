"""The two Pipes clients of Dataproc: jobs on a cluster, and serverless batches."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from google.api_core.exceptions import AlreadyExists, FailedPrecondition, NotFound
from google.api_core.retry import Retry
from google.cloud import dataproc_v1 as dataproc
from google.protobuf.duration_pb2 import Duration

from crime_trends.errors import CloudError
from crime_trends.gcp import REQUEST_SECONDS, is_transient
from crime_trends.resources.dataproc_pipes import (
    DataprocPipesClient,
    DataprocPlace,
    DataprocWork,
    WorkStatus,
)

TRIES: dict[str, Any] = {
    "retry": Retry(predicate=is_transient, timeout=REQUEST_SECONDS),
    "timeout": REQUEST_SECONDS,
}
LEAST_TTL_SECONDS = 600
"""The shortest life that Dataproc lets a batch have."""


class DataprocJobs(DataprocPipesClient):
    """Jobs on a cluster.

    Arguments:
        client: Google's.
        cluster: its name.
        place: where it is.
    """

    kind = "job"

    def __init__(self, client: dataproc.JobControllerClient, cluster: str, place: DataprocPlace) -> None:
        super().__init__(place)
        self.client = client
        self.cluster = cluster

    def submit(self, work: DataprocWork, arguments: Sequence[str]) -> WorkStatus:
        """As ``DataprocPipesClient.submit``."""
        job = dataproc.Job(
            reference=dataproc.JobReference(project_id=self.place.project, job_id=work.id),
            placement=dataproc.JobPlacement(cluster_name=self.cluster),
            pyspark_job=dataproc.PySparkJob(
                main_python_file_uri=work.code.script,
                python_file_uris=[work.code.archive],
                args=arguments,
                properties=work.properties,
            ),
            labels=work.labels,
        )
        try:
            return self._read(
                self.client.submit_job(project_id=self.place.project, region=self.place.region, job=job, **TRIES)
            )
        except AlreadyExists:
            return self.status(work.id)
        except NotFound as error:
            raise CloudError(
                f"Dataproc job {work.id} can't run: {error.message}; a cluster that was idle for long has deleted "
                "itself, and the next `terraform apply` makes it anew"
            ) from None

    def status(self, id: str) -> WorkStatus:
        """As ``DataprocPipesClient.status``."""
        return self._read(
            self.client.get_job(project_id=self.place.project, region=self.place.region, job_id=id, **TRIES)
        )

    def cancel(self, id: str) -> None:
        """As ``DataprocPipesClient.cancel``."""
        with suppress(FailedPrecondition):  # it has ended meanwhile
            self.client.cancel_job(project_id=self.place.project, region=self.place.region, job_id=id, **TRIES)

    @staticmethod
    def _read(job: dataproc.Job) -> WorkStatus:
        state = job.status.state
        return WorkStatus(
            state=state.name,
            ended=state in (state.DONE, state.ERROR, state.CANCELLED),
            succeeded=state == state.DONE,
            detail=job.status.details,
            output=job.driver_output_resource_uri,
            arguments=list(job.pyspark_job.args),
        )


@dataclass(frozen=True)
class BatchEnvironment:
    """What batches run in.

    Arguments:
        runtime: version of Dataproc's runtime.
        image: container image instead of its own, or None.
        service_account: whom they run as; None: the project's default account.
        subnetwork: None: that of the project's default network.
    """

    runtime: str
    image: str | None = None
    service_account: str | None = None
    subnetwork: str | None = None


class DataprocBatches(DataprocPipesClient):
    """Serverless batches.

    Arguments:
        client: Google's.
        environment: what they run in.
        place: where they run.
    """

    kind = "batch"

    def __init__(
        self, client: dataproc.BatchControllerClient, environment: BatchEnvironment, place: DataprocPlace
    ) -> None:
        super().__init__(place)
        self.client = client
        self.environment = environment

    def submit(self, work: DataprocWork, arguments: Sequence[str]) -> WorkStatus:
        """As ``DataprocPipesClient.submit``. A batch also ends by itself once the deadline has passed."""
        ttl = max(LEAST_TTL_SECONDS, round(self.place.deadline_seconds))
        batch = dataproc.Batch(
            pyspark_batch=dataproc.PySparkBatch(
                main_python_file_uri=work.code.script, python_file_uris=[work.code.archive], args=arguments
            ),
            runtime_config=dataproc.RuntimeConfig(
                version=self.environment.runtime,
                container_image=self.environment.image,
                properties=work.properties,
            ),
            environment_config=dataproc.EnvironmentConfig(
                execution_config=dataproc.ExecutionConfig(
                    service_account=self.environment.service_account,
                    subnetwork_uri=self.environment.subnetwork,
                    staging_bucket=self.place.pipes.name,
                    ttl=Duration(seconds=ttl),
                )
            ),
            labels=work.labels,
        )
        parent = f"projects/{self.place.project}/locations/{self.place.region}"
        with suppress(AlreadyExists):
            self.client.create_batch(parent=parent, batch=batch, batch_id=work.id, **TRIES)
        return self.status(work.id)

    def status(self, id: str) -> WorkStatus:
        """As ``DataprocPipesClient.status``."""
        batch = self._batch(id)
        state = batch.state
        return WorkStatus(
            state=state.name,
            ended=state in (state.SUCCEEDED, state.FAILED, state.CANCELLED),
            succeeded=state == state.SUCCEEDED,
            detail=batch.state_message,
            output=batch.runtime_info.output_uri,
            arguments=list(batch.pyspark_batch.args),
        )

    def cancel(self, id: str) -> None:
        """As ``DataprocPipesClient.cancel``: cancels the operation that the batch is."""
        with suppress(FailedPrecondition):  # it has ended meanwhile
            self.client.cancel_operation({"name": self._batch(id).operation}, **TRIES)

    def _batch(self, id: str) -> dataproc.Batch:
        name = f"projects/{self.place.project}/locations/{self.place.region}/batches/{id}"
        return self.client.get_batch(name=name, **TRIES)
