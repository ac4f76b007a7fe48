"""Dagster Pipes on Dataproc: what a job on a cluster and a serverless batch have in common.

The session's request goes in the arguments; its messages come back as numbered objects in a bucket, which are read in
the same loop that watches the job: no thread, and nothing is read after the end. A job has a name that its caller
chooses, so a second submission of it finds the first and joins it. Whatever ends the waiting early (termination, a
deadline, an error) cancels the job.
"""

from __future__ import annotations

import json
import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import dagster as dg
from google.api_core.exceptions import NotFound
from google.cloud import storage

from crime_trends.cloud_settings import PREFIX
from crime_trends.errors import CloudBusyError, CloudError, CrimeTrendsError
from crime_trends.gcp import REQUEST_SECONDS, cloud_errors
from crime_trends.resources.code_archive import UploadedCode

MESSAGE_SECONDS = 30.0
"""How long the last messages of a job may take to appear when it has ended."""

CANCEL_SECONDS = 90.0
"""How long to wait for a job to end that was told to."""

OUTPUT_BYTES = 64 * 1024
OUTPUT_LINES = 12


@dataclass(frozen=True)
class DataprocWork:
    """One job or batch.

    Arguments:
        id: its name in the project.
        code: what it runs.
        labels: for people who look for it.
        properties: of Spark.
        supersedes: names of earlier attempts at the same, which must not run beside it.
    """

    id: str
    code: UploadedCode
    labels: Mapping[str, str]
    properties: Mapping[str, str]
    supersedes: Sequence[str] = ()


@dataclass(frozen=True)
class WorkStatus:
    """How far a job or a batch is.

    Arguments:
        state: Dataproc's word for it.
        ended, succeeded: whether nothing more will happen, and whether it is well.
        detail: what Dataproc says of it.
        output: address that the objects with the driver's output begin with, once there is one.
        arguments: what it was started with.
    """

    state: str
    ended: bool
    succeeded: bool
    detail: str
    output: str
    arguments: Sequence[str]


class ObjectMessageReader(dg.PipesMessageReader):
    """Reads messages that ``crime_cleaning.messages`` writes, each time it is told to.

    Arguments:
        bucket: where they are.
        folder: in which folder of it.
    """

    def __init__(self, bucket: storage.Bucket, folder: str) -> None:
        self._bucket = bucket
        self._folder = folder
        self._next = 1
        self._handler: dg.PipesMessageHandler

    @contextmanager
    def read_messages(self, handler: dg.PipesMessageHandler) -> Iterator[dict[str, str]]:
        """Names the folder to the job."""
        self._handler = handler
        yield {"folder": f"gs://{self._bucket.name}/{self._folder}"}

    def receive(self) -> None:
        """Passes on what has come since the last time."""
        while (text := self._object(self._next)) is not None:
            for line in text.splitlines():
                self._handler.handle_message(json.loads(line))
            self._next += 1

    @property
    def is_complete(self) -> bool:
        """Whether the last message of the job has come."""
        return self._handler.received_closed_message

    @property
    def missing(self) -> str:
        """The object that is waited for."""
        return f"gs://{self._bucket.name}/{self._folder}/{self._next}.json"

    def no_messages_debug_text(self) -> str:
        """What Dagster says when no message came."""
        return f"Messages were looked for as {self.missing}."

    def _object(self, number: int) -> str | None:
        try:
            return str(self._bucket.blob(f"{self._folder}/{number}.json").download_as_text(timeout=REQUEST_SECONDS))
        except NotFound:
            return None


@dataclass(frozen=True)
class DataprocPlace:
    """Where work is done, and how it is watched.

    Arguments:
        project, region: where.
        pipes: bucket for messages.
        deadline_seconds: how long a piece of work may take, waiting for machines included.
        poll_seconds: how often it is looked at.
    """

    project: str
    region: str
    pipes: storage.Bucket
    deadline_seconds: float
    poll_seconds: float


