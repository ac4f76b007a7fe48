"""The statistics behind the findings, over plain numbers: a change in a window, a peak of the year, many tests.

The libraries are imported by the functions that use them: they take seconds, and whoever loads the code location needs
none of it. What the figures mean is in ``docs/method.md``.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

LEAST_CASES = 20
"""Below so many in a window, its model has nothing to tell trend and season from."""
NEWEY_WEST_LAGS = 3
"""Months over which errors may hang together; 4 (n / 100) ^ (2/9), Newey and West's rule, for 24 and for 48 months."""
Q = 0.05


@dataclass(frozen=True)
class Change:
    """A change between the first and the last twelve months of a window, in percent, as its model has it.

    Arguments:
        percent: the estimate.
        low, high: its interval of 95 %.
        inner_low, inner_high: its interval of 90 %, for the test of equivalence (two one-sided tests of 5 %).
        p_value: of no change.
    """

    percent: float
    low: float
    high: float
    inner_low: float
    inner_high: float
    p_value: float


@dataclass(frozen=True)
class Peak:
    """The month of the calendar with the most a day, as a multiple of the year's mean.

    Arguments:
        calendar_month: 1 to 12.
        factor: the mean over the years.
        low, high: its interval of 95 %, widened for having been chosen among twelve months (Bonferroni).
    """

    calendar_month: int
    factor: float
    low: float
    high: float


def change(counts: Mapping[date, int], years: int, *, plain: bool) -> Change | None:
    """The change within a window: a Poisson regression on trend, season and days in the month.

    The trend is one straight line on the log scale; the season is two waves, of twelve and of six months. Errors are
    robust to autocorrelation (Newey-West) and to overdispersion (quasi-Poisson): the wider of the two holds, since the
    former alone is too narrow in windows of so few months.

    Arguments:
        counts: first day of a month -> its count; months of the window may be missing.
        years: how long the window is.
        plain: whether the counts are so rare and independent that Poisson's own errors hold (murder).

    Returns:
        The change from the middle of the first to the middle of the last twelve months; None with fewer than
        ``LEAST_CASES``.
    """
    if sum(counts.values()) < LEAST_CASES:
        return None
    import numpy as np
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    months = sorted(counts)
    numbers = [month.year * 12 + month.month for month in months]
    angles = [2 * math.pi * number / 12 for number in numbers]
    trend = [(number - numbers[0]) / 12 for number in numbers]
    waves = [[math.cos(angle), math.sin(angle), math.cos(2 * angle), math.sin(2 * angle)] for angle in angles]
    design = np.array([[1, place, *wave] for place, wave in zip(trend, waves, strict=True)])
    days = np.array([monthrange(month.year, month.month)[1] for month in months])
    model = GLM([counts[month] for month in months], design, family=families.Poisson(), offset=np.log(days))
    if plain:
        fits = [model.fit()]
    else:
        robust = {"maxlags": NEWEY_WEST_LAGS, "use_correction": True}
        fits = [model.fit(scale="X2", use_t=True), model.fit(cov_type="HAC", cov_kwds=robust, use_t=True)]
    widest = max(fits, key=lambda fit: float(fit.bse[1]))
    span = years - 1  # from the middle of the first to the middle of the last twelve months
    slope = float(widest.params[1])
    low, high = _bounds(widest, 0.05)
    inner_low, inner_high = _bounds(widest, 0.10)
    return Change(
        percent=_percent(slope * span),
        low=_percent(low * span),
        high=_percent(high * span),
        inner_low=_percent(inner_low * span),
        inner_high=_percent(inner_high * span),
        p_value=float(widest.pvalues[1]),
    )


def peak(years: Sequence[Sequence[float]]) -> Peak:
    """The month with the most, over complete years.

    Arguments:
        years: for each year, the twelve months' counts a day; at least two years, none without any.
    """
    from statsmodels.stats.weightstats import DescrStatsW

    factors = [[value / (sum(year) / 12) for value in year] for year in years]
    by_month = [list(values) for values in zip(*factors, strict=True)]
    means = [sum(values) / len(values) for values in by_month]
    highest = means.index(max(means))
    low, high = DescrStatsW(by_month[highest]).tconfint_mean(alpha=0.05 / 12)
    return Peak(highest + 1, means[highest], float(low), float(high))


def stand_out(p_values: Sequence[float]) -> list[bool]:
    """Which of many tests still hold when there are so many (Benjamini and Hochberg, q 0.05)."""
    if not p_values:
        return []
    from statsmodels.stats.multitest import multipletests

    return [bool(holds) for holds in multipletests(p_values, alpha=Q, method="fdr_bh")[0]]


def _bounds(fit: Any, alpha: float) -> tuple[float, float]:
    low, high = fit.conf_int(alpha=alpha)[1]
    return float(low), float(high)


def _percent(log_ratio: float) -> float:
    # A window whose model explodes still has an interval: one that says nothing.
    return 100 * math.expm1(min(log_ratio, 20))
