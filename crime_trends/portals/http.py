"""HTTP as a portal needs it: patient, polite, and never leaving half an answer behind.

What can pass (429, 5xx, a connection or a body that broke off) is tried again with growing pauses; everything else
ends at once. Each failure is one ``PortalError`` that names the city, the address, what was expected and what came.
"""

from __future__ import annotations

import ipaddress
import math
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import IncompleteRead
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote_plus, urlsplit, urlunsplit

import requests

from crime_trends import __version__
from crime_trends.datasets import CITIES
from crime_trends.errors import PortalBusyError, PortalError
from crime_trends.settings import PREFIX, Settings

USER_AGENT = f"crime_trends/{__version__} (+https://github.com/crime-trends/crime_trends)"
SYNTHETIC_HEADER = "X-Crime-Trends-Synthetic"
APP_TOKEN_HEADER = "X-App-Token"  # noqa: S105  (the header's name)
LONGEST_WAIT_SECONDS = 120.0
CHUNK_BYTES = 1 << 20
PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)

Answer = TypeVar("Answer")


class NotAtPortalError(PortalError):
    """The portal says that it does not have what was asked for: 404, or 403 as S3 and withdrawn data sets answer."""


class _Http(requests.Session):
    """A session that keeps the app token from other hosts: ``requests`` itself only does so for ``Authorization``."""

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        if self.should_strip_auth(str(response.request.url), str(prepared_request.url)):
            prepared_request.headers.pop(APP_TOKEN_HEADER, None)
        super().rebuild_auth(prepared_request, response)


