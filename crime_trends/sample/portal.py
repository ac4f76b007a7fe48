"""The built-in sample portal: a small HTTP server that speaks what the project uses of Socrata and of seshat.

One port serves the portals of all cities, at ``http://127.0.0.1:PORT/<city>``:

- Socrata (Austin, Los Angeles): ``/api/views/<id>.json`` and ``/resource/<id>.csv|json`` with the part of SoQL that
  ``crime_trends.sample.soql`` knows; errors as ``{"code": …, "message": …}``.
- seshat (San Diego): the files, with ``ETag`` and ``Last-Modified``; 403 for what does not exist.
- Boundaries of police areas: the GeoJSON files where the registry says that they are, their query left aside. They
  lie in the folder as ``<city>/<path>.geojson``.

If the folder holds a file ``SYNTHETIC``, every answer carries ``X-Crime-Trends-Synthetic: true``.

Faults (``crime_trends.sample.faults.Fault`` lists them) are set in the process with ``portal.faults.add`` or over
HTTP: ``POST /faults`` with one as a JSON object, e.g. ``{"kind": "status", "status": 429, "retry_after": "1",
"city": "austin", "path": "/resource/", "times": 2}``; ``DELETE /faults`` takes all away and undoes what they did to
the data. ``GET /requests`` tells what was asked so far.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType

from crime_trends.datasets import CITIES
from crime_trends.errors import UsageError
from crime_trends.sample.faults import Faults
from crime_trends.sample.folder import PortalFolder
from crime_trends.sample.server import PortalServer, Request

HOST = "127.0.0.1"


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
            self._server = PortalServer((HOST, port), self)
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
