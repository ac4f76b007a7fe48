"""Clients of Google's services, and what their errors come to.

Credentials are the application's default ones. An endpoint that begins with ``http://`` is an emulator's: it gets no
credentials, and none are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.api_core.retry import Retry
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import dataproc_v1 as dataproc
from google.cloud import secretmanager_v1 as secretmanager
from google.cloud import storage
from google.cloud.dataproc_v1.services.batch_controller.transports import BatchControllerGrpcTransport
from google.cloud.dataproc_v1.services.job_controller.transports import JobControllerGrpcTransport
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceGrpcTransport
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from requests import RequestException

from crime_trends.errors import CloudBusyError, CloudError, CrimeTrendsError

REQUEST_SECONDS = 60.0
"""How long one request may take, tries included."""

LABELS = {"application": "crime_trends"}
"""What everything that is made on Google Cloud bears; terraform/locals.tf has the same."""

PASSING = {408, 429, 500, 502, 503, 504}
"""Status codes after which the same request may work later."""


def is_emulator(endpoint: str | None) -> bool:
    """Whether an endpoint needs no credentials and no encryption."""
    return endpoint is not None and endpoint.startswith("http://")


def storage_client(project: str | None, endpoint: str | None = None) -> storage.Client:
    """A client of Cloud Storage."""
    options: dict[str, Any] = {}
    if endpoint:
        options["client_options"] = {"api_endpoint": endpoint}
    if is_emulator(endpoint):
        options["credentials"] = AnonymousCredentials()
    return storage.Client(project=project, **options)


def dataproc_jobs(region: str, endpoint: str | None = None) -> dataproc.JobControllerClient:
    """A client of Dataproc's jobs."""
    if is_emulator(endpoint):
        return dataproc.JobControllerClient(transport=JobControllerGrpcTransport(channel=_plain_channel(endpoint)))
    return dataproc.JobControllerClient(client_options={"api_endpoint": _dataproc_address(region, endpoint)})


def dataproc_batches(region: str, endpoint: str | None = None) -> dataproc.BatchControllerClient:
    """A client of Dataproc's serverless batches."""
    if is_emulator(endpoint):
        return dataproc.BatchControllerClient(transport=BatchControllerGrpcTransport(channel=_plain_channel(endpoint)))
    return dataproc.BatchControllerClient(client_options={"api_endpoint": _dataproc_address(region, endpoint)})


def read_secret(version: str, endpoint: str | None = None) -> bytes:
    """What a version of a secret in Secret Manager holds.

    Arguments:
        version: its full name, ``projects/P/secrets/S/versions/V``.

    Raises:
        CloudError: it can't be had; the message names it and holds nothing of it.
    """
    if is_emulator(endpoint):
        transport = SecretManagerServiceGrpcTransport(channel=_plain_channel(endpoint))
        client = secretmanager.SecretManagerServiceClient(transport=transport)
    else:
        options = {"api_endpoint": endpoint.removeprefix("https://")} if endpoint else None
        client = secretmanager.SecretManagerServiceClient(client_options=options)
    tries = Retry(predicate=is_transient, timeout=REQUEST_SECONDS)
    with cloud_errors(f"reading the secret {version}"):
        answer = client.access_secret_version(name=version, retry=tries, timeout=REQUEST_SECONDS)
    return answer.payload.data


def _plain_channel(endpoint: str | None) -> grpc.Channel:
    return grpc.insecure_channel(str(endpoint).removeprefix("http://"))


def _dataproc_address(region: str, endpoint: str | None) -> str:
    return endpoint.removeprefix("https://") if endpoint else f"{region}-dataproc.googleapis.com:443"


def is_transient(error: Exception) -> bool:
    """Whether the same request may work later."""
    return _status(error) in PASSING


@contextmanager
def cloud_errors(what: str) -> Iterator[None]:
    """Turns what Google's clients raise into one line.

    Arguments:
        what: what was tried, to go on with "failed".

    Raises:
        CloudBusyError: the same may work later.
        CloudError: it will not, before somebody changes something.
    """
    try:
        yield
    except (
        GoogleAPICallError,
        RetryError,
        GoogleAuthError,
        RequestException,
        DataCorruption,
        InvalidResponse,
    ) as error:
        raise _translated(what, error) from None


def _translated(what: str, error: Exception) -> CrimeTrendsError:
    cause = error.cause if isinstance(error, RetryError) and error.cause is not None else error
    if isinstance(cause, GoogleAuthError):
        return CloudError(f"{what} failed: {cause}; log in with: gcloud auth application-default login")
    status = _status(cause)
    if status is None:
        return CloudBusyError(f"{what} failed: no answer ({type(cause).__name__}); try again later")
    message = f"{what} failed: status {status}{_reason(cause)}"
    return CloudBusyError(f"{message}; try again later") if status in PASSING else CloudError(message)


def _status(error: Exception) -> int | None:
    """The status code of an answer that a client did not like; None if there was no answer."""
    if isinstance(error, GoogleAPICallError):
        return None if error.code is None else int(error.code)
    if isinstance(error, InvalidResponse):
        return int(error.response.status_code)
    return None


def _reason(error: Exception) -> str:
    """What the service says, without the address that was asked: it may hold the ticket of an upload."""
    text = str(error.message if isinstance(error, GoogleAPICallError) else "")
    said = re.search(r'"message": *"([^"]+)"', text)
    lines = (said[1] if said else re.sub(r"^[A-Z]+ https?://\S+ ?", "", text)).strip(": ").splitlines()
    return f", {lines[0][:300]}" if lines else ""
