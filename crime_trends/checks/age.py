"""The check on the age of the data: does the portal publish as it usually does?

It turns red while nothing at all happens, so unlike the other checks it is no part of its asset's step: automation runs
it once a day, and whenever the table is loaded.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from crime_trends.assets.common import WAREHOUSE_POOL
from crime_trends.datasets import CITIES, DATASETS, Dataset
from crime_trends.resources.storage import LakeResource, WarehouseResource
from crime_trends.warehouse.newest import newest_event

NAME = "data_age"
ONCE_A_DAY: dg.AutomationCondition[Any] = (
    dg.AutomationCondition.cron_tick_passed("0 15 * * *") & ~dg.AutomationCondition.in_progress()
).with_label("once a day")
"""In UTC: morning in all cities, after the portals' nightly updates."""


def data_age_checks() -> list[dg.AssetChecksDefinition]:
    """One check per dataset that is still published."""
    return [_data_age_check(dataset) for dataset in DATASETS.values() if dataset.lag_days is not None]


def judge_age(dataset: Dataset, newest: date | None, years: list[str], today: date) -> dg.AssetCheckResult:
    """Compares the newest event with the dataset's lag.

    Arguments:
        dataset: one that is still published.
        newest: the day of its newest event in the warehouse; None if there is no row.
        years: the raw years that were ever fetched.
        today: the day in the dataset's city.
    """
    lag = dataset.lag_days or 0
    expected_year = str((today - timedelta(days=lag)).year)
    if expected_year not in years:
        return dg.AssetCheckResult(
            check_name=NAME,
            passed=True,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"not_judged": f"{expected_year} was never fetched, so newer data are not expected"},
        )
    age = (today - newest).days if newest else None
    passed = age is not None and age <= lag
    what = f"the newest event is of {newest}, {age} days ago" if newest else "there is no row"
    return dg.AssetCheckResult(
        check_name=NAME,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        description=None if passed else f"{what}; usual are {lag} days at most",
        metadata={
            "newest_event": str(newest or "none"),
            "usual_age_at_most_days": lag,
            **({"age_days": age} if age is not None else {}),
        },
    )


def _data_age_check(dataset: Dataset) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        name=NAME,
        asset=["warehouse", dataset.key],
        description=f"The newest event is at most {dataset.lag_days} days old, as old as it gets while the portal "
        "publishes as usual. Not judged while only older years were ever fetched. If it warns and raw is fresh, the "
        "portal has stopped publishing or changed: look at its page, and tell the publisher. If raw is not fresh "
        "either, nobody looked: start the sensor or fetch the current year.",
        automation_condition=ONCE_A_DAY,
        pool=WAREHOUSE_POOL,
    )
    def data_age(lake: LakeResource, warehouse: WarehouseResource) -> dg.AssetCheckResult:
        today = datetime.now(ZoneInfo(CITIES[dataset.city].time_zone)).date()
        newest = newest_event(warehouse.open(), dataset, today)
        return judge_age(dataset, newest, lake.open().raw_partitions(dataset.key), today)

    return data_age
