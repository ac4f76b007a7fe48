"""The findings: what rose, fell, stayed or can't be told, and when in the year there is most.

Each is computed from the settled, complete months of one series, with its numbers, period, interval and caveats; what
holes, unsettled months and short series leave untold is a line on the quality of the data, and never a finding. Cities
are never ranked, and no cause is named. ``findings_model`` has the statistics, ``findings_text`` the sentences.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from statistics import mean

from crime_trends.datasets import DATASETS
from crime_trends.reports.findings_data import History, Month, month_number, month_of, twelve_months
from crime_trends.reports.findings_model import Change, Peak, change, peak, stand_out
from crime_trends.reports.findings_quality import Untold, gaps, mapping_shift, short

WINDOWS = (2, 4)
LEAST_BASE = 50
MARGIN_PERCENT = 5
LEAST_YEARS = 5
"""Complete years that a season needs."""
TOLD_SCOPES = ("all", "index", "other_group_a", "group_b", "call")
ALL, CALL, MURDER = "all", "call", "murder"


class Verdict(StrEnum):
    """What the interval of a change says."""

    ROSE = "rose"
    FELL = "fell"
    STABLE = "stable"
    UNCLEAR = "no clear change"
    TOO_FEW = "too few cases"


@dataclass(frozen=True)
class Direction:
    """A change of an offense group, or of ``all``, over a window.

    Arguments:
        dataset, offense_group, measure: what is counted.
        years: length of the window.
        first_month, last_month: its first and last month.
        first_count, last_count: how many in its first and in its last twelve months.
        first_months, last_months: how many months of those count; 12 without a hole.
        verdict: what the interval says.
        change: the model's change; None with too few cases.
        depends_on_mapping: whether sources that map offenses differently see another change.
        stands_out: whether it still holds among all changes that were tested.
        caveats: what happened within the window that a reader must know.
    """

    dataset: str
    offense_group: str
    measure: str
    years: int
    first_month: date
    last_month: date
    first_count: int
    last_count: int
    first_months: int
    last_months: int
    verdict: Verdict
    change: Change | None
    depends_on_mapping: bool = False
    stands_out: bool = False
    caveats: tuple[str, ...] = ()

    @property
    def has_percentage(self) -> bool:
        """Whether its base is large enough for a change in percent."""
        return self.first_count >= LEAST_BASE


@dataclass(frozen=True)
class Season:
    """When in the year there is most of an offense group.

    Arguments:
        dataset, offense_group, measure: what is counted.
        years: how many complete years it is told from.
        first_year, last_year: the first and the last of them; those between need not all be complete.
        month_mean: the mean count of a month.
        peak: the month with the most.
    """

    dataset: str
    offense_group: str
    measure: str
    years: int
    first_year: int
    last_year: int
    month_mean: float
    peak: Peak

    @property
    def is_clear(self) -> bool:
        """Whether the month's interval lies above the year's mean."""
        return self.peak.low > 1


@dataclass(frozen=True)
class Findings:
    """All findings.

    Arguments:
        directions: ordered by dataset, window and group.
        seasons: by dataset and group.
        untold: what the data leave untold.
        tested: how many changes of offense groups were tested.
    """

    directions: tuple[Direction, ...] = ()
    seasons: tuple[Season, ...] = ()
    untold: tuple[Untold, ...] = ()
    tested: int = 0

    def largest(self, dataset: str, years: int, verdict: Verdict) -> Direction | None:
        """The largest rise, or fall, of a dataset's offense groups among those that stand out; None if none does."""
        rival = [
            direction
            for direction in self.directions
            if (direction.dataset, direction.years, direction.verdict) == (dataset, years, verdict)
            and direction.stands_out
            and direction.has_percentage
        ]
        return max(rival, key=lambda it: abs(it.change.percent) if it.change else 0, default=None)


def compute_findings(history: History) -> Findings:
    """All findings of a history; takes a second or two for the full history of all datasets."""
    directions: list[Direction] = []
    seasons: list[Season] = []
    untold: list[Untold] = []
    for dataset in sorted({month.dataset for month in history.months}, key=list(DATASETS).index):
        groups = _groups(dataset, history)
        untold += gaps(dataset, history)
        counting = {
            group: months for group, held in groups.items() if (months := _newest_series(held)) and _is_told(months[0])
        }
        seasons += [season for months in counting.values() if (season := _season(months))]
        for years in WINDOWS:
            shift = mapping_shift(groups, years)
            windows = {group: _window(months, years) for group, months in counting.items()}
            directions += [
                _direction(window, years, history)
                for group, window in windows.items()
                if window and (group == ALL or not shift)
            ]
            untold += [*([shift] if shift else []), *short(counting, windows, years)]
    return _judged_together(directions, seasons, untold)