class DataprocPipesClient(dg.PipesClient):
    """What both clients share.

    Arguments:
        place: where the work is done.
    """

    kind: str
    """What a piece of work is called."""

    def __init__(self, place: DataprocPlace) -> None:
        self.place = place

    @abstractmethod
    def submit(self, work: DataprocWork, arguments: Sequence[str]) -> WorkStatus:
        """Starts the work, or finds what was started under its name."""

    @abstractmethod
    def status(self, id: str) -> WorkStatus:
        """How far it is."""

    @abstractmethod
    def cancel(self, id: str) -> None:
        """Tells it to end."""

    def run(  # type: ignore[override]  # as Dagster's own clients do: it takes what it needs, not anything
        self,
        *,
        context: dg.OpExecutionContext | dg.AssetExecutionContext,
        work: DataprocWork,
        extras: dict[str, Any] | None = None,
    ) -> dg.PipesClientCompletedInvocation:
        """Does the work and waits for its end.

        Arguments:
            context: of the running asset: receives the log.
            work: what to do.
            extras: passed to the job.

        Raises:
            CloudError: it failed, was cancelled, took too long, or its messages did not all come; the message has its
                id and the end of its output.
            CloudBusyError: what it supersedes does not end.
        """
        for id in work.supersedes:
            self._supersede(context, id)
        reader = ObjectMessageReader(self.place.pipes, f"jobs/{work.id}/messages")
        what = f"Dataproc {self.kind} {work.id}"
        with dg.open_pipes_session(
            context=context, extras=extras, context_injector=dg.PipesEnvContextInjector(), message_reader=reader
        ) as session:
            arguments = [part for pair in session.get_bootstrap_cli_arguments().items() for part in pair]
            ended = False
            try:
                with cloud_errors(what):
                    first = self.submit(work, arguments)
                    if list(first.arguments) != arguments:
                        raise CloudBusyError(f"{what} is at work for another request; it is ended, try again later")
                    context.log.info(f"{what} in {self.place.project}, {self.place.region}: {first.state}")
                    status = self._ended(what, work.id, reader)
                ended = True
            finally:
                if not ended:
                    self._end(context, what, work.id)
            if not status.succeeded:
                raise CloudError(
                    f"{what} ended as {status.state}{f' ({status.detail})' if status.detail else ''}; the end of its "
                    f"output, which is in {status.output or 'no place yet'}:\n{self._output(status.output)}"
                )
            self._wait_for_messages(what, reader)
            return dg.PipesClientCompletedInvocation(session)

    def _ended(self, what: str, id: str, reader: ObjectMessageReader) -> WorkStatus:
        deadline = time.monotonic() + self.place.deadline_seconds
        while True:
            status = self.status(id)
            reader.receive()
            if status.ended:
                return status
            if time.monotonic() > deadline:
                raise CloudError(
                    f"{what} was still {status.state} after {self.place.deadline_seconds:g} seconds and is ended; if "
                    f"it needs longer, set {PREFIX}SPARK_DEADLINE_SECONDS. The end of its output so far:\n"
                    f"{self._output(status.output)}"
                )
            time.sleep(self.place.poll_seconds)

    def _wait_for_messages(self, what: str, reader: ObjectMessageReader) -> None:
        deadline = time.monotonic() + MESSAGE_SECONDS
        while not reader.is_complete:
            with cloud_errors(what):
                reader.receive()
            if not reader.is_complete:
                if time.monotonic() > deadline:
                    raise CloudBusyError(
                        f"{what} is done, but a message of it was lost ({reader.missing}), so what it made is not "
                        "published; try again"
                    )
                time.sleep(min(self.place.poll_seconds, 1))

    def _end(self, context: dg.OpExecutionContext | dg.AssetExecutionContext, what: str, id: str) -> None:
        """Ends the work; what goes wrong is logged, since another error is on its way."""
        try:
            with cloud_errors(f"cancelling {what}"), suppress(NotFound):  # it was never made
                context.log.info(f"{what}: {self._cancelled(id).state}")
        except CrimeTrendsError as error:
            context.log.warning(str(error))

    def _supersede(self, context: dg.OpExecutionContext | dg.AssetExecutionContext, id: str) -> None:
        """Ends the work of an earlier attempt, if it is at it."""
        what = f"Dataproc {self.kind} {id}, of an earlier attempt,"
        with cloud_errors(f"ending {what}"), suppress(NotFound):
            if self.status(id).ended:
                return
            status = self._cancelled(id)
            if not status.ended:
                raise CloudBusyError(f"{what} is told to end and still {status.state}; try again later")
            context.log.info(f"{what} was still at it: {status.state}")

    def _cancelled(self, id: str) -> WorkStatus:
        """Tells the work to end; how far it is when it has, or when that was waited for long enough."""
        self.cancel(id)
        deadline = time.monotonic() + CANCEL_SECONDS
        while not (status := self.status(id)).ended and time.monotonic() < deadline:
            time.sleep(min(self.place.poll_seconds, 1))
        return status

    def _output(self, address: str) -> str:
        """The last lines of the driver's output, as far as they can be had."""
        if not address.startswith("gs://"):
            return "(nothing)"
        bucket, _, prefix = address.removeprefix("gs://").partition("/")
        try:
            with cloud_errors("reading it"):
                objects = [blob for blob in self.place.pipes.client.list_blobs(bucket, prefix=prefix) if blob.size]
                text = ""
                for blob in reversed(objects):
                    start = max(0, blob.size - OUTPUT_BYTES)
                    text = blob.download_as_bytes(start=start, timeout=REQUEST_SECONDS).decode(errors="replace") + text
                    if text.count("\n") > OUTPUT_LINES:
                        break
        except CrimeTrendsError as error:
            return f"({error})"
        return "\n".join(line[:300] for line in text.splitlines()[-OUTPUT_LINES:]) or "(nothing)"
