"""The check on the age of the data: does the portal publish as it usually does?

It turns red while nothing at all happens, so unlike the other checks it is no part of its asset's step: automation runs
it once a day, and whenever the table is loaded.
"""

from typing import Any

import dagster as dg

from crime_trends.age import Age, age_today
from crime_trends.assets.common import WAREHOUSE_POOL
from crime_trends.datasets import DATASETS, Dataset
from crime_trends.resources.storage import LakeResource, WarehouseResource

NAME = "data_age"
ONCE_A_DAY: dg.AutomationCondition[Any] = (
    dg.AutomationCondition.cron_tick_passed("0 15 * * *") & ~dg.AutomationCondition.in_progress()
).with_label("once a day")
"""In UTC: morning in all cities, after the portals' nightly updates."""


def data_age_checks() -> list[dg.AssetChecksDefinition]:
    """One check per dataset that is still published."""
    return [_data_age_check(dataset) for dataset in DATASETS.values() if dataset.lag_days is not None]


def judge(age: Age) -> dg.AssetCheckResult:
    """What the check says of an age; it warns if the newest event is older than usual."""
    what = f"the newest event is of {age.newest}, {age.days} days ago" if age.newest else "there is no row"
    judged: dict[str, str | int] = {
        "newest_event": str(age.newest or "none"),
        "usual_age_at_most_days": age.usual or 0,
        **({"age_days": age.days} if age.days is not None else {}),
    }
    return dg.AssetCheckResult(
        check_name=NAME,
        passed=not age.is_late,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{what}; usual are {age.usual} days at most" if age.is_late else None,
        metadata={"not_judged": age.not_judged} if age.not_judged else judged,
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
        return judge(age_today(dataset, warehouse.open(), lake.open()))

    return data_age
