"""Sensors on the portals: one per dataset and one for the look-ups. They look, and ask for raw data that changed.

A sensor ticks often and looks rarely: at most once in the interval in which its portal publishes. A look that fails
leaves the cursor as it was, and the next tick looks again. What was asked for and is not in the lake a day later is
asked for again. All are stopped until started.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from typing import Any

import dagster as dg

from crime_trends.assets.common import data_version_tags
from crime_trends.assets.raw import raw_version
from crime_trends.automation.requests import lookup_request, outside_request, raw_targets, year_request
from crime_trends.datasets import DATASETS, LOOKUPS, Dataset
from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.base import Lake
from crime_trends.months import trailing_months, years_of
from crime_trends.portals.changes import (
    ASK_AGAIN,
    NOTHING_NEW,
    Changes,
    asked_in_vain,
    changes_of,
    holds_last_look,
    lookup_is_held,
    lookup_version,
)
from crime_trends.resources.portals import PortalsResource
from crime_trends.resources.storage import LakeResource

TICK_SECONDS = 900
CLOSED_INTERVAL_DAYS = 30
"""How often a dataset that ended is looked at: it may still be revised or withdrawn."""
LOOKUPS_INTERVAL_DAYS = 1
LOOKUPS_SENSOR = "look_ups_portal"


def portal_sensors(tick_seconds: int = TICK_SECONDS) -> list[dg.SensorDefinition]:
    """The sensors.

    Arguments:
        tick_seconds: how often they ask themselves whether it is time to look.
    """
    return [*(_dataset_sensor(dataset, tick_seconds) for dataset in DATASETS.values()), _lookups_sensor(tick_seconds)]


def sensor_name(dataset: Dataset) -> str:
    """The name of a dataset's sensor."""
    return f"{dataset.key}_portal"


def look_interval(dataset: Dataset) -> timedelta:
    """How long after a look the portal of a dataset is left alone."""
    return timedelta(days=dataset.update_interval_days or CLOSED_INTERVAL_DAYS)


def _dataset_sensor(dataset: Dataset, tick_seconds: int) -> dg.SensorDefinition:
    interval = look_interval(dataset)

    @dg.sensor(
        name=sensor_name(dataset),
        target=raw_targets(dataset),
        minimum_interval_seconds=tick_seconds,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"{dataset.title}: asks the portal every {interval.days} days what changed, with a few small "
        "requests, and asks for the raw years that did. Only years that were fetched before or are recent count; the "
        "first look takes the recent ones, older ones come with a backfill. What no run brought is asked for again "
        "each day.",
    )
    def portal(
        context: dg.SensorEvaluationContext, portals: PortalsResource, lake: LakeResource
    ) -> dg.SensorResult | dg.SkipReason:
        known = loads(context.cursor) if context.cursor else {}
        now, store = datetime.now(UTC), lake.open()
        early = _too_early(known, now, interval)
        changes = (
            asked_in_vain(store, dataset, known["portal"], now)
            if early
            else changes_of(portals.settings(), store, dataset, known.get("portal"), now)
        )
        if changes is None:
            return dg.SkipReason(early)
        looked_at = known["looked_at"] if early else now.isoformat(timespec="seconds")
        requests = list(_requests(dataset, changes, now))
        context.log.info(changes.summary)
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else changes.summary,
            cursor=dumps({"looked_at": looked_at, "portal": changes.cursor}),
            asset_events=[] if early or changes.years else _events(dataset, store, changes.cursor),
        )

    return portal


def _lookups_sensor(tick_seconds: int) -> dg.SensorDefinition:
    interval = timedelta(days=LOOKUPS_INTERVAL_DAYS)

    @dg.sensor(
        name=LOOKUPS_SENSOR,
        target=dg.AssetSelection.assets(*(["raw", key] for key in LOOKUPS)),
        minimum_interval_seconds=tick_seconds,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Asks San Diego's file server once a day which look-ups changed, and asks for those.",
    )
    def portal(
        context: dg.SensorEvaluationContext, portals: PortalsResource, lake: LakeResource
    ) -> dg.SensorResult | dg.SkipReason:
        known: dict[str, Any] = loads(context.cursor) if context.cursor else {}
        now = datetime.now(UTC)
        if early := _too_early(known, now, interval):
            return dg.SkipReason(early)
        versions: dict[str, str] = dict(known.get("portal", {}))
        asked: dict[str, str] = dict(known.get("asked", {}))
        store = lake.open()
        requests, problems = [], []
        for key, lookup in LOOKUPS.items():
            try:
                version = lookup_version(portals.settings(), store, lookup)
            except CrimeTrendsError as error:
                problems.append(str(error))
                continue
            is_due = key not in asked or datetime.fromisoformat(asked[key]) + ASK_AGAIN <= now
            if versions.get(key) != version or (is_due and not lookup_is_held(store, lookup, version)):
                requests.append(lookup_request(key, _key_of(version, now)))
                versions[key], asked[key] = version, now.isoformat(timespec="seconds")
        if problems and not requests:
            raise CrimeTrendsError("; ".join(problems))
        looked_at = known.get("looked_at") if problems else now.isoformat(timespec="seconds")
        for problem in problems:
            context.log.error(problem)
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else NOTHING_NEW,
            cursor=dumps({"looked_at": looked_at, "portal": versions, "asked": asked}),
        )

    return portal


def _too_early(known: dict[str, Any], now: datetime, interval: timedelta) -> str:
    """Why the portal is left alone for now, or ""."""
    if not known.get("looked_at"):
        return ""
    looked_at = datetime.fromisoformat(known["looked_at"])
    due = looked_at + interval
    return f"looked at {looked_at:%Y-%m-%d %H:%M} UTC; the next look is due {due:%Y-%m-%d %H:%M}" if now < due else ""


def _key_of(version: str, now: datetime) -> str:
    """What makes a run's key its own: a version that comes back, or that no run brought, is asked for once more."""
    return f"{version} {now.isoformat()}"


def _requests(dataset: Dataset, changes: Changes, now: datetime) -> Iterator[dg.RunRequest]:
    for year, version in changes.years.items():
        yield year_request(dataset, year, _key_of(version, now))
    if changes.outside:
        yield outside_request(dataset, _key_of(changes.outside, now))


def _events(dataset: Dataset, lake: Lake, cursor: str) -> list[dg.AssetMaterialization]:
    """That the newest recent year is still what it was, so that the asset counts as looked after.

    None while the lake does not hold what the portal has of that year.
    """
    recent = years_of(trailing_months(dataset))
    fetched = [year for year in lake.raw_partitions(dataset.key) if year in recent]
    manifest = lake.raw_manifest(dataset.key, fetched[-1]) if fetched else None
    if manifest is None or not holds_last_look(dataset, manifest, cursor):
        return []
    return [
        dg.AssetMaterialization(
            ["raw", dataset.key],
            partition=manifest.partition,
            description="looked at; nothing new at the portal",
            metadata={"dagster/row_count": manifest.rows, "fetched_at": manifest.fetched_at},
            tags=data_version_tags(raw_version(manifest)),
        )
    ]
