"""San Diego's file server: a static CSV per year, told apart by ETag, Last-Modified and length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crime_trends.portals.http import NotAtPortalError, PortalSession
from crime_trends.portals.source import DOWNLOAD_ATTEMPTS, Download, Look

VERSION_HEADERS = {"etag": "ETag", "last_modified": "Last-Modified", "length": "Content-Length"}


class SeshatFile:
    """A file of the server.

    Arguments:
        session: requests to the server.
        path: the path below the host.
    """

    def __init__(self, session: PortalSession, path: str) -> None:
        self.session = session
        self.path = path

    @property
    def name(self) -> str:
        """The path below the host."""
        return self.path

    @property
    def address(self) -> str:
        """The file's address."""
        return self.session.shown_url(self.path)

    def look(self, old_version: dict[str, Any] | None) -> Look:
        """Asks for the headers and compares them with those of the last download."""
        try:
            version = self._version()
        except NotAtPortalError:
            return Look(version={}, change="" if old_version == {} else "the portal does not have it", missing=True)
        size = int(version["length"]) if version["length"] else None
        if old_version and version == old_version and any(version.values()):
            return Look(version, change="", bytes=size)
        changed = [header for key, header in VERSION_HEADERS.items() if version[key] != (old_version or {}).get(key)]
        change = f"{', '.join(changed) or 'no version'} at the portal" if old_version else "the portal has it now"
        return Look(version, change, bytes=size)

    def download(self, file: Path) -> Download:
        """Downloads the file; starts again if it was replaced meanwhile.

        Raises:
            NotAtPortalError: the server does not have it.
            PortalError: it can't be had whole, or was another after every attempt.
        """
        for _ in range(DOWNLOAD_ATTEMPTS):
            before = self._version()
            self.session.download(self.path, file)
            after = self._version()
            if before == after and after["length"] in (None, str(file.stat().st_size)):
                return Download(after)
        raise self.session.busy_error(
            self.address,
            f"expected the same ETag, Last-Modified and length before and after the download, got {before}, then "
            f"{file.stat().st_size} bytes, then {after} (attempts: {DOWNLOAD_ATTEMPTS}); try again later",
        )

    def _version(self) -> dict[str, Any]:
        headers = self.session.head(self.path)
        return {key: headers.get(header) for key, header in VERSION_HEADERS.items()}
