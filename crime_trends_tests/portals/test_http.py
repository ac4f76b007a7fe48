"""Requests to a portal: patience with what passes, one clear error for the rest, and secrets kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from crime_trends import __version__
from crime_trends.errors import PortalError
from crime_trends.portals.http import NotAtPortalError, PortalSession, retry_after_seconds
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import Settings
from crime_trends_tests.portals.conftest import AUSTIN, CALLS, CALLS_2023, Ingest

TOKEN = "s3cr3t-t0k3n"  # noqa: S105


def session(portal: SamplePortal, waits: list[float], **settings: object) -> PortalSession:
    values = {"san_diego_url": portal.urls["san_diego"], "http_attempts": 3, **settings}
    return PortalSession("san_diego", Settings(**values), sleep=waits.append)


@pytest.mark.parametrize(
    "fault",
    [Fault("status", status=500), Fault("status", status=429), Fault("reset"), Fault("cut", bytes=50)],
    ids=["500", "429", "reset", "cut body"],
)
def test_what_passes_is_tried_again(portal: SamplePortal, tmp_path: Path, fault: Fault) -> None:
    portal.faults.add(Fault(**{**vars(fault), "times": 2}))
    waits: list[float] = []
    session(portal, waits).download(CALLS_2023, tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == (portal.folder.root / "san_diego" / CALLS_2023).read_bytes()
    assert len(waits) == 2
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault("status", status=500), "expected a whole answer, got status 500 (attempts: 3)"),
        (Fault("status", status=429, retry_after="7"), "got status 429 (attempts: 3)"),
        (Fault("reset"), "got no connection ([Errno 104] Connection reset by peer) (attempts: 3)"),
        (Fault("cut", bytes=50), "got a body that was cut short (IncompleteRead(50 bytes read, "),
        (Fault("html"), "expected CSV, got text/html"),
        (Fault("status", status=400), "expected status 200, got 400"),
        (Fault("status", status=404), "expected status 200, got 404"),
    ],
    ids=["500 for ever", "429 for ever", "reset for ever", "cut for ever", "HTML with status 200", "400", "404"],
)
def test_each_failure_names_city_address_and_both_sides(
    portal: SamplePortal, tmp_path: Path, fault: Fault, problem: str
) -> None:
    portal.faults.add(fault)
    with pytest.raises(PortalError) as failed:
        session(portal, []).download(CALLS_2023, tmp_path / "file.csv")
    message = str(failed.value)
    assert message.startswith("portal of San Diego (CRIME_TRENDS_SAN_DIEGO_URL), " + portal.urls["san_diego"])
    assert problem in message
    assert "\n" not in message


def test_what_does_not_pass_is_asked_once(portal: SamplePortal) -> None:
    portal.faults.add(Fault("status", status=404))
    with pytest.raises(NotAtPortalError):
        session(portal, []).head(CALLS_2023)
    assert len(portal.requests) == 1


def test_retry_after_is_obeyed(portal: SamplePortal) -> None:
    portal.faults.add(Fault("status", status=429, retry_after="7", times=1))
    waits: list[float] = []
    session(portal, waits).head(CALLS_2023)
    assert waits == [7]


def test_retry_after_as_date_capped_and_nonsense() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 28 <= (retry_after_seconds(soon) or 0) <= 30
    assert retry_after_seconds("86400") == 120
    assert retry_after_seconds(format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)) == 0
    assert retry_after_seconds("soon") is None
    assert retry_after_seconds(None) is None


def test_a_portal_that_says_nothing_ends_with_the_timeout(portal: SamplePortal) -> None:
    portal.faults.add(Fault("slow", seconds=0.5))
    with pytest.raises(PortalError, match=r"no connection \(timed out\) \(attempts: 2\)"):
        session(portal, [], http_timeout_seconds=0.1, http_attempts=2).head(CALLS_2023)


def test_nobody_listens(portal: SamplePortal) -> None:
    closed = session(portal, [])
    portal.stop()
    with pytest.raises(PortalError, match="Connection refused"):
        closed.head(CALLS_2023)


def test_user_agent_names_the_project(portal: SamplePortal) -> None:
    session(portal, []).head(CALLS_2023)
    assert portal.requests[0].headers["user-agent"].startswith(f"crime_trends/{__version__} (+https://")


def test_app_token_goes_to_socrata_only_and_into_no_message(ingest: Ingest, portal: SamplePortal) -> None:
    ingest.settings = ingest.settings.model_copy(update={"socrata_app_token": SecretStr(TOKEN)})
    portal.faults.add(Fault("status", status=500, path="/resource/"))
    with pytest.raises(PortalError) as failed:
        ingest.new().fetch_year(AUSTIN, 2023)
    ingest.new().fetch_year(CALLS, 2023)
    sent = {request.target.split("/")[1]: request.headers.get("x-app-token") for request in portal.requests}
    assert sent == {"austin": TOKEN, "san_diego": None}
    assert TOKEN not in str(failed.value) + "".join(ingest.lines)


def test_password_in_an_address_is_in_no_message(portal: SamplePortal) -> None:
    portal.faults.add(Fault("status", status=404))
    url = portal.urls["san_diego"].replace("http://", "http://me:passw0rd@")
    with pytest.raises(PortalError) as failed:
        session(portal, [], san_diego_url=url).head(CALLS_2023)
    assert "passw0rd" not in str(failed.value)
    assert "127.0.0.1" in str(failed.value)


def test_loopback_goes_around_a_proxy(portal: SamplePortal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert session(portal, []).head(CALLS_2023)["ETag"]
    localhost = portal.urls["san_diego"].replace("127.0.0.1", "localhost")
    assert session(portal, [], san_diego_url=localhost).head(CALLS_2023)["ETag"]


def test_other_hosts_go_through_the_proxy(portal: SamplePortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", portal.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    session(portal, [], san_diego_url="http://portal.example/san_diego").head(CALLS_2023)
    assert [request.target for request in portal.requests] == [f"http://portal.example/san_diego/{CALLS_2023}"]


@contextmanager
def redirect(target: str) -> Iterator[str]:
    """A server that redirects every request to another one."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(301)
            self.send_header("Location", target + self.path)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_app_token_does_not_follow_a_redirect_to_another_host(portal: SamplePortal) -> None:
    with redirect(portal.url.replace("127.0.0.1", "localhost")) as url:
        settings = Settings(san_diego_url=f"{url}/san_diego")
        PortalSession("san_diego", settings, app_token=TOKEN).head(CALLS_2023)
    assert "x-app-token" not in portal.requests[0].headers
