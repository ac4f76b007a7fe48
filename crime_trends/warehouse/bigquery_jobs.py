"""BigQuery's jobs: how they are named, waited for, joined and tried again, and what their errors are in a line."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as DeadlineError
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from google.api_core.exceptions import BadRequest, Conflict, Forbidden, GoogleAPICallError, NotFound
from google.cloud import bigquery
from google.cloud.bigquery import DEFAULT_RETRY

from crime_trends.cloud_settings import PREFIX
from crime_trends.errors import NoTableError, WarehouseBusyError
from crime_trends.gcp import LABELS, REQUEST_SECONDS, cloud_errors
from crime_trends.warehouse.base import Row, Statement, Value

ABORTED = "Transaction is aborted due to concurrent update"
"""How BigQuery says that another job changed a table of the transaction; it did nothing."""

ABORTED_ATTEMPTS = 5
BUSY_REASONS = {"rateLimitExceeded", "quotaExceeded", "jobRateLimitExceeded"}

NEVER_MADE = re.compile(r"not found: (table|dataset)\b", re.IGNORECASE)
"""How BigQuery says that a table does not exist, unlike a file, a job or a project. It adds the location in which it
looked, so a table elsewhere reads the same."""

TRIES: dict[str, Any] = {"retry": DEFAULT_RETRY.with_timeout(REQUEST_SECONDS), "timeout": REQUEST_SECONDS}
"""How long a request is tried, and one try; not how long a job takes."""


class Jobs:
    """Starts jobs and waits for them.

    Arguments:
        client: knows project and location.
        prefix, run: what the names of jobs begin with.
        deadline_seconds: how long a job may take until it is cancelled.
    """

    def __init__(self, client: bigquery.Client, *, prefix: str, run: str, deadline_seconds: float) -> None:
        self.client = client
        self.name = f"{prefix}-{run}"
        self.deadline_seconds = deadline_seconds

    def query(self, name: str, statements: Sequence[Statement], *, is_shared: bool = False) -> list[Row]:
        """Runs one statement, or several in one transaction; returns the rows of the first if it is a query.

        Arguments:
            name: of the job.
            statements: what to run.
            is_shared: whether a job of that name, of this run, is the same job; else each call is a job of its own.
        """
        sql, parameters = named_parameters(statements)
        if len(statements) > 1:
            sql = f"begin transaction;\n{sql};\ncommit transaction;"
        config = bigquery.QueryJobConfig(query_parameters=parameters, labels=LABELS)
        name = name if is_shared else f"{name}-{uuid.uuid4().hex}"
        with self.explained(f"BigQuery's job {name}"):
            rows = self.finish(
                name, lambda id: self.client.query(sql, job_id=id, job_config=config, job_retry=None, **TRIES)
            )[1]
        return [row.values() for row in rows]

    def finish(self, name: str, start: Callable[[str], Any], *, accepts_done: bool = True) -> tuple[str, Any]:
        """Starts a job, or joins the one of that name that is running, and waits for it.

        Names end in a number: a job that failed in an earlier attempt keeps its name, so the next takes the next. A
        transaction that another one aborted is tried again.

        Arguments:
            name: of the job.
            start: starts it under the id that it is given.
            accepts_done: whether a job of that name that is done already did what is wanted.

        Returns:
            The name with its number, and what the job resulted in.

        Raises:
            WarehouseBusyError: it was not done by the deadline.
        """
        number = aborted = 0
        while True:
            number += 1
            numbered = f"{name}-{number}"
            job_id = f"{self.name}-{numbered}"
            try:
                try:
                    job = start(job_id)
                except Conflict:
                    job = self.client.get_job(job_id, **TRIES)
                    if job.state == "DONE" and (job.error_result or not accepts_done):
                        continue
                return numbered, job.result(timeout=self.deadline_seconds)
            except DeadlineError:
                self.client.cancel_job(job_id, **TRIES)
                raise WarehouseBusyError(
                    f"BigQuery's job {job_id} was not done after {self.deadline_seconds:g} seconds and is cancelled; "
                    f"if it needs longer, set {PREFIX}BIGQUERY_DEADLINE_SECONDS"
                ) from None
            except BadRequest as error:
                aborted += 1
                if ABORTED not in str(error) or aborted == ABORTED_ATTEMPTS:
                    raise
                time.sleep(2 ** (aborted - 1))

    @contextmanager
    def explained(self, what: str) -> Iterator[None]:
        """Turns BigQuery's errors into one line each.

        Arguments:
            what: what was tried, to go on with "failed".

        Raises:
            NoTableError: a table or a dataset does not exist in the location of the settings.
            WarehouseBusyError, CloudBusyError: it may work in a while.
            CloudError: it will not, as it is.
        """
        with cloud_errors(what):
            try:
                yield
            except NotFound as error:
                if not NEVER_MADE.match(_reason(error)):
                    raise
                raise NoTableError(
                    f"{what} failed: {_reason(error)}; run `crime-trends run` first, or set {PREFIX}BIGQUERY_LOCATION "
                    "to where it lies"
                ) from error
            except (BadRequest, Forbidden) as error:
                if ABORTED in str(error) or any(entry.get("reason") in BUSY_REASONS for entry in error.errors):
                    raise WarehouseBusyError(f"{what} failed: {_reason(error)}; try again later") from error
                raise


def named_parameters(statements: Sequence[Statement]) -> tuple[str, list[bigquery.ScalarQueryParameter]]:
    """Statements as one text in which each ``?`` is a named parameter, since a script has one list of them for all."""
    parameters: list[bigquery.ScalarQueryParameter] = []
    texts = []
    for statement in statements:
        first, *rest = statement.sql.split("?")
        text = first
        for value, part in zip(statement.values, rest, strict=True):
            name = f"p{len(parameters)}"
            parameters.append(bigquery.ScalarQueryParameter(name, _type(value), value))
            text += f"@{name}{part}"
        texts.append(text)
    return ";\n".join(texts), parameters


def _type(value: Value) -> str:
    # A datetime is a date too, and a bool an int. What is null is cast in the SQL, and text can be cast to anything.
    for kind, name in ((bool, "BOOL"), (int, "INT64"), (datetime, "DATETIME"), (date, "DATE")):
        if isinstance(value, kind):
            return name
    return "STRING"


def _reason(error: GoogleAPICallError) -> str:
    # What the library puts in front is the address that it asked.
    return " ".join(str(error.errors[0]["message"] if error.errors else error.message).split())
