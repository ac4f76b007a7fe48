"""What ingest needs to know of a year's source, whichever kind of portal it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

DOWNLOAD_ATTEMPTS = 3
"""How often a download starts again because the portal's data changed meanwhile."""


@dataclass(frozen=True)
class Look:
    """What a portal says of a year before anything is downloaded.

    Arguments:
        version: its state, as a manifest keeps it.
        change: how it differs from the state of the last download; "" if it does not.
        missing: the portal has no such file or data set, or (``rows`` is 0) no row of the year.
        rows: the portal's count; None where it publishes none.
        bytes: the size of the download; None where it is not known before.
    """

    version: dict[str, Any]
    change: str
    missing: bool = False
    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Download:
    """What a finished download is.

    Arguments:
        version: the portal's state, the same before and after.
        month_rows: month -> the portal's own count; None where it publishes none.
    """

    version: dict[str, Any]
    month_rows: dict[str, int] | None = field(default=None)


class YearSource(Protocol):
    """A year at a portal."""

    @property
    def name(self) -> str:
        """What is fetched, without the host."""

    @property
    def address(self) -> str:
        """What is fetched, for messages."""

    def look(self, old_version: dict[str, Any] | None) -> Look:
        """Compares the portal's state with that of the last download (None: there was none)."""

    def download(self, file: Path) -> Download:
        """Writes the year's CSV to the file. Raises ``PortalError`` if it can't be had whole."""
