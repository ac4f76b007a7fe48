"""Rows outside: those of a dataset's Socrata sources that belong to none of its years, undated or dated outside.

They are fetched by a query of their own, so that years and rows outside together are all that the portal publishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from crime_trends.datasets import Dataset, SocrataSource
from crime_trends.errors import PortalBusyError, PortalError
from crime_trends.lake.base import Lake
from crime_trends.lake.checksums import Measured
from crime_trends.lake.manifests import LakeFile, PortalRows, RawManifest
from crime_trends.months import month_range
from crime_trends.portals.contract import measured_download, new_columns
from crime_trends.portals.http import PortalSession
from crime_trends.portals.landing import landing_file, now, publish, settle
from crime_trends.portals.socrata_rows import SocrataOutside
from crime_trends.portals.source import Look
from crime_trends.settings import Settings


def span(dataset: Dataset, source: SocrataSource, this_year: int) -> tuple[str, str]:
    """The first and the last month that the years of a source hold, ``YYYY-MM``; an open source ends with this year."""
    first = max(f"{source.first_year}-01", dataset.first_month)
    last = f"{source.last_year or this_year}-12"
    return first, min(last, dataset.last_month or last)


class OutsideFetch:
    """The rows outside of one dataset being brought up to date: first ``look``, then, if wanted, ``replace``.

    Arguments:
        settings: how downloads are measured.
        lake: where the files go, one for each source that has such rows.
        dataset: which.
        session: requests to its portal.
        sources: what lies outside, by source of the dataset.
        old: the manifest that the lake now has, if any.
    """

    def __init__(
        self,
        settings: Settings,
        lake: Lake,
        dataset: Dataset,
        session: PortalSession,
        sources: Sequence[SocrataOutside],
        old: RawManifest | None,
    ) -> None:
        self.settings = settings
        self.lake = lake
        self.dataset = dataset
        self.session = session
        self.sources = sources
        self.old = old
        self._looks: dict[str, Look] = {}

    def look(self) -> Look:
        """How the sources together differ from the last download.

        A source may be missing at the portal: the years of it that were asked for say so themselves.

        Raises:
            PortalError: a source that the portal had is gone, or the portal has none of them.
        """
        versions = self.old.portal_version if self.old else {}
        self._looks = {source.name: source.look(versions.get(source.name)) for source in self.sources}
        missing = [source for source in self.sources if self._looks[source.name].missing]
        for source in missing:
            if versions.get(source.name):
                raise PortalError(
                    f"{self.dataset.outside_key}: withdrawn: the portal no longer has {source.data_set.address} "
                    "(status 403 or 404); the last good data stay"
                )
        if len(missing) == len(self.sources):
            raise PortalError(
                f"{self.dataset.outside_key}: the portal does not have {missing[0].data_set.address} (status 403 or "
                "404). If it moved, correct its source in crime_trends/datasets.py"
            )
        changes = {look.change: None for look in self._looks.values() if look.change and not look.missing}
        return Look(
            {name: look.version for name, look in self._looks.items()},
            ", ".join(changes),
            rows=sum(look.rows or 0 for look in self._looks.values()) if changes or self.old is None else self.old.rows,
        )

    def replace(self) -> RawManifest:
        """Downloads the rows of all sources that the portal has, and publishes them.

        Raises:
            PortalError: they can't be had whole, or do not fit their contract.
        """
        versions: dict[str, dict[str, Any]] = {name: look.version for name, look in self._looks.items()}
        missing = [source for source in self.sources if self._looks[source.name].missing]
        counted = PortalRows(0, {}, 0)
        files: list[LakeFile] = []
        measured: list[Measured] = []
        with ExitStack() as landing:
            for source in (source for source in self.sources if source not in missing):
                file = landing.enter_context(landing_file(self.lake, self.dataset.outside_key, ""))
                versions[source.name], rows = source.download(file)
                counted += rows
                months = month_range(source.first_month, source.last_month)
                found = measured_download(
                    self.settings, self.dataset, self.dataset.outside_key, months, file, source.address
                )
                new_columns(self.dataset, found.header, source.address)
                self._check_rows(source, found, rows.outside)
                if not found.rows:
                    continue
                measured.append(found)
                files.append(settle(self.lake, file, self.dataset.outside_key, "", found.rows, self.old))
            manifest = RawManifest(
                dataset=self.dataset.outside_key,
                partition="",
                source=", ".join(source.name for source in self.sources if source not in missing),
                synthetic=bool(self.session.synthetic),
                fetched_at=now(),
                portal_version=versions,
                files=files,
                header=measured[0].header if measured else [],
                has_line_breaks=any(found.has_line_breaks for found in measured),
                undated_rows=sum(found.rows for found in measured),
                undated_checksum="+".join(found.undated_checksum for found in measured),
                note="; ".join(f"the portal does not have {source.name}" for source in missing),
                portal_rows=counted,
            )
            publish(self.lake, manifest, self.old)
        return manifest

    def _check_rows(self, source: SocrataOutside, found: Measured, expected: int) -> None:
        """Refuses other rows than the portal counts, and rows that ingest itself would date within a year."""
        if found.rows != expected:
            raise PortalBusyError(
                f"{self.dataset.outside_key}, {source.address}: the rows that came are not as many as the portal "
                f"itself counts: expected {expected}, got {found.rows}; try again later"
            )
        if found.months:
            raise PortalError(
                f"{self.dataset.outside_key}, {source.address}: expected no row that is dated within these months, got "
                f"{sum(rows for rows, _ in found.months.values())}, in {', '.join(found.months)}: the portal does not "
                "read their dates as such; the last good data stay"
            )
