"""What changed at a portal since the last look: a few small requests, never a download.

Each look is compared with a cursor, a JSON document that the look before left. San Diego's files are told apart by
ETag, Last-Modified and length. Of a Socrata data set the time of its last change is asked for, and only if that differs
one query that groups its rows by year (count and latest ``:updated_at``).

A data set that is published whole again bears one ``:updated_at`` everywhere, so that every year looks changed. Then
only the recent years and those whose number of rows changed count as changed now; the others are left to the weekly
sweeps, which take some of them each.

The cursor also holds what was asked for and when. What the lake does not hold a day later, since the run failed, is
asked for again, until it does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crime_trends.datasets import Dataset, Lookup, SeshatSource, SocrataSource
from crime_trends.lake.base import Lake
from crime_trends.lake.manifests import RawManifest
from crime_trends.months import trailing_months, years_of
from crime_trends.portals.http import NotAtPortalError, PortalSession
from crime_trends.portals.kind import refuse_other_kind
from crime_trends.portals.seshat import SeshatFile
from crime_trends.portals.socrata import SocrataDataSet
from crime_trends.portals.token import socrata_app_token
from crime_trends.settings import Settings

LOOK_SECONDS = 20.0
"""How long a portal may take to answer; a look is short, and the next one tries again."""

GONE = "gone"
"""The version of a year that a portal had at the last look and has no more."""

ASK_AGAIN = timedelta(days=1)
"""How long a run has to bring what was asked for before it is asked for again."""

OUTSIDE = "rows outside"
ASKED = "asked"
"""In the cursor: year, or ``OUTSIDE``, -> when it was last asked for (UTC, ISO 8601), until the lake holds it."""

NOTHING_NEW = "nothing new at the portal"

States = dict[str, Any]
"""Year -> its state as the cursor keeps it: for Socrata (rows, latest change), for a file what its headers say; None
for a year that the portal does not have."""


@dataclass(frozen=True)
class Changes:
    """What a look at the portal of a dataset found, and what an earlier one asked for in vain.

    Arguments:
        cursor: for the next look.
        years: year to ask for -> its version at the portal, the same for the same content.
        outside: version of the Socrata data sets if one of them changed, so that rows outside may have, else "".
        again: what of both was asked for before and no run brought.
        waiting: years that were published again with all others and are left to the weekly sweeps.
        unbuilt: years that changed, but are neither recent nor were ever fetched.
        is_first: nothing was compared, since there was no cursor.
    """

    cursor: str
    years: dict[str, str] = field(default_factory=dict)
    outside: str = ""
    again: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unbuilt: list[str] = field(default_factory=list)
    is_first: bool = False

    @property
    def summary(self) -> str:
        """What was found, in a sentence or two for people."""
        changed = [year for year in self.years if year not in self.again]
        first = "first look; older years come with a backfill, of the recent ones the portal has"
        found = {
            **({first: changed or ["none"]} if self.is_first else {"changed": changed}),
            "asked for again, since no run brought it": self.again,
            "published whole again, left to the weekly sweeps": self.waiting,
            "changed, but never fetched": self.unbuilt,
        }
        return "; ".join(f"{what}: {', '.join(years)}" for what, years in found.items() if years) or NOTHING_NEW


@dataclass(frozen=True)
class _Source:
    """The state of one source now, beside what the cursor knew."""

    states: States
    before: States | None
    updated: int | None = None
    """Of a Socrata data set: when it last changed."""
    is_republished: bool = False

    @property
    def changed(self) -> list[str]:
        """The years whose state differs, also those that vanished."""
        before = self.before or {}
        years = before.keys() | self.states.keys()
        return sorted(year for year in years if before.get(year) != self.states.get(year))

    def rows_differ(self, year: str) -> bool:
        """Whether a Socrata year has another number of rows than before."""
        before, now = (self.before or {}).get(year), self.states.get(year)
        return before is None or now is None or bool(before[0] != now[0])


def changes_of(settings: Settings, lake: Lake, dataset: Dataset, cursor: str | None, now: datetime) -> Changes:
    """Looks at a dataset's portal and compares it with the last look.

    Without a cursor the recent years that the portal has are what changed.

    Arguments:
        settings, lake, dataset: whose portal is asked, and what was fetched from it.
        cursor: of the last look; None before the first.
        now: the moment, UTC.

    Raises:
        PortalError: the portal can't be asked, or answers what it should not; the old cursor stays good.
        UsageError: the portal serves made-up data and the home holds real ones, or the reverse.
    """
    known: dict[str, Any] = json.loads(cursor) if cursor else {}
    built = lake.raw_partitions(dataset.key)
    recent = years_of(trailing_months(dataset))
    token = socrata_app_token(settings) if dataset.socrata_sources else None
    session = _session(dataset.city, settings, token)
    found: dict[str, Any] = {}
    years: list[str] = []
    waiting: list[str] = []
    unbuilt: list[str] = []
    for source in dataset.sources:
        key = source.id if isinstance(source, SocrataSource) else source.path
        look = (
            _look_at_socrata(session, settings, dataset, source, known.get(key))
            if isinstance(source, SocrataSource)
            else _look_at_files(session, source, sorted({*built, *recent}), known.get(key))
        )
        found[key] = {"years": look.states, **({"updated": look.updated} if look.updated is not None else {})}
        for year in look.changed:
            if look.before is None and year not in recent:
                continue
            if year not in recent and year not in built:
                unbuilt.append(year)
            elif look.is_republished and year not in recent and not look.rows_differ(year):
                waiting.append(year)
            elif look.before is not None and isinstance(source, SeshatSource) and year not in {*look.before, *recent}:
                continue  # It was fetched meanwhile, so that the cursor had not heard of it.
            else:
                years.append(year)
    refuse_other_kind(settings, lake, dataset.city, bool(session.synthetic))
    asked = [*years, *([OUTSIDE] if _updates(dataset, found) != _updates(dataset, known) else [])]
    found[ASKED] = {what: moment for what, moment in known.get(ASKED, {}).items() if what not in asked}
    found[ASKED], again = _asked_in_vain(lake, dataset, found, now)
    return _asking(
        dataset,
        found,
        asked + again,
        now,
        again=again,
        waiting=sorted(waiting),
        unbuilt=sorted(unbuilt),
        is_first=not known,
    )


def asked_in_vain(lake: Lake, dataset: Dataset, cursor: str, now: datetime) -> Changes | None:
    """What was asked for a day ago or longer and is not in the lake, of which the portal need not be asked again.

    Arguments:
        lake, dataset: what was fetched.
        cursor: of the last look.
        now: the moment, UTC.

    Returns:
        What is to be asked for again; None if there is nothing.
    """
    known = json.loads(cursor)
    known[ASKED], again = _asked_in_vain(lake, dataset, known, now)
    return _asking(dataset, known, again, now, again=again) if again else None


def holds_last_look(dataset: Dataset, manifest: RawManifest, cursor: str) -> bool:
    """Whether a raw year is as the last look, that of the cursor, found it at the portal."""
    return bool(_held_state(dataset, manifest) == _state(dataset, json.loads(cursor), manifest.partition))


def lookup_version(settings: Settings, lake: Lake, lookup: Lookup) -> str:
    """The version of a look-up at its portal: another whenever one of its files is. Raises as ``changes_of``."""
    session = _session(lookup.city, settings, None)
    states = [SeshatFile(session, file.path).look(None).version for file in lookup.files]
    refuse_other_kind(settings, lake, lookup.city, bool(session.synthetic))
    return _digest(states)


def lookup_is_held(lake: Lake, lookup: Lookup, version: str) -> bool:
    """Whether the lake has a look-up in the version that ``lookup_version`` gave."""
    manifest = lake.raw_manifest(lookup.key, "")
    return manifest is not None and version == _digest([manifest.portal_version.get(it.path) for it in lookup.files])


def years_behind(lake: Lake, dataset: Dataset, cursor: str) -> list[str]:
    """The years, fetched or asked for, that the portal had in another state at the last look, that of the cursor."""
    known = json.loads(cursor)
    held = {year: _held_state(dataset, manifest) for year, manifest in lake.raw_manifests(dataset.key).items()}
    years = {*held, *known.get(ASKED, {})} - {OUTSIDE}
    return sorted(year for year in years if _state(dataset, known, year) not in (None, held.get(year)))


def _asking(dataset: Dataset, document: dict[str, Any], asked: list[str], now: datetime, **more: Any) -> Changes:
    """The changes that ask for some years and, perhaps, rows outside; the cursor says so."""
    moment = now.isoformat(timespec="seconds")
    states = {year: _state(dataset, document, year) for year in sorted({*asked} - {OUTSIDE})}
    return Changes(
        cursor=json.dumps({**document, ASKED: document[ASKED] | dict.fromkeys(asked, moment)}, sort_keys=True),
        years={year: _digest(state) if state else GONE for year, state in states.items()},
        outside=_digest(_updates(dataset, document)) if OUTSIDE in asked else "",
        **more,
    )


def _asked_in_vain(
    lake: Lake, dataset: Dataset, document: dict[str, Any], now: datetime
) -> tuple[dict[str, str], list[str]]:
    """What the cursor says was asked for and the lake does not hold yet, and what of it is to be asked for again."""
    asked: dict[str, str] = document.get(ASKED, {})
    open_ = {what: moment for what, moment in asked.items() if not _is_done(lake, dataset, document, what, moment)}
    return open_, [what for what, moment in open_.items() if datetime.fromisoformat(moment) + ASK_AGAIN <= now]


def _is_done(lake: Lake, dataset: Dataset, document: dict[str, Any], what: str, moment: str) -> bool:
    """Whether what was asked for at a moment is in the lake, in the state of the last look or a newer one.

    What the portal has no more was asked for so that the run says so; there is nothing to be brought.
    """
    is_outside = what == OUTSIDE
    manifest = lake.raw_manifest(dataset.outside_key if is_outside else dataset.key, "" if is_outside else what)
    if manifest is not None and manifest.fetched_at > moment:
        return True
    if not is_outside:
        state = _state(dataset, document, what)
        return state is None or (manifest is not None and _held_state(dataset, manifest) == state)
    held = manifest.portal_version if manifest is not None else {}
    return all(
        updated in (None, held.get(source.id, {}).get("rowsUpdatedAt"))
        for source, updated in zip(dataset.socrata_sources, _updates(dataset, document), strict=True)
    )


def _updates(dataset: Dataset, document: Mapping[str, Any]) -> list[int | None]:
    """When the Socrata data sets last changed, as a cursor holds it; None for one that the portal did not have."""
    return [document.get(source.id, {}).get("updated") for source in dataset.socrata_sources]


def _state(dataset: Dataset, document: Mapping[str, Any], year: str) -> Any:
    """The state of a year as a cursor holds it; None if the portal did not have it."""
    source = dataset.source(int(year))
    key = source.id if isinstance(source, SocrataSource) else source.path
    return document.get(key, {}).get("years", {}).get(year)


def _held_state(dataset: Dataset, manifest: RawManifest) -> Any:
    """The state in which a raw year was fetched, as a cursor holds it; None if the portal did not have it."""
    version = manifest.portal_version
    if isinstance(dataset.source(int(manifest.partition)), SocrataSource):
        return [version["rows"], version["updated_at"]] if version.get("rows") else None
    return version or None


def _look_at_socrata(
    session: PortalSession, settings: Settings, dataset: Dataset, source: SocrataSource, known: Mapping[str, Any] | None
) -> _Source:
    data_set = SocrataDataSet(session, source, settings.socrata_page_rows)
    before = known["years"] if known else None
    try:
        updated = data_set.rows_updated_at()
    except NotAtPortalError:
        # The other sources go on; of this one, what was fetched is asked for, and that run says that it is gone.
        return _Source(dict.fromkeys(before or ()), before)
    if known and known.get("updated") == updated:
        return _Source(known["years"], before, updated)
    first, last = int(dataset.first_month[:4]), int((dataset.last_month or "9999")[:4])
    states = {
        str(year): [state.rows, state.updated_at]
        for year, state in data_set.years(updated).items()
        if max(first, source.first_year) <= year <= min(last, source.last_year or last)
    }
    stamps = {state[1] for state in states.values()}
    return _Source(states, before, updated, is_republished=len(states) > 1 and len(stamps) == 1)


def _look_at_files(
    session: PortalSession, source: SeshatSource, years: list[str], known: Mapping[str, Any] | None
) -> _Source:
    looks = {year: SeshatFile(session, source.path.format(year=year)).look(None) for year in years}
    states = {year: None if look.missing else look.version for year, look in looks.items()}
    return _Source(states, known["years"] if known else None)


def _session(city: str, settings: Settings, app_token: str | None) -> PortalSession:
    patience = {"http_attempts": 1, "http_timeout_seconds": min(settings.http_timeout_seconds, LOOK_SECONDS)}
    return PortalSession(city, settings.model_copy(update=patience), app_token=app_token)


def _digest(state: Any) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]
