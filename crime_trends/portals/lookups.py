"""San Diego's look-up tables: fetches the files that the portal publishes, and reads them as codes and names."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path

from crime_cleaning.columns import normalized_header

from crime_trends.datasets import Lookup, LookupFile, LookupRow
from crime_trends.errors import PortalError
from crime_trends.lake.base import Lake
from crime_trends.lake.checksums import read_header
from crime_trends.lake.manifests import LakeFile, RawManifest
from crime_trends.portals.http import PortalSession
from crime_trends.portals.landing import landing_file, now, publish, settle
from crime_trends.portals.seshat import SeshatFile
from crime_trends.portals.source import Look

SEPARATOR = ", "
"""Between the paths in the source of a look-up's manifest."""


class LookupFetch:
    """One look-up being brought up to date: first ``look``, then, if that is wanted, ``replace``.

    Arguments:
        lake: where its files go.
        lookup: which.
        session: requests to its portal.
        old: the manifest that the lake now has, if any.
    """

    def __init__(self, lake: Lake, lookup: Lookup, session: PortalSession, old: RawManifest | None) -> None:
        self.lake = lake
        self.lookup = lookup
        self.session = session
        self.old = old
        self._looks: dict[str, Look] = {}

    def look(self) -> bool:
        """Whether one of its files differs at the portal from the last download."""
        versions = self.old.portal_version if self.old else {}
        for entry in self.lookup.files:
            self._looks[entry.path] = SeshatFile(self.session, entry.path).look(versions.get(entry.path))
        return any(look.change for look in self._looks.values())

    def replace(self) -> RawManifest:
        """Downloads all files that the portal has and publishes them; a missing historical one is noted.

        Raises:
            PortalError: the portal lacks a current file, or one that it has can't be had whole or lacks a column.
        """
        missing = [entry for entry in self.lookup.files if self._looks[entry.path].missing]
        for entry in missing:
            if not entry.is_historical:
                raise PortalError(
                    f"{self.lookup.key}: {'withdrawn: ' if self.old else ''}the portal does not have "
                    f"{self.session.shown_url(entry.path)} (status 403 or 404). If it moved, correct its path in "
                    "crime_trends/datasets.py; the last good data stay"
                )
        published = [entry for entry in self.lookup.files if entry not in missing]
        versions = {entry.path: self._looks[entry.path].version for entry in missing}
        stored: list[LakeFile] = []
        header: list[str] = []
        with ExitStack() as landing:
            for entry in published:
                file = landing.enter_context(landing_file(self.lake, self.lookup.key, ""))
                versions[entry.path] = SeshatFile(self.session, entry.path).download(file).version
                rows = len(self._checked(file, entry))
                header = header or read_header(file)
                stored.append(settle(self.lake, file, self.lookup.key, "", rows, self.old))
            manifest = RawManifest(
                dataset=self.lookup.key,
                partition="",
                source=SEPARATOR.join(entry.path for entry in published),
                synthetic=bool(self.session.synthetic),
                fetched_at=now(),
                portal_version=versions,
                files=stored,
                header=header,
                note="; ".join(f"the portal does not have {entry.path}" for entry in missing),
            )
            publish(self.lake, manifest, self.old)
        return manifest

    def _checked(self, file: Path, entry: LookupFile) -> list[tuple[str, str]]:
        try:
            rows = codes_and_names(file, self.lookup)
        except ValueError as error:
            raise PortalError(f"{self.lookup.key}, {self.session.shown_url(entry.path)}: {error}") from None
        if not rows:
            raise PortalError(f"{self.lookup.key}, {self.session.shown_url(entry.path)}: expected codes, got none")
        return rows


def published_files(lookup: Lookup, manifest: RawManifest) -> list[LookupFile]:
    """The files that the portal had, in the order of the manifest's files."""
    paths = manifest.source.split(SEPARATOR)
    return [file for file in lookup.files if file.path in paths]


def lookup_rows(lake: Lake, lookup: Lookup) -> list[LookupRow]:
    """The rows of a look-up as its manifest's files hold them, duplicates included; none if it was never fetched."""
    manifest = lake.raw_manifest(lookup.key, "")
    if manifest is None:
        return []
    rows: list[LookupRow] = []
    with lake.on_this_disk([stored.path for stored in manifest.files]) as root:
        for published, stored in zip(published_files(lookup, manifest), manifest.files, strict=True):
            for code, name in codes_and_names(root / stored.path, lookup):
                rows.append((code, name, published.is_historical, len(rows) + 1))
    return rows


def codes_and_names(file: Path, lookup: Lookup) -> list[tuple[str, str]]:
    """The codes and names of one file, without outer spaces; further columns and blank lines are left out.

    Raises:
        ValueError: it is no CSV in UTF-8, or lacks one of the two columns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            header, *records = csv.reader(stream)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    except ValueError as error:
        raise ValueError("it is empty" if not file.stat().st_size else f"it is not UTF-8: {error}") from None
    names = [normalized_header(text) for text in header]
    for needed in (lookup.code_source, lookup.name_source):
        if needed not in names:
            raise ValueError(f"expected the column {needed}, got {', '.join(header)}")
    code, name = names.index(lookup.code_source), names.index(lookup.name_source)
    width = max(code, name) + 1
    padded = (record + [""] * (width - len(record)) for record in records if any(record))
    return [(record[code].strip(), record[name].strip()) for record in padded]
