"""What the findings leave untold, as lines on the data's quality: holes, unsettled months, short series, mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from crime_trends.reports.findings_data import History, Month, month_number, month_of, twelve_months

UNMAPPED_SHIFT = 0.02
"""How much the share of cases without a mapping may move within a window, before a change of mapping would be told."""


@dataclass(frozen=True)
class Untold:
    """A line on the quality of the data: what is not told, and why.

    Arguments:
        dataset: of which dataset.
        reason: ``absent`` (never brought), ``incomplete``, ``unsettled``, ``short`` or ``mapping``.
        offense_groups: of which groups; empty for all.
        years: of which window; None if of all.
        first_month, last_month: which months.
        months: how many of them.
        detail: the reason in the words of the marts; empty where there are none.
    """

    dataset: str
    reason: str
    offense_groups: tuple[str, ...]
    years: int | None
    first_month: date
    last_month: date
    months: int
    detail: str = ""


def gaps(dataset: str, history: History) -> list[Untold]:
    """Months from a dataset's first to its last that are left out, each run with one reason by itself."""
    held = {it.month for it in history.months if it.dataset == dataset}
    left_out = {it.month: ("unsettled", "") for it in history.months if it.dataset == dataset and not it.is_settled}
    left_out |= {
        note.month: ("incomplete", note.incomplete_reason)
        for note in history.notes
        if note.dataset == dataset and note.incomplete_reason is not None
    }
    span = range(month_number(min(held)), month_number(max(held)))
    left_out |= {month: ("absent", "") for month in map(month_of, span) if month not in held}
    found: list[Untold] = []
    for month, (reason, detail) in sorted(left_out.items()):
        previous = found[-1] if found else None
        next_of_it = previous and (previous.reason, previous.detail, month_number(previous.last_month) + 1)
        if previous and next_of_it == (reason, detail, month_number(month)):
            found[-1] = replace(previous, last_month=month, months=previous.months + 1)
        else:
            found.append(Untold(dataset, reason, (), None, month, month, 1, detail))
    return found


def short(counting: Mapping[str, list[Month]], windows: Mapping[str, list[Month]], years: int) -> list[Untold]:
    """Groups whose series are too short for a window; those of the same months together."""
    spans: dict[tuple[date, date, int], list[str]] = {}
    for group, months in counting.items():
        if not windows[group]:
            spans.setdefault((months[0].month, months[-1].month, len(months)), []).append(group)
    return [
        Untold(counting[groups[0]][0].dataset, "short", tuple(groups), years, first, last, count)
        for (first, last, count), groups in spans.items()
    ]


def mapping_shift(groups: Mapping[str, list[Month]], years: int) -> Untold | None:
    """A window in which the share of cases without a mapping moves, so that groups gain or lose by it alone."""
    unmapped = [month for month in groups.get("unmapped", []) if month.is_comparable]
    if not unmapped:
        return None
    newest = month_number(unmapped[-1].month)
    everything = {month.month: month.count for month in groups["all"]}
    shares = []
    for year in range(years):
        held = twelve_months(unmapped, year)
        total = sum(everything[month.month] for month in held)
        if total:
            shares.append(sum(month.count for month in held) / total)
    if not shares or max(shares) - min(shares) <= UNMAPPED_SHIFT:
        return None
    detail = f"{100 * min(shares):.1f} to {100 * max(shares):.1f} %"
    first, last = month_of(newest - 12 * years + 1), unmapped[-1].month
    return Untold(unmapped[0].dataset, "mapping", (), years, first, last, 12 * years, detail)
