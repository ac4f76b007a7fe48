"""What changed at a portal since the last look: a few small requests, never a download.

Each look is compared with a cursor, a JSON document that the look before left. San Diego's files are told apart by
ETag, Last-Modified and length. Of a Socrata data set the time of its last change is asked for, and only if that differs
one query that groups its rows by year (count and latest ``:updated_at``).

A data set that is published whole again bears one ``:updated_at`` everywhere, so that every year looks changed. Then
only the recent years and those whose number of rows changed count as changed now; the others are left to the weekly
sweeps, which take some of them each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crime_trends.datasets import Dataset, Lookup, SeshatSource, SocrataSource
from crime_trends.lake.base import Lake
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

States = dict[str, Any]
"""Year -> its state as the cursor keeps it: for Socrata (rows, latest change), for a file what its headers say; None
for a year that the portal does not have."""


@dataclass(frozen=True)
class Changes:
    """What a look at the portal of a dataset found.

    Arguments:
        cursor: for the next look.
        years: year to ask for -> its version at the portal, the same for the same content.
        outside: version of the Socrata data sets if one of them changed, so that rows outside may have, else "".
        waiting: years that were published again with all others and are left to the weekly sweeps.
        unbuilt: years that changed, but are neither recent nor were ever fetched.
        is_first: nothing was compared, since there was no cursor.
    """

    cursor: str
    years: dict[str, str] = field(default_factory=dict)
    outside: str = ""
    waiting: list[str] = field(default_factory=list)
    unbuilt: list[str] = field(default_factory=list)
    is_first: bool = False

    @property
    def summary(self) -> str:
        """What was found, in a sentence or two for people."""
        if self.is_first:
            found = (
                f"first look: {', '.join(self.years) or 'none'} of the recent years; bring older ones with a backfill"
            )
        else:
            found = f"changed: {', '.join(self.years)}" if self.years else "nothing new at the portal"
        if self.waiting:
            found += f"; published whole again, left to the weekly sweeps: {', '.join(self.waiting)}"
        if self.unbuilt:
            found += f"; changed, but never fetched: {', '.join(self.unbuilt)}"
        return found


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

    def version(self, year: str) -> str:
        """The version of a year, for instance in the key of a run."""
        return _digest(self.states[year]) if self.states.get(year) else GONE


def changes_of(settings: Settings, lake: Lake, dataset: Dataset, cursor: str | None) -> Changes:
    """Looks at a dataset's portal and compares it with the last look.

    Without a cursor the recent years that the portal has are what changed.

    Raises:
        PortalError: the portal can't be asked, or answers what it should not; the old cursor stays good.
        UsageError: the portal serves made-up data and the home holds real ones, or the reverse.
    """
    known: dict[str, Any] = json.loads(cursor) if cursor else {}
    built = lake.raw_partitions(dataset.key)
    recent = years_of(trailing_months(dataset))
    token = socrata_app_token(settings) if dataset.socrata_sources else None
    session = _session(dataset.city, settings, token)
    now: dict[str, Any] = {}
    years: dict[str, str] = {}
    waiting: list[str] = []
    unbuilt: list[str] = []
    for source in dataset.sources:
        key = source.id if isinstance(source, SocrataSource) else source.path
        look = (
            _look_at_socrata(session, settings, dataset, source, known.get(key))
            if isinstance(source, SocrataSource)
            else _look_at_files(session, source, sorted({*built, *recent}), known.get(key))
        )
        now[key] = {"years": look.states, **({"updated": look.updated} if look.updated is not None else {})}
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
                years[year] = look.version(year)
    refuse_other_kind(settings, lake, dataset.city, bool(session.synthetic))
    updates = [now[source.id].get("updated") for source in dataset.socrata_sources]
    is_outside = updates != [known.get(source.id, {}).get("updated") for source in dataset.socrata_sources]
    return Changes(
        cursor=json.dumps(now, sort_keys=True),
        years=dict(sorted(years.items())),
        outside=_digest(updates) if updates and is_outside else "",
        waiting=sorted(waiting),
        unbuilt=sorted(unbuilt),
        is_first=not known,
    )


def lookup_version(settings: Settings, lake: Lake, lookup: Lookup) -> str:
    """The version of a look-up at its portal: another whenever one of its files is. Raises as ``changes_of``."""
    session = _session(lookup.city, settings, None)
    states = [SeshatFile(session, file.path).look(None).version for file in lookup.files]
    refuse_other_kind(settings, lake, lookup.city, bool(session.synthetic))
    return _digest(states)


def years_behind(lake: Lake, dataset: Dataset, cursor: str) -> list[str]:
    """The fetched years of Socrata data sets that differ from what the last look found, as of its cursor."""
    known = json.loads(cursor)
    behind = []
    for year, manifest in lake.raw_manifests(dataset.key).items():
        source = dataset.source(int(year))
        if isinstance(source, SocrataSource):
            held = [manifest.portal_version.get("rows"), manifest.portal_version.get("updated_at")]
            if known[source.id]["years"].get(year) not in (None, held):
                behind.append(year)
    return behind


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
