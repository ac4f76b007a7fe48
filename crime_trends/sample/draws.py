"""Reproducible random draws for the generated sample: by the column, since that is many times faster than by the row.

Only ``random()`` and what is computed from it by plain arithmetic is used, so that a seed gives the same values on
every supported Python.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Rhythm:
    """When things happen.

    Arguments:
        weekdays: weight of each day of the week, Monday first.
        workday_hours: weight of each hour from Monday to Friday.
        weekend_hours: weight of each hour on Saturday and Sunday.
        heaps: minute of the day -> how many times as heavy as its hour would have it.
        first_of_month: how many times as heavy the first day of a month is (undated things are booked there).
    """

    weekdays: Sequence[float]
    workday_hours: Sequence[float]
    weekend_hours: Sequence[float]
    heaps: dict[int, float]
    first_of_month: float = 1.0


class Draws:
    """A stream of random values; the same name gives the same stream."""

    def __init__(self, *name: object) -> None:
        # A text seed goes through SHA-512, not through hash(), so it does not differ between processes.
        self._random = random.Random("/".join(str(part) for part in name))  # noqa: S311

    def pick(self, items: Sequence[T], weights: Sequence[float], count: int) -> list[T]:
        """Items, each as often as its weight says."""
        return self._random.choices(items, weights=weights, k=count)

    def any_of(self, items: Sequence[T], count: int) -> list[T]:
        """Items, each as often as the others."""
        return self._random.choices(items, k=count)

    def chance(self, probability: float, count: int) -> list[bool]:
        """True as often as the probability says."""
        return [self._random.random() < probability for _ in range(count)]

    def whole(self, low: int, high: int, count: int) -> list[int]:
        """Whole numbers from low to high, both included."""
        return [low + int(self._random.random() * (high - low + 1)) for _ in range(count)]

    def near(self, centres: Sequence[float], spread: float) -> list[float]:
        """A value around each centre, at most ``spread`` away and mostly nearer."""
        return [centre + (self._random.random() + self._random.random() - 1) * spread for centre in centres]

    def lags(self, prompt: float, typical: int, longest: int, count: int) -> list[int]:
        """Days from something to its report: 0 for the prompt share, else around ``typical`` with a long tail."""
        lags = []
        for _ in range(count):
            is_late, size = self._random.random() >= prompt, self._random.random()
            lags.append(min(longest, 1 + int(typical * size / (1.002 - size))) if is_late else 0)
        return lags

    def moments(self, first: date, count: int, rhythm: Rhythm) -> list[tuple[date, int]]:
        """Days of the month that ``first`` begins, each with a minute of the day (0 to 1439), in order of time."""
        days = [first + timedelta(days=i) for i in range(calendar.monthrange(first.year, first.month)[1])]
        noise = [0.88 + 0.24 * self._random.random() for _ in days]
        weights = [rhythm.weekdays[day.weekday()] * factor for day, factor in zip(days, noise, strict=True)]
        weights[0] *= rhythm.first_of_month
        drawn = self.pick(days, weights, count)
        minutes = [
            self.pick(range(1440), [hours[m // 60] * rhythm.heaps.get(m, 1.0) for m in range(1440)], count)
            for hours in (rhythm.workday_hours, rhythm.weekend_hours)
        ]
        return sorted((day, minutes[day.weekday() >= 5][i]) for i, day in enumerate(drawn))


def heaps(full_hour: float, half_hour: float, five_minutes: float, **special: float) -> dict[int, float]:
    """How people round times: weights of the minutes at the full hour, the half hour and each five minutes.

    Arguments:
        special: ``at_HHMM`` -> the weight of that minute.
    """
    found = dict.fromkeys(range(0, 1440, 5), five_minutes)
    found |= dict.fromkeys(range(30, 1440, 60), half_hour)
    found |= dict.fromkeys(range(0, 1440, 60), full_hour)
    return found | {int(name[3:5]) * 60 + int(name[5:7]): weight for name, weight in special.items()}