def verdict_of(found: Change | None) -> Verdict:
    """What the intervals of a change say; ``stable`` if the one of 90 % lies within 5 % of no change."""
    if found is None:
        return Verdict.TOO_FEW
    if found.low > 0:
        return Verdict.ROSE
    if found.high < 0:
        return Verdict.FELL
    if found.inner_low > -MARGIN_PERCENT and found.inner_high < MARGIN_PERCENT:
        return Verdict.STABLE
    return Verdict.UNCLEAR


def _is_told(month: Month) -> bool:
    return month.scope in TOLD_SCOPES


def _groups(dataset: str, history: History) -> dict[str, list[Month]]:
    """Offense group -> its months in order; ``all`` first, then as the names are."""
    order = [ALL, *history.group_names]
    groups: dict[str, list[Month]] = {}
    for month in sorted(history.months, key=lambda it: (order.index(it.offense_group), it.month)):
        if month.dataset == dataset:
            groups.setdefault(month.offense_group, []).append(month)
    return groups


def _newest_series(months: Sequence[Month]) -> list[Month]:
    """The months that count, of the series of the newest of them."""
    counting = [month for month in months if month.is_comparable]
    return [month for month in counting if month.series_id == counting[-1].series_id]


def _window(months: Sequence[Month], years: int) -> list[Month]:
    """The last years of a series; nothing if it is shorter, or lacks more than a month in twelve."""
    first = month_number(months[-1].month) - 12 * years + 1
    window = [month for month in months if month_number(month.month) >= first]
    is_whole = month_number(months[0].month) <= first and len(window) >= 11 * years
    return window if is_whole else []


def _direction(window: Sequence[Month], years: int, history: History) -> Direction:
    newest = window[-1]
    last = month_number(newest.month)
    first_year, last_year = twelve_months(window, years - 1), twelve_months(window, 0)
    views = [{month.month: month.count for month in window}]
    for bound in ("low_count", "high_count"):
        view = {month.month: value for month in window if (value := getattr(month, bound)) is not None}
        if len(view) == len(window) and view not in views:
            views.append(view)
    changes = [change(view, years, plain=newest.offense_group == MURDER) for view in views]
    verdicts = {verdict_of(found) for found in changes}
    found = changes[0]
    if found:
        found = replace(found, p_value=max(each.p_value if each else 1 for each in changes))
    notes = {
        note.break_notes
        for note in history.notes
        if note.break_notes
        and note.dataset == newest.dataset
        and newest.offense_group in (ALL, note.offense_group)
        and note.month in views[0]
    }
    return Direction(
        dataset=newest.dataset,
        offense_group=newest.offense_group,
        measure=newest.measure,
        years=years,
        first_month=month_of(last - 12 * years + 1),
        last_month=newest.month,
        first_count=sum(month.count for month in first_year),
        last_count=sum(month.count for month in last_year),
        first_months=len(first_year),
        last_months=len(last_year),
        verdict=verdict_of(changes[0]) if len(verdicts) == 1 else Verdict.UNCLEAR,
        change=found,
        depends_on_mapping=len(verdicts) > 1,
        # A month's notes are one text: those of a month may be the beginning of another's.
        caveats=tuple(sorted(note for note in notes if not any(note != other and note in other for other in notes))),
    )


def _season(months: Sequence[Month]) -> Season | None:
    by_year = {year: list(of_year) for year, of_year in groupby(months, lambda it: it.month.year)}
    complete = {year: held for year, held in by_year.items() if len(held) == 12 and any(month.count for month in held)}
    if len(complete) < LEAST_YEARS:
        return None
    counts = [month.count for held in complete.values() for month in held]
    a_day = [
        [month.count / monthrange(year, month.month.month)[1] for month in held] for year, held in complete.items()
    ]
    first = months[0]
    return Season(
        dataset=first.dataset,
        offense_group=first.offense_group,
        measure=first.measure,
        years=len(complete),
        first_year=min(complete),
        last_year=max(complete),
        month_mean=mean(counts),
        peak=peak(a_day),
    )


def _judged_together(directions: Sequence[Direction], seasons: Sequence[Season], untold: Sequence[Untold]) -> Findings:
    """The findings, with what stands out of all changes of offense groups that were tested."""
    tested = [
        (place, it.change) for place, it in enumerate(directions) if it.change and it.offense_group not in (ALL, CALL)
    ]
    judged = list(directions)
    for (place, _), stands in zip(tested, stand_out([found.p_value for _, found in tested]), strict=True):
        judged[place] = replace(
            judged[place], stands_out=stands and judged[place].verdict in (Verdict.ROSE, Verdict.FELL)
        )
    return Findings(tuple(judged), tuple(seasons), tuple(untold), len(tested))
