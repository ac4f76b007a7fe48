"""The built-in sample portal: a small HTTP server that speaks what the project uses of Socrata and of seshat.

One port serves the portals of all cities, at ``http://127.0.0.1:PORT/<city>``:

- Socrata (Austin, Los Angeles): ``/api/views/<id>.json`` and ``/resource/<id>.csv|json`` with the part of SoQL that
  ``crime_trends.sample.soql`` knows; errors as ``{"code": …, "message": …}``.
- seshat (San Diego): the files, with ``ETag`` and ``Last-Modified``; 403 for what does not exist.

If the folder holds a file ``SYNTHETIC``, every answer carries ``X-Crime-Trends-Synthetic: true``.

Faults (``crime_trends.sample.faults.Fault`` lists them) are set in the process with ``portal.faults.add`` or over
HTTP: ``POST /faults`` with one as a JSON object, e.g. ``{"kind": "status", "status": 429, "retry_after": "1",
"city": "austin", "path": "/resource/", "times": 2}``; ``DELETE /faults`` takes all away and undoes what they did to
the data. ``GET /requests`` tells what was asked so far.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from crime_trends.datasets import CITIES, DATASETS, SeshatSource
from crime_trends.errors import CrimeTrendsError, UsageError
from crime_trends.sample.faults import Fault, Faults
from crime_trends.sample.folder import DataSet, PortalFolder
from crime_trends.sample.soql import Query, SoqlError, quoted, translate

HOST = "127.0.0.1"
ROWS_AT_ONCE = 5_000
FILE_SERVER_CITIES = {d.city for d in DATASETS.values() if any(isinstance(s, SeshatSource) for s in d.sources)}
SOCRATA_PATH = re.compile(
    r"/(?:api/views/(?P<view>\w{4}-\w{4})|resource/(?P<resource>\w{4}-\w{4}))\.(?P<form>csv|json)"
)


@dataclass(frozen=True)
class Request:
    """A request that the portal answered; ``headers`` are the client's, with names in lower case."""

    method: str
    target: str
    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass
class _Answer:
    """An answer before it is sent: a whole body, or pieces that go out in chunks."""

    status: int
    content_type: str
    body: bytes | Iterator[bytes]
    headers: dict[str, str] = field(default_factory=dict)


class SamplePortal:
    """The sample portal over a portal folder, on the loopback interface. A context manager: it serves within it.

    Arguments:
        data_dir: the portal folder.
        port: 0 takes a free one.

    Raises:
        UsageError: the folder is missing or none, or the port is in use.
    """

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        self.folder = PortalFolder(data_dir)
        self.faults = Faults()
        self.requests: list[Request] = []
        try:
            self._server = _Server((HOST, port), self)
        except (OSError, OverflowError) as error:
            self.folder.close()
            raise UsageError(f"the port {port} can't be used: {error}; name another one") from None
        self._thread: threading.Thread | None = None

    @property
    def urls(self) -> dict[str, str]:
        """City -> base address of its portal, without a final slash."""
        return {city: f"{self.url}/{city}" for city in CITIES}

    @property
    def url(self) -> str:
        """The server's own address, where ``/faults`` and ``/requests`` are."""
        return f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Serves from a thread of its own until ``stop``."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops serving: closes the port and all connections, also those that are kept alive."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()
        self._server.close_connections()
        self.folder.close()

    def clear_faults(self) -> None:
        """Takes all faults away and undoes what they did to the data."""
        self.faults.clear()
        self.folder.forget()

    def __enter__(self) -> SamplePortal:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def serve_portal(data_dir: Path, port: int) -> None:
    """Serves a portal folder until SIGINT or SIGTERM.

    Prints a line ``CRIME_TRENDS_<CITY>_URL=…`` for each city, ready for an environment file, once it listens.
    Belongs in the main thread, where signals arrive.

    Raises:
        UsageError: the folder is missing or none, or the port is in use.
    """
    stopped = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopped.set()

    with SamplePortal(data_dir, port) as portal:
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        for city, url in portal.urls.items():
            sys.stdout.write(f"CRIME_TRENDS_{city.upper()}_URL={url}\n")
        sys.stdout.flush()
        stopped.wait()
        for number, handler in before.items():
            signal.signal(number, handler)