class PortalSession:
    """Requests to the portal of one city.

    Arguments:
        city: key of the city; the settings say where its portal is.
        settings: base address, timeout, number of attempts.
        base_url: another base address than the settings' of the portal.
        app_token: sent with every request; never part of a message.
        sleep: how to wait, in seconds.
    """

    def __init__(
        self,
        city: str,
        settings: Settings,
        *,
        base_url: str | None = None,
        app_token: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.city = city
        self.base_url = base_url or settings.portal_url(city)
        self.synthetic: bool | None = None
        """Whether the portal serves made-up data; None until it has answered."""
        self._timeout = settings.http_timeout_seconds
        self._attempts = settings.http_attempts
        self._sleep = sleep
        self._http = _Http()
        self._http.headers["User-Agent"] = USER_AGENT
        # Lengths are compared with what is on disk, so bodies must come as they are.
        self._http.headers["Accept-Encoding"] = "identity"
        if app_token:
            self._http.headers[APP_TOKEN_HEADER] = app_token
        # A proxy of the environment is for the outside; it can't reach this machine's loopback.
        self._http.trust_env = not is_loopback(self.base_url)

    def head(self, path: str) -> Mapping[str, str]:
        """The headers of a file. Raises as ``download``."""
        return self._send("HEAD", path, {}, lambda response: response.headers)

    def json(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        """A JSON document. Raises as ``download``."""

        def receive(response: requests.Response) -> Any:
            self._expect_type(response, "json")
            try:
                return response.json()
            except requests.JSONDecodeError as error:
                raise self.error(response.url, f"expected JSON, got what can't be read as such ({error})") from None

        return self._send("GET", path, parameters or {}, receive)

    def download(
        self, path: str, file: Path, parameters: Mapping[str, str] | None = None, *, kind: str = "csv"
    ) -> None:
        """Writes an answer to a file, replacing what it held.

        Arguments:
            kind: ``csv`` or ``json``: an answer of another known type is refused.

        Raises:
            NotAtPortalError: 403 or 404.
            PortalError: another status, another type of content, or no whole answer in any attempt.
            OSError: the file could not be written.
        """

        def receive(response: requests.Response) -> None:
            self._expect_type(response, kind)
            with file.open("wb") as stream:
                # A body shorter than its Content-Length raises here.
                for chunk in response.iter_content(CHUNK_BYTES):
                    stream.write(chunk)

        self._send("GET", path, parameters or {}, receive)

    def probe(self, path: str) -> bool | None:
        """Whether the portal serves made-up data, by one request that is not repeated; None if that can't be told."""
        try:
            with self._http.head(self.url(path), timeout=self._timeout) as response:
                if announces_synthetic(response):
                    return True
                return False if response.status_code == 200 else None
        except requests.RequestException:
            return None

    def error(self, address: str, problem: str) -> PortalError:
        """An error about an address of this portal; user name, password and escapes of the address are left out."""
        return PortalError(self._message(address, problem))

    def busy_error(self, address: str, problem: str) -> PortalBusyError:
        """As ``error``, of what may be otherwise in a while."""
        return PortalBusyError(self._message(address, problem))

    def url(self, path: str) -> str:
        """The address of a path below the host, as it is asked for: it can hold a password, so it is never shown."""
        return f"{self.base_url}/{path}"

    def shown_url(self, path: str) -> str:
        """The address of a path below the host for people: without user name and password."""
        return _without_credentials(self.url(path))

    def _send(
        self, method: str, path: str, parameters: Mapping[str, str], receive: Callable[[requests.Response], Answer]
    ) -> Answer:
        url = str(requests.Request(method, self.url(path), params=parameters).prepare().url)
        problem = ""
        for attempt in range(1, self._attempts + 1):
            asked_to_wait = None
            try:
                with self._http.request(method, url, timeout=self._timeout, stream=True) as response:
                    if response.status_code != 429 and response.status_code < 500:
                        self._expect_success(response)
                        return receive(response)
                    problem = f"got status {response.status_code}"
                    asked_to_wait = retry_after_seconds(response.headers.get("Retry-After"))
            except PASSING as error:
                problem = f"got {_reason(error)}"
            except requests.RequestException as error:
                raise self.error(url, f"expected a whole answer, got {_reason(error)}") from None
            if attempt < self._attempts:
                self._sleep(_pause_seconds(attempt) if asked_to_wait is None else asked_to_wait)
        raise self.busy_error(url, f"expected a whole answer, {problem} (attempts: {self._attempts}); try again later")

    def _expect_success(self, response: requests.Response) -> None:
        if response.status_code in (403, 404):
            self.synthetic = announces_synthetic(response)
            raise NotAtPortalError(self._message(response.url, f"expected status 200, got {response.status_code}"))
        if response.status_code != 200:
            raise self.error(response.url, f"expected status 200, got {response.status_code}")
        self.synthetic = announces_synthetic(response)

    def _expect_type(self, response: requests.Response, kind: str) -> None:
        """Refuses a page for people, or an error document, that comes with status 200."""
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        other = {"html", "xhtml+xml", "xml", "json", "csv"} - {kind}
        if content_type.rpartition("/")[2] in other:
            raise self.error(response.url, f"expected {kind.upper()}, got {content_type}")

    def _message(self, address: str, problem: str) -> str:
        shown = _without_credentials(address)
        variable = f"{PREFIX}{self.city.upper()}_URL"
        return f"portal of {CITIES[self.city].name} ({variable}), {unquote_plus(shown)}: {problem}"


def _without_credentials(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def announces_synthetic(response: requests.Response) -> bool:
    """Whether the portal says that it serves made-up data."""
    return response.headers.get(SYNTHETIC_HEADER, "").lower() == "true"


def retry_after_seconds(text: str | None) -> float | None:
    """The seconds that a ``Retry-After`` asks for (a number, or an HTTP date), at most two minutes.

    Returns None for one that is missing or can't be understood.
    """
    if text is None:
        return None
    try:
        seconds = float(text)
        if not math.isfinite(seconds):
            return None
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _pause_seconds(attempt: int) -> float:
    """Doubles with every attempt; the jitter keeps clients apart that failed together."""
    return float(min(2.0 ** (attempt - 1), LONGEST_WAIT_SECONDS) * random.uniform(0.5, 1.0))  # noqa: S311


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine only, which no proxy can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: BaseException) -> str:
    """What lies at the bottom of an error of ``requests``, whose own text can hold addresses with passwords."""
    root = error
    while root.__context__ is not None:
        root = root.__context__
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "a body that was cut short" + (f" ({root})" if isinstance(root, IncompleteRead) else "")
    if isinstance(root, OSError) and not isinstance(root, requests.RequestException):
        return f"no connection ({root})"
    return type(error).__name__
