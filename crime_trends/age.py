"""How old the newest event of a dataset is, and whether the portal publishes as it usually does: one rule for the check
on it and for the dashboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crime_trends.datasets import CITIES, Dataset
from crime_trends.lake.base import Lake
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.newest import newest_event


@dataclass(frozen=True)
class Age:
    """The age of a dataset's newest event.

    Arguments:
        newest: the day of that event; None if there is no row.
        days: its age; None if there is no row.
        usual: how many days it is at most while the portal publishes as usual; None if it publishes nothing new.
        not_judged: why it is not judged; None if it is.
    """

    newest: date | None
    days: int | None
    usual: int | None
    not_judged: str | None

    @property
    def is_late(self) -> bool:
        """Whether it is judged, and there is no row or the newest is older than usual."""
        return self.not_judged is None and (self.days is None or self.usual is None or self.days > self.usual)

    @property
    def state(self) -> str:
        """The judgement in a few words."""
        if self.not_judged is not None:
            return self.not_judged
        if self.days is None or self.usual is None:
            return "there is no row"
        return f"older than usual by {self.days - self.usual:,} days" if self.is_late else "fresh"


def age_today(dataset: Dataset, warehouse: Warehouse, lake: Lake) -> Age:
    """The age on this day in the dataset's city."""
    today = datetime.now(ZoneInfo(CITIES[dataset.city].time_zone)).date()
    return age_on(today, dataset, newest_event(warehouse, dataset, today), lake.raw_partitions(dataset.key))


def age_on(today: date, dataset: Dataset, newest: date | None, years: Sequence[str]) -> Age:
    """The age on a day.

    Arguments:
        today: the day in the dataset's city.
        dataset: the dataset.
        newest: the day of its newest event in the warehouse; None if there is no row.
        years: the raw years that were ever fetched.
    """
    not_judged = None
    if dataset.lag_days is None:
        not_judged = "closed: nothing new is published"
    elif (expected_year := str((today - timedelta(days=dataset.lag_days)).year)) not in years:
        not_judged = f"{expected_year} was never fetched, so newer data are not expected"
    return Age(newest, (today - newest).days if newest else None, dataset.lag_days, not_judged)
