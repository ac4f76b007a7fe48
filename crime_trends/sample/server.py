"""The sample portal's socket side: connections, requests, and the faults that are made while answering."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from crime_trends.datasets import BOUNDARIES, CITIES, DATASETS, SeshatSource
from crime_trends.errors import CrimeTrendsError, UsageError
from crime_trends.sample.answers import (
    Answer,
    csv_rows_answer,
    error_answer,
    file_answer,
    json_answer,
    json_rows_answer,
    metadata_answer,
)
from crime_trends.sample.faults import Fault
from crime_trends.sample.soql import translate
from crime_trends.sample.soql_parser import SoqlError

if TYPE_CHECKING:
    from crime_trends.sample.portal import SamplePortal

FILE_SERVER_CITIES = {d.city for d in DATASETS.values() if any(isinstance(s, SeshatSource) for s in d.sources)}
SOCRATA_PATH = re.compile(
    r"/(?:api/views/(?P<view>\w{4}-\w{4})|resource/(?P<resource>\w{4}-\w{4}))\.(?P<form>csv|json)"
)
BOUNDARY_FILES = {
    (boundary.city, f"/{boundary.path.partition('?')[0]}"): boundary.file for boundary in BOUNDARIES.values()
}
"""(city, path that is asked for) -> the file of the folder that holds the boundaries."""


@dataclass(frozen=True)
class Request:
    """A request that the portal answered; ``headers`` are the client's, with names in lower case."""

    method: str
    target: str
    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)


class PortalServer(ThreadingHTTPServer):
    """The socket side; it knows its connections, so that ``stop`` ends those that are kept alive too."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], portal: SamplePortal) -> None:
        self.portal = portal
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remembers the connection and answers it in a thread of its own."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Ends a connection."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Shows what went wrong while answering."""
        if not isinstance(sys.exc_info()[1], OSError):  # a client that went away is no error of ours
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        """Ends the connections that are still open."""
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it ended by itself


class _Handler(BaseHTTPRequestHandler):
    server: PortalServer
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
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path in ("/faults", "/requests"):
            self._send(self._control(parts.path, body), None)
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
            answer = error_answer(by_kind["status"].status, "fault", "An injected fault")
            if by_kind["status"].retry_after is not None:
                answer.headers["Retry-After"] = str(by_kind["status"].retry_after)
        elif "html" in by_kind:
            answer = Answer(200, "text/html; charset=utf-8", b"<!DOCTYPE html><title>Down for maintenance</title>")
        else:
            try:
                answer = self._answer(city, path, dict(parse_qsl(parts.query, keep_blank_values=True)), by_kind)
            except SoqlError as error:
                answer = error_answer(400, error.code, str(error))
            except CrimeTrendsError as error:
                answer = error_answer(500, "internal-error", str(error))
        if portal.folder.is_synthetic:
            answer.headers["X-Crime-Trends-Synthetic"] = "true"
        self._record(answer.status)
        self._send(answer, by_kind["cut"].bytes if "cut" in by_kind else None)

    def _record(self, status: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.portal.requests.append(Request(self.command, self.path, status, headers))

    def _control(self, path: str, body: bytes) -> Answer:
        portal = self.server.portal
        match self.command, path:
            case "POST", "/faults":
                try:
                    portal.faults.add(Fault.from_json(json.loads(body)))
                except (ValueError, UsageError) as error:
                    return error_answer(400, "fault", str(error))
            case "DELETE", "/faults":
                portal.clear_faults()
            case "GET", "/requests":
                return json_answer(
                    [{"method": r.method, "target": r.target, "status": r.status} for r in portal.requests]
                )
            case _:
                return error_answer(405, "method_not_allowed", f"{self.command} {path} is not served")
        return json_answer({})

    def _answer(self, city: str, path: str, parameters: dict[str, str], faults: dict[str, Fault]) -> Answer:
        if self.command not in ("GET", "HEAD"):
            return error_answer(405, "method_not_allowed", f"{self.command} is not served")
        folder = self.server.portal.folder
        if city in FILE_SERVER_CITIES:
            if "touch" in faults:
                folder.touch_file(city, path.removeprefix("/"))
            return file_answer(folder, city, path.removeprefix("/"), self.headers.get("If-None-Match"))
        boundaries = BOUNDARY_FILES.get((city, path), "")
        if boundaries and folder.file(city, boundaries):
            return file_answer(folder, city, boundaries, self.headers.get("If-None-Match"))
        match = SOCRATA_PATH.fullmatch(path)
        id = (match["view"] or match["resource"]) if match else ""
        data_set = folder.data_set(city, id) if match and city in CITIES else None
        if match is None or data_set is None:
            return error_answer(404, "dataset.missing", f"Not found: /{city}{path}")
        if "touch" in faults:
            folder.touch(city, id)
        if "insert_row" in faults:
            folder.insert_row(city, id, parameters.get("$where", ":id IS NOT NULL"))
        data_set = folder.data_set(city, id) or data_set
        if match["view"]:
            return metadata_answer(data_set)
        query = translate(parameters, data_set.table)
        if match["form"] == "json":
            count_error = faults["wrong_count"].rows if "wrong_count" in faults else 0
            return json_rows_answer(folder, data_set, query, count_error)
        dropped_column = faults["drop_column"].column if "drop_column" in faults else ""
        dropped_rows = faults["drop_rows"].rows if "drop_rows" in faults else 0
        return csv_rows_answer(folder, data_set, query, dropped_column, dropped_rows)

    def _send(self, answer: Answer, cut_after: int | None) -> None:
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