class _Server(ThreadingHTTPServer):
    """The socket side; it knows its connections, so that ``stop`` ends those that are kept alive too."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], portal: SamplePortal) -> None:
        self.portal = portal
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a client that went away is no error of ours
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it ended by itself


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "crime_trends_sample_portal"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the log is ``GET /requests``."""

    def _handle(self) -> None:
        portal = self.server.portal
        parts = urlsplit(self.path)
        if parts.path in ("/faults", "/requests"):
            self._send(self._control(parts.path), None)
            return
        city, _, path = parts.path.removeprefix("/").partition("/")
        path = f"/{unquote(path)}"
        faults = portal.faults.meet(city, path + (f"?{unquote_plus(parts.query)}" if parts.query else ""))
        by_kind: dict[str, Fault] = {fault.kind: fault for fault in faults}
        if "slow" in by_kind:
            time.sleep(by_kind["slow"].seconds)
        if "reset" in by_kind:
            self._record(0)
            self._reset()
            return
        if "status" in by_kind:
            answer = _error(by_kind["status"].status, "fault", "An injected fault")
            if by_kind["status"].retry_after is not None:
                answer.headers["Retry-After"] = str(by_kind["status"].retry_after)
        elif "html" in by_kind:
            answer = _Answer(200, "text/html; charset=utf-8", b"<!DOCTYPE html><title>Down for maintenance</title>")
        else:
            try:
                answer = self._answer(city, path, dict(parse_qsl(parts.query, keep_blank_values=True)), by_kind)
            except SoqlError as error:
                answer = _error(400, error.code, str(error))
            except CrimeTrendsError as error:
                answer = _error(500, "internal-error", str(error))
        if portal.folder.is_synthetic:
            answer.headers["X-Crime-Trends-Synthetic"] = "true"
        self._record(answer.status)
        self._send(answer, by_kind["cut"].bytes if "cut" in by_kind else None)

    def _record(self, status: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.portal.requests.append(Request(self.command, self.path, status, headers))

    def _control(self, path: str) -> _Answer:
        portal = self.server.portal
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.command, path:
            case "POST", "/faults":
                try:
                    portal.faults.add(Fault.from_json(json.loads(body)))
                except (ValueError, UsageError) as error:
                    return _error(400, "fault", str(error))
            case "DELETE", "/faults":
                portal.clear_faults()
            case "GET", "/requests":
                return _json([{"method": r.method, "target": r.target, "status": r.status} for r in portal.requests])
            case _:
                return _error(405, "method_not_allowed", f"{self.command} {path} is not served")
        return _json({})

    def _answer(self, city: str, path: str, parameters: dict[str, str], faults: dict[str, Fault]) -> _Answer:
        if self.command not in ("GET", "HEAD"):
            return _error(405, "method_not_allowed", f"{self.command} is not served")
        if city in FILE_SERVER_CITIES:
            return self._file(city, path)
        match = SOCRATA_PATH.fullmatch(path)
        id = (match["view"] or match["resource"]) if match else ""
        folder = self.server.portal.folder
        data_set = folder.data_set(city, id) if match and city in CITIES else None
        if match is None or data_set is None:
            return _error(404, "dataset.missing", f"Not found: /{city}{path}")
        if "touch" in faults:
            folder.touch(city, id)
        if "insert_row" in faults:
            folder.insert_row(city, id, parameters.get("$where", ":id IS NOT NULL"))
        data_set = folder.data_set(city, id) or data_set
        if match["view"]:
            return _metadata(data_set)
        return self._rows(data_set, translate(parameters, data_set.table), match["form"], faults)

    def _file(self, city: str, path: str) -> _Answer:
        file = self.server.portal.folder.file(city, path.removeprefix("/"))
        if file is None:
            body = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>'
            return _Answer(403, "application/xml", body)
        headers = {"ETag": file.etag, "Last-Modified": format_datetime(file.modified_at, usegmt=True)}
        content_type = "text/csv" if path.endswith(".csv") else "application/octet-stream"
        if self.headers.get("If-None-Match") == file.etag:
            return _Answer(304, content_type, b"", headers)
        return _Answer(200, content_type, file.content, headers)

    def _rows(self, data_set: DataSet, query: Query, form: str, faults: dict[str, Fault]) -> _Answer:
        headers = {
            "X-SODA2-Fields": json.dumps(query.fields),
            "Last-Modified": format_datetime(datetime.fromtimestamp(data_set.rows_updated_at, UTC), usegmt=True),
        }
        cursor = self.server.portal.folder.cursor()
        if form == "json":
            off = faults["wrong_count"].rows if "wrong_count" in faults else 0
            rows = [
                {
                    name: str(int(value) + off) if name in query.counts else value
                    for name, value in zip(query.fields, row, strict=True)
                    if value is not None
                }
                for row in cursor.execute(query.sql, query.values).fetchall()
            ]
            answer = _json(rows)
            answer.headers |= headers
            return answer
        missing = faults["drop_column"].column if "drop_column" in faults else None
        fields = [name for name in query.fields if name != missing]
        # DuckDB writes the lines: many times faster than doing so here.
        line = " || ',' || ".join(f"coalesce('\"' || replace({quoted(n)}, '\"', '\"\"') || '\"', '')" for n in fields)
        cursor.execute(f"SELECT {line} FROM ({query.sql})", query.values)
        head = ",".join(f'"{name}"' for name in fields)
        less = faults["drop_rows"].rows if "drop_rows" in faults else 0
        return _Answer(200, "text/csv; charset=utf-8", _lines(head, cursor, less), headers)

    def _send(self, answer: _Answer, cut_after: int | None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        is_chunked = not isinstance(answer.body, bytes)
        if isinstance(answer.body, bytes):
            self.send_header("Content-Length", str(len(answer.body)))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command == "HEAD" or answer.status == HTTPStatus.NOT_MODIFIED:
            return
        left = cut_after
        for piece in [answer.body] if isinstance(answer.body, bytes) else answer.body:
            sent = piece if left is None else piece[:left]
            if sent:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(sent), sent) if is_chunked else sent)
            if left is not None:
                left -= len(sent)
                if left == 0:
                    self.close_connection = True
                    return
        if is_chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _reset(self) -> None:
        """Ends the connection so that the client sees a reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True


def _metadata(data_set: DataSet) -> _Answer:
    return _json(
        {
            "id": data_set.id,
            "name": data_set.title,
            "rowsUpdatedAt": data_set.rows_updated_at,
            "columns": [
                {"fieldName": column.field_name, "name": column.name, "dataTypeName": column.type}
                for column in data_set.columns
            ],
        }
    )


def _lines(head: str, cursor: Any, less: int) -> Iterator[bytes]:
    yield f"{head}\n".encode()
    held: list[str] = []
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        held += [line for (line,) in rows]
        kept = len(held) - less
        if kept > 0:
            yield "".join(f"{line}\n" for line in held[:kept]).encode()
            held = held[kept:]


def _json(value: object) -> _Answer:
    return _Answer(200, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode())


def _error(status: int, code: str, message: str) -> _Answer:
    body = json.dumps({"code": code, "error": True, "message": message}).encode()
    return _Answer(status, "application/json; charset=utf-8", body)
