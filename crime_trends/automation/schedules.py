"""Schedules: a weekly sweep beside the sensors, and a daily run instead of them. All are stopped until started.

There is one of each per dataset, since a job can't hold datasets of different spans.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import dagster as dg

from crime_trends.automation.requests import (
    boundary_request,
    lookup_request,
    raw_targets,
    recent_requests,
    year_request,
)
from crime_trends.datasets import BOUNDARIES, CITIES, DATASETS, LOOKUPS, Dataset
from crime_trends.lake.base import Lake
from crime_trends.months import TRAILING_MONTHS, trailing_months, years_of
from crime_trends.resources.storage import LakeResource

TIME_ZONE = CITIES["los_angeles"].time_zone
"""Of all schedules: the zone of two of the three cities, whose files are written anew in the early morning."""

SWEEP_WEEKS = 8
"""In so many sweeps every fetched year is looked at once."""


def schedules() -> list[dg.ScheduleDefinition]:
    """The weekly sweeps, the daily runs, the daily run of the look-ups, and the weekly one of the boundaries."""
    return [
        *(_sweep(dataset) for dataset in DATASETS.values()),
        *(_daily(dataset) for dataset in DATASETS.values() if dataset.last_month is None),
        _lookups_daily(),
        _boundaries_weekly(),
    ]


def older_years(lake: Lake, dataset: Dataset, day: date) -> list[str]:
    """The fetched years before the recent ones whose turn it is in the sweep of that day's week."""
    recent = years_of(trailing_months(dataset))
    turn = day.toordinal() // 7 % SWEEP_WEEKS
    return [year for year in lake.raw_partitions(dataset.key) if year not in recent and int(year) % SWEEP_WEEKS == turn]


def _sweep(dataset: Dataset) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{dataset.key}_weekly_sweep",
        cron_schedule="0 3 * * 0",
        execution_timezone=TIME_ZONE,
        target=raw_targets(dataset),
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Sundays at 03:00: downloads the years of the last {TRAILING_MONTHS} months anew, since a "
        f"revision can leave no trace at the portal, and looks at the older fetched years, each every {SWEEP_WEEKS} "
        "weeks. The same rows move nothing behind them.",
    )
    def sweep(context: dg.ScheduleEvaluationContext, lake: LakeResource) -> dg.SkipReason | list[dg.RunRequest]:
        older = older_years(lake.open(), dataset, context.scheduled_execution_time.date())
        found = [*recent_requests(dataset, force=True), *(year_request(dataset, year) for year in older)]
        return found or dg.SkipReason("no year has its turn this week")

    return sweep


def _daily(dataset: Dataset) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{dataset.key}_daily",
        cron_schedule="0 2 * * *",
        execution_timezone=TIME_ZONE,
        target=raw_targets(dataset),
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Every day at 02:00, instead of the sensor: looks at the years of the last {TRAILING_MONTHS} "
        "months and downloads what changed. Simpler than the sensor, but it starts runs also when there is no news.",
    )
    def daily() -> Iterator[dg.RunRequest]:
        yield from recent_requests(dataset)

    return daily


def _lookups_daily() -> dg.ScheduleDefinition:
    @dg.schedule(
        name="look_ups_daily",
        cron_schedule="0 2 * * *",
        execution_timezone=TIME_ZONE,
        target=dg.AssetSelection.assets(*(["raw", key] for key in LOOKUPS)),
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Every day at 02:00, instead of the sensor: looks at the look-ups and downloads what changed.",
    )
    def daily() -> Iterator[dg.RunRequest]:
        yield from (lookup_request(key) for key in LOOKUPS)

    return daily


def _boundaries_weekly() -> dg.ScheduleDefinition:
    @dg.schedule(
        name="boundaries_weekly",
        cron_schedule="0 3 * * 0",
        execution_timezone=TIME_ZONE,
        target=dg.AssetSelection.assets(*(["raw", key] for key in BOUNDARIES)),
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Sundays at 03:00: downloads the boundaries of police areas, since not every publisher tells when "
        "they changed. The same bytes move nothing behind them; no sensor looks at them.",
    )
    def weekly() -> Iterator[dg.RunRequest]:
        yield from (boundary_request(key) for key in BOUNDARIES)

    return weekly
