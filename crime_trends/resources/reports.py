"""Where reports are written, as a Dagster resource."""

from __future__ import annotations

import hashlib
from pathlib import Path

import dagster as dg

import crime_trends.reports


class ReportsResource(dg.ConfigurableResource):
    """The folder of the reports.

    Arguments:
        folder: the folder.
    """

    folder: str

    def path(self, name: str) -> Path:
        """The file of that name."""
        return Path(self.folder) / name

    def code_version(self) -> str:
        """Hash of the code that makes the reports: a change of it makes them be written anew."""
        digest = hashlib.sha256()
        for path in sorted(Path(crime_trends.reports.__file__).parent.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]
