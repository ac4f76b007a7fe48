"""Brings raw years, rows outside, look-ups and boundaries from the portals into the lake: what changed, in one step.

A download goes to a new file, is measured and compared with what the portal owes, and only then becomes the year by
way of its manifest. Whatever fails before that leaves the last good data as they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from crime_trends.datasets import DATASETS, Boundary, Dataset, Lookup, SocrataSource
from crime_trends.errors import PortalError
from crime_trends.lake.base import Lake
from crime_trends.lake.manifests import RawManifest, RawMonth, changed_months
from crime_trends.months import month_of_undated, month_range
from crime_trends.portals.boundaries import replaced_boundary
from crime_trends.portals.contract import check_counts, check_dates, measured_download, new_columns
from crime_trends.portals.http import PortalSession
from crime_trends.portals.kind import refuse_other_kind
from crime_trends.portals.landing import disk_errors, landing_file, now, publish, settle
from crime_trends.portals.lookups import LookupFetch
from crime_trends.portals.outside import OutsideFetch, span
from crime_trends.portals.seshat import SeshatFile
from crime_trends.portals.socrata import SocrataDataSet
from crime_trends.portals.socrata_rows import SocrataOutside, SocrataYear
from crime_trends.portals.source import Look, YearSource
from crime_trends.portals.token import socrata_app_token
from crime_trends.settings import Settings

NEW_YEAR_DAYS = 31
"""A new year's file may be missing for so long: San Diego's appeared between 2 and 10 January in 2024 to 2026."""


@dataclass(frozen=True)
class FetchResult:
    """What came of fetching a raw year, rows outside, a look-up or boundaries.

    Arguments:
        manifest: what the lake now holds.
        status: ``fetched`` (a new manifest with rows), ``empty`` (a new manifest without), ``unchanged`` (nothing was
            written).
        changed_months: the months whose rows differ from the manifest that was replaced, also those that vanished.
        new_columns: columns that no column map names.
    """

    manifest: RawManifest
    status: Literal["fetched", "unchanged", "empty"]
    changed_months: list[str] = field(default_factory=list)
    new_columns: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FetchPlan:
    """What fetching a raw year or rows outside would do.

    Arguments:
        fetch: whether anything would be downloaded.
        reason: why, or why not.
        rows: the portal's count; None where it publishes none.
        bytes: the size of the download; None where it is not known before.
    """

    fetch: bool
    reason: str
    rows: int | None
    bytes: int | None


class RawIngest:
    """Fetches raw years, rows outside, look-ups and boundaries.

    What the portals say of their state is asked once, so one object serves one run.

    Arguments:
        settings: where the portals are and how they are asked.
        lake: where the files go.
        progress: told what happens, one line each.
        sleep: how to wait between attempts, in seconds.
        today: the day that decides whether a year is new, UTC.
    """

    def __init__(
        self,
        settings: Settings,
        lake: Lake,
        *,
        progress: Callable[[str], None] = lambda line: None,
        sleep: Callable[[float], None] = time.sleep,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self.settings = settings
        self.lake = lake
        self._progress = progress
        self._sleep = sleep
        self._today = today
        self._sessions: dict[str, PortalSession] = {}
        self._data_sets: dict[str, SocrataDataSet] = {}

    def plan_year(self, dataset: Dataset, year: int, *, force: bool = False) -> FetchPlan:
        """What ``fetch_year`` would do, from the same questions to the portal. Writes nothing. Raises likewise."""
        with disk_errors(self.lake):
            old = self.lake.raw_manifest(dataset.key, str(year))
        source = self._source(dataset, year)
        look = self._look(dataset, source, old)
        if look.missing:
            self._refuse_missing(dataset, year, source, look, old)
            return FetchPlan(False, "not published yet", 0, None)
        reason = self._reason(look, old, force)
        return FetchPlan(bool(reason), reason or "unchanged", look.rows, look.bytes)

    def fetch_year(self, dataset: Dataset, year: int, *, force: bool = False) -> FetchResult:
        """Brings a year of a dataset up to date with its portal.

        Arguments:
            dataset, year: which; the year lies in the dataset's span.
            force: download although the portal says that nothing changed.

        Raises:
            UsageError: the portal serves made-up data and the home holds real ones, or the reverse.
            PortalError: the portal can't be reached, has withdrawn the year, or sent what does not fit its contract.
            LakeConflictError: another process published the year meanwhile.
            CrimeTrendsError: the lake can't be written.
        """
        with disk_errors(self.lake):
            old = self.lake.raw_manifest(dataset.key, str(year))
            source = self._source(dataset, year)
            look = self._look(dataset, source, old)
            if look.missing:
                self._refuse_missing(dataset, year, source, look, old)
                return self._keep_empty(dataset, year, source, look.version, old)
            reason = self._reason(look, old, force)
            if old is not None and not reason:
                return FetchResult(old, "unchanged", new_columns=dataset.column_map.unknown_columns(old.header))
            self._progress(f"{dataset.key} {year}: fetching{_size(look)} ({reason})")
            return self._replace(dataset, year, source, old)

    def plan_outside(self, dataset: Dataset, *, force: bool = False) -> FetchPlan:
        """What ``fetch_outside`` would do, from the same questions to the portal. Writes nothing. Raises likewise."""
        fetch, look = self._outside(dataset)
        reason = self._reason(look, fetch.old, force)
        return FetchPlan(bool(reason), reason or "unchanged", look.rows, None)

    def fetch_outside(self, dataset: Dataset, *, force: bool = False) -> FetchResult:
        """Brings the rows of a dataset that no year holds up to date with its portal.

        Arguments:
            dataset: one that has Socrata sources.
            force: download although the portal says that nothing changed.

        Raises:
            As ``fetch_year``.
        """
        with disk_errors(self.lake):
            fetch, look = self._outside(dataset)
            reason = self._reason(look, fetch.old, force)
            if fetch.old is not None and not reason:
                return FetchResult(fetch.old, "unchanged")
            self._progress(f"{dataset.outside_key}: fetching{_size(look)} ({reason})")
            manifest = fetch.replace()
            return FetchResult(manifest, "fetched" if manifest.rows else "empty")

    def fetch_lookup(self, lookup: Lookup, *, force: bool = False) -> FetchResult:
        """Brings a look-up up to date with its portal; a historical file that is missing there is noted.

        Raises:
            As ``fetch_year``.
        """
        with disk_errors(self.lake):
            old = self.lake.raw_manifest(lookup.key, "")
            session = self._session(lookup.city)
            fetch = LookupFetch(self.lake, lookup, session, old)
            changed = fetch.look()
            self._refuse_other_kind(session)
            if old is not None and not changed and not force:
                return FetchResult(old, "unchanged")
            self._progress(f"{lookup.key}: fetching")
            return FetchResult(fetch.replace(), "fetched")

    def fetch_boundary(self, boundary: Boundary) -> FetchResult:
        """Brings boundaries up to date: they are downloaded each time, since not every portal tells their version.

        Raises:
            As ``fetch_year``.
        """
        with disk_errors(self.lake):
            old = self.lake.raw_manifest(boundary.key, "")
            maps = self.settings.maps_url(boundary.city)
            session = PortalSession(boundary.city, self.settings, base_url=maps, sleep=self._sleep)
            self._progress(f"{boundary.key}: fetching")
            manifest = replaced_boundary(self.settings, self.lake, boundary, session, old)
            return FetchResult(manifest, "unchanged" if manifest is old else "fetched")

    def _session(self, city: str) -> PortalSession:
        if city not in self._sessions:
            token = socrata_app_token(self.settings) if _is_socrata(city) else None
            self._sessions[city] = PortalSession(city, self.settings, app_token=token, sleep=self._sleep)
        return self._sessions[city]

    def _source(self, dataset: Dataset, year: int) -> YearSource:
        source = dataset.source(year)
        session = self._session(dataset.city)
        if not isinstance(source, SocrataSource):
            return SeshatFile(session, source.path.format(year=year))
        months = raw_months(dataset, year)
        return SocrataYear(self._data_set(session, source), months[0], months[-1])

    def _data_set(self, session: PortalSession, source: SocrataSource) -> SocrataDataSet:
        if source.id not in self._data_sets:
            self._data_sets[source.id] = SocrataDataSet(session, source, self.settings.socrata_page_rows)
        return self._data_sets[source.id]

    def _outside(self, dataset: Dataset) -> tuple[OutsideFetch, Look]:
        session, this_year = self._session(dataset.city), self._today().year
        sources = [
            SocrataOutside(self._data_set(session, source), *span(dataset, source, this_year))
            for source in dataset.socrata_sources
        ]
        old = self.lake.raw_manifest(dataset.outside_key, "")
        fetch = OutsideFetch(self.settings, self.lake, dataset, session, sources, old)
        look = fetch.look()
        self._refuse_other_kind(session)
        return fetch, look

    def _look(self, dataset: Dataset, source: YearSource, old: RawManifest | None) -> Look:
        look = source.look(old.portal_version if old and old.source == source.name else None)
        self._refuse_other_kind(self._session(dataset.city))
        return look

    def _refuse_other_kind(self, session: PortalSession) -> None:
        refuse_other_kind(self.settings, self.lake, session.city, bool(session.synthetic))

    @staticmethod
    def _reason(look: Look, old: RawManifest | None, force: bool) -> str:
        if old is None:
            return "never fetched"
        return look.change or ("forced" if force else "")

    def _refuse_missing(
        self, dataset: Dataset, year: int, source: YearSource, look: Look, old: RawManifest | None
    ) -> None:
        """Raises unless a year that the portal does not have may be an empty partition."""
        if old is not None and old.files:
            raise PortalError(
                f"{dataset.key} {year}: withdrawn: the portal no longer has {source.address}, of which {old.rows} rows "
                f"were fetched at {old.fetched_at}; they stay"
            )
        today = self._today()
        is_new = year == today.year and today.timetuple().tm_yday <= NEW_YEAR_DAYS
        if look.rows != 0 and not (isinstance(source, SeshatFile) and is_new):
            raise PortalError(
                f"{dataset.key} {year}: the portal does not have {source.address} (status 403 or 404). If it moved, "
                "correct its source in crime_trends/datasets.py"
            )

    def _keep_empty(
        self, dataset: Dataset, year: int, source: YearSource, version: dict[str, Any], old: RawManifest | None
    ) -> FetchResult:
        if old is not None:
            return FetchResult(old, "unchanged")
        note = f"the portal has no rows of {year} yet"
        manifest = self._manifest(dataset, year, source, portal_version=version, files=[], note=note)
        publish(self.lake, manifest, None)
        self._progress(f"{dataset.key} {year}: {note}")
        return FetchResult(manifest, "empty")

    def _replace(self, dataset: Dataset, year: int, source: YearSource, old: RawManifest | None) -> FetchResult:
        with landing_file(self.lake, dataset.key, str(year)) as file:
            download = source.download(file)
            measured = measured_download(
                self.settings, dataset, f"{dataset.key} {year}", raw_months(dataset, year), file, source.address
            )
            added = new_columns(dataset, measured.header, source.address)
            portal_rows = download.month_rows
            if portal_rows is not None:
                check_counts(dataset, measured, portal_rows, source.address)
            else:
                check_dates(dataset, measured, year, source.address)
            if not measured.rows:
                no_rows = Look(download.version, change="", missing=True, rows=0)
                self._refuse_missing(dataset, year, source, no_rows, old)
                return self._keep_empty(dataset, year, source, download.version, old)
            manifest = self._manifest(
                dataset,
                year,
                source,
                portal_version=download.version,
                files=[settle(self.lake, file, dataset.key, str(year), measured.rows, old)],
                header=measured.header,
                has_line_breaks=measured.has_line_breaks,
                months={
                    month: RawMonth(rows, checksum, portal_rows.get(month) if portal_rows is not None else None)
                    for month, (rows, checksum) in measured.months.items()
                },
                undated_rows=measured.undated_rows,
                undated_checksum=measured.undated_checksum,
            )
            publish(self.lake, manifest, old)
        changed = changed_months(old, manifest, month_of_undated(dataset, str(year)))
        self._progress(f"{dataset.key} {year}: {manifest.rows} rows, {len(changed)} months changed")
        return FetchResult(manifest, "fetched", changed, added)

    def _manifest(self, dataset: Dataset, year: int, source: YearSource, **more: Any) -> RawManifest:
        return RawManifest(
            dataset=dataset.key,
            partition=str(year),
            source=source.name,
            synthetic=bool(self._session(dataset.city).synthetic),
            fetched_at=now(),
            **more,
        )


def _is_socrata(city: str) -> bool:
    return any(dataset.socrata_sources for dataset in DATASETS.values() if dataset.city == city)


def raw_months(dataset: Dataset, year: int) -> list[str]:
    """The months of a year that lie in the dataset's span, future ones too: a raw file can hold rows of them."""
    last = min(f"{year}-12", dataset.last_month or f"{year}-12")
    return month_range(max(f"{year}-01", dataset.first_month), last)


def _size(look: Look) -> str:
    if look.rows is not None:
        return f" {look.rows} rows"
    return f" {look.bytes} bytes" if look.bytes is not None else ""
