"""Which counts are unusual, by a Poisson model with overdispersion. Nothing of crimes or Dagster in here.

A count is expected from earlier counts; its variance is ``phi · expected · (1 + 1/n)``: Poisson's, times the dispersion
phi, times a part for the expectation, which is itself the mean of n counts. Phi is estimated from all counts together,
as McCullagh and Nelder do for counts that vary more than Poisson's law allows (Generalized Linear Models, 2nd edition
1989, section 6.2: the mean of the squared Pearson residuals). Here it is their median over that of the chi-squared
distribution with one degree of freedom, so that the very counts looked for don't widen the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, median

MINIMUM = 12
"""With fewer counts to estimate the dispersion from, none is judged."""

CONFIDENCE = 0.999
"""Of usual counts, one in a thousand lies outside its interval."""

_CHI_SQUARED_MEDIAN = NormalDist().inv_cdf(0.75) ** 2
_DEVIATIONS = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Expectation:
    """A count beside what earlier counts let expect.

    Arguments:
        label: what was counted, for instance a month.
        observed: the count.
        expected: the expectation, greater than 0.
        uncertainty: variance of the expectation in parts of ``expected``: 1/n for a mean of n counts.
    """

    label: str
    observed: int
    expected: float
    uncertainty: float


@dataclass(frozen=True)
class Judgement:
    """A count and the interval in which usual counts lie."""

    label: str
    observed: int
    expected: float
    low: float
    high: float

    @property
    def is_high(self) -> bool:
        """More than usual."""
        return self.observed > self.high

    @property
    def is_unusual(self) -> bool:
        """More or fewer than usual."""
        return self.is_high or self.observed < self.low

    def __str__(self) -> str:
        interval = f"{self.low:,.0f} to {self.high:,.0f}"
        return f"{self.label}: {self.observed:,} observed, {self.expected:,.0f} expected ({interval})"


def same_month_of_earlier_years(
    counts: Mapping[str, int], judged: Callable[[str], bool], *, years: int = 3, within: int = 5
) -> list[Expectation]:
    """Each month beside the mean of the same month of earlier years.

    Arguments:
        counts: ``YYYY-MM`` -> count, only of months that can be compared with others.
        judged: whether a month is judged too, not only compared with.
        years: how many earlier years count at most, the latest ones; fewer than two are not enough.
        within: how many years back they may lie.
    """
    found = []
    for month, observed in sorted(counts.items()):
        year, rest = int(month[:4]), month[4:]
        held = [key for back in range(1, within + 1) if (key := f"{year - back:04d}{rest}") in counts]
        earlier = [counts[key] for key in held[:years]]
        if judged(month) and len(earlier) >= 2 and any(earlier):
            found.append(Expectation(month, observed, sum(earlier) / len(earlier), 1 / len(earlier)))
    return found


def share_of_earlier_months(
    counts: Mapping[str, int], totals: Mapping[str, int], *, months: int = 12
) -> list[Expectation]:
    """Each month's count beside the share of the total that it had in earlier months.

    A share of nothing would make any count unusual, so half a count is added to the earlier ones.

    Arguments:
        counts: ``YYYY-MM`` -> count; a month that is not named has none.
        totals: ``YYYY-MM`` -> what it is a share of.
        months: how many earlier months count at most, the latest that there are; fewer than three are not enough.
    """
    found = []
    labels = sorted(label for label, total in totals.items() if total)
    for position, label in enumerate(labels):
        earlier = labels[max(0, position - months) : position]
        if len(earlier) < 3:
            continue
        total = sum(totals[key] for key in earlier)
        share = (sum(counts.get(key, 0) for key in earlier) + 0.5) / total
        found.append(Expectation(label, counts.get(label, 0), share * totals[label], totals[label] / total))
    return found


def dispersion(expectations: Sequence[Expectation]) -> float:
    """How many times Poisson's variance the counts have; at least 1."""
    squared = [(it.observed - it.expected) ** 2 / (it.expected * (1 + it.uncertainty)) for it in expectations]
    return max(1.0, median(squared) / _CHI_SQUARED_MEDIAN)


def judge(expectations: Sequence[Expectation]) -> list[Judgement]:
    """The interval of each count; none at all where there are fewer than ``MINIMUM``."""
    if len(expectations) < MINIMUM:
        return []
    phi = dispersion(expectations)
    judged = []
    for it in expectations:
        reach = _DEVIATIONS * sqrt(phi * it.expected * (1 + it.uncertainty))
        low, high = max(0.0, it.expected - reach), it.expected + reach
        judged.append(Judgement(it.label, it.observed, it.expected, low, high))
    return judged
