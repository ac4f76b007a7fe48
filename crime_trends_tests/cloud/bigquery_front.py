"""An HTTP front of BigQuery's emulator that fails when it is told to, and knows what the emulator leaves out of jobs.

The emulator runs a job while it is asked for it and takes the same name twice. Here a name that was used is refused, as
BigQuery does, and a job can be made to look as if it were still running.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from crime_trends_tests.cloud.front import Answer, serving


@dataclass
class Front:
    """The front.

    Arguments:
        target: the emulator's address.
        url: its own.
        jobs: ids of the jobs that ran, in order.
        cancelled: ids of those that somebody cancelled.
        is_silent: whether nobody gets an answer.
    """

    target: str
    url: str = ""
    jobs: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    is_silent: bool = False
    _refusals: list[tuple[str, int, str]] = field(default_factory=list)
    _lost: list[str] = field(default_factory=list)
    _running: int = 0

    def refuse(self, marker: str, message: str, *, status: int = 400, times: int = 1) -> None:
        """Refuses the next jobs whose request holds the marker."""
        self._refusals += [(marker, status, message)] * times

    def lose(self, marker: str) -> None:
        """Runs the next job whose request holds the marker, and answers 503 as if nobody had."""
        self._lost.append(marker)

    def look_running(self, times: int) -> None:
        """The next answers to whoever starts a job, or asks for one, say that it is running."""
        self._running = times

    def named(self, part: str) -> list[str]:
        """The jobs that ran with that in their id."""
        return [job for job in self.jobs if part in job]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        if self.is_silent:
            threading.Event().wait(SILENCE_SECONDS)
        text = body.decode(errors="replace")
        is_job = method == "POST" and path.split("?")[0].endswith("/jobs")
        job_id = json.loads(text)["jobReference"]["jobId"] if is_job else ""
        if is_job:
            refusal = next((entry for entry in self._refusals if entry[0] in text), None)
            if refusal:
                self._refusals.remove(refusal)
                return refusal[1], _error(refusal[1], refusal[2])
            if job_id in self.jobs:
                return 409, _error(409, f"Already Exists: Job {job_id}")
            self.jobs.append(job_id)
        answered = requests.request(method, self.target + path, headers=headers, data=body, timeout=120)
        lost = next((marker for marker in self._lost if is_job and marker in text), None)
        if lost:
            self._lost.remove(lost)
            return 503, _error(503, "the answer got lost")
        content = answered.content
        if method == "POST" and (cancelled := re.search(r"/jobs/([^/]+)/cancel", path)):
            self.cancelled.append(cancelled[1])
        elif (is_job or (method == "GET" and "/jobs/" in path)) and self._running:
            self._running -= 1
            job: dict[str, Any] = answered.json()
            job["status"] = {"state": "RUNNING"}
            content = json.dumps(job).encode()
        return answered.status_code, content


@contextmanager
def running_front(target: str) -> Iterator[Front]:
    """A front of the emulator at an address, on a free port."""
    front = Front(target)

    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        kept = {name: value for name, value in headers.items() if name.lower() in KEPT}
        status, content = front.answer(method, path, kept, body)
        return status, {"Content-Type": "application/json"}, content

    with serving(answer) as front.url:
        yield front


SILENCE_SECONDS = 1.0

KEPT = {"content-type", "accept", "authorization", "if-match"}
"""The headers that are passed on."""


def _error(status: int, message: str) -> bytes:
    reason = {404: "notFound", 409: "duplicate", 503: "backendError"}.get(status, "invalidQuery")
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
    return json.dumps({"error": error}).encode()
