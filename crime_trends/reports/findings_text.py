"""The findings in words: sections of sentences with their caveats, for the page ``findings.md`` and the dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crime_trends.datasets import CITIES, DATASETS
from crime_trends.reports.findings import (
    ALL,
    CALL,
    LEAST_BASE,
    WINDOWS,
    Direction,
    Findings,
    Season,
    Verdict,
    compute_findings,
)
from crime_trends.reports.findings_data import History
from crime_trends.reports.findings_quality import Untold
from crime_trends.reports.texts import GROUP_NOTES

NUMBERS = {2: "two", 4: "four"}
UNITS = {
    "cases": "Cases known to the police, each under its highest offense; what is reported is not all that happens.",
    "calls": "Calls to the police, whatever they turned out to be: a call is not a crime.",
}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Sentence:
    """A sentence, and what must be known with it."""

    text: str
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Sentences on one dataset, or on all.

    Arguments:
        title: its heading.
        sentences: in their order.
        dataset: key of the dataset; None for all.
        caveats: what must be known of the section as a whole.
    """

    title: str
    sentences: tuple[Sentence, ...]
    dataset: str | None = None
    caveats: tuple[str, ...] = ()


def findings_sections(history: History) -> tuple[Section, ...]:
    """The findings of a history: a section per dataset that has any, what may not be compared, what is untold."""
    findings = compute_findings(history)
    names = {**history.group_names, ALL: "all offense groups together", CALL: "calls for service"}
    sections = []
    for key, dataset in DATASETS.items():
        sentences = tuple(_of_dataset(key, findings, names))
        if sentences:
            title = f"{CITIES[dataset.city].name}: {dataset.title}"
            sections.append(Section(title, sentences, key, tuple(_tested(key, findings))))
    apart = tuple(_not_comparable(history, names))
    if apart:
        sections.append(Section("What may not be compared", apart))
    untold = tuple(Sentence(_untold(it, names)) for it in findings.untold)
    sections.append(Section("Quality of the data: what is not told", untold or (Sentence("Nothing to note."),)))
    return tuple(sections)


def findings_page(sections: Sequence[Section], *, synthetic: bool, made_at: datetime) -> str:
    """The sections as a page of Markdown.

    Arguments:
        sections: what ``findings_sections`` returned.
        synthetic: whether the rows are made up; the first line then says so.
        made_at: when the page is made, UTC.
    """
    lines = [
        "# Findings (made-up data: nothing of this happened)" if synthetic else "# Findings",
        "",
        f"Written by the computer on {made_at:%Y-%m-%d}, from settled and complete months of one series each. A change "
        "is that from the first to the last twelve months of its window, as a model with trend and season has it; an "
        "interval that includes zero reads 'no clear change'. Nothing here names a cause or ranks cities.",
    ]
    if not any(section.dataset for section in sections):
        lines += ["", "There is no finding yet: no series has two years of months that count."]
    for section in sections:
        # What must be known with every one of them is said once, above them.
        common = [it for it in section.sentences[0].caveats if all(it in other.caveats for other in section.sentences)]
        above = " ".join([*common, *section.caveats])
        lines += ["", f"## {section.title}", ""]
        lines += [f"*{above}*", ""] if above else []
        for sentence in section.sentences:
            own = " ".join(caveat for caveat in sentence.caveats if caveat not in common)
            lines.append(f"- {sentence.text}" + (f" *{own}*" if own else ""))
    return "\n".join(lines) + "\n"


def _of_dataset(key: str, findings: Findings, names: Mapping[str, str]) -> Iterator[Sentence]:
    directions = [it for it in findings.directions if it.dataset == key]
    headlines = [it for it in directions if it.offense_group in (ALL, CALL)]
    groups = [it for it in directions if it.offense_group not in (ALL, CALL)]
    yield from (_direction(it, names) for it in headlines)
    for years in WINDOWS:
        if any(it.years == years for it in groups):
            yield from _largest(key, years, findings, names)
    yield from (_direction(it, names) for it in groups)
    yield from (_season(it, names) for it in findings.seasons if it.dataset == key)


def _direction(it: Direction, names: Mapping[str, str]) -> Sentence:
    name, period = _capital(names[it.offense_group]), _period(it)
    opening = {
        Verdict.ROSE: f"{name} rose over {period}",
        Verdict.FELL: f"{name} fell over {period}",
        Verdict.STABLE: f"{name}: stable over {period}",
        Verdict.UNCLEAR: f"{name}: no clear change over {period}",
        Verdict.TOO_FEW: f"{name}: too few {it.measure} to tell a change over {period}",
    }[it.verdict]
    caveats = [UNITS[it.measure], *it.caveats]
    if it.offense_group == "rape":
        caveats.append(GROUP_NOTES["rape"])
    if it.depends_on_mapping:
        caveats.append("Sources that map offenses differently see another change, so none is told.")
    return Sentence(f"{opening}: {_counts(it)}{_model(it)}.", tuple(caveats))


def _counts(it: Direction) -> str:
    first = "the first twelve months" if it.first_months == 12 else f"{it.first_months} of the first twelve months"
    last = "the last" if it.last_months == 12 else f"{it.last_months} of the last"
    return f"{it.first_count:,} {it.measure} in {first}, {it.last_count:,} {it.measure} in {last}"


def _model(it: Direction) -> str:
    if it.change is None or it.depends_on_mapping:
        return ""
    if not it.has_percentage:
        low, high = (it.first_count * bound / 100 for bound in (it.change.low, it.change.high))
        span = f"{_signed(low, 0)} to {_signed(high, 0)} {it.measure}"
        return f"; by the model {span} (95 % interval; too few for a percentage)"
    estimate = f"; {_signed(it.change.percent)} % by the model"
    if it.verdict is Verdict.STABLE:
        return f"{estimate} (90 % interval {_interval(it.change.inner_low, it.change.inner_high)}, within 5 %)"
    return f"{estimate} (95 % interval {_interval(it.change.low, it.change.high)})"


def _tested(key: str, findings: Findings) -> Iterator[str]:
    """How many changes were tested for the largest ones, where a dataset has any."""
    if any(it.dataset == key and it.change and it.offense_group not in (ALL, CALL) for it in findings.directions):
        standing = sum(it.stands_out for it in findings.directions)
        yield (
            f"Of {findings.tested} changes of offense groups that were tested in all datasets, {standing} stand out at "
            "a false discovery rate of 5 % (Benjamini-Hochberg)."
        )


def _largest(key: str, years: int, findings: Findings, names: Mapping[str, str]) -> Iterator[Sentence]:
    for verdict, noun in ((Verdict.ROSE, "rise"), (Verdict.FELL, "fall")):
        it = findings.largest(key, years, verdict)
        if it and it.change:
            text = (
                f"Largest {noun} of an offense group over {_period(it)}: {_small(names[it.offense_group])}, "
                f"{_counts(it)}{_model(it)}."
            )
        else:
            text = f"No {noun} of an offense group stands out over {NUMBERS[years]} years."
        yield Sentence(text, (UNITS["cases"],))


def _season(it: Season, names: Mapping[str, str]) -> Sentence:
    name = _capital(names[it.offense_group])
    years = f"the {it.years} complete years of {it.first_year} to {it.last_year}"
    month = f"{date(2000, it.peak.calendar_month, 1):%B}"
    low, factor, high = it.peak.low, it.peak.factor, it.peak.high
    if not it.is_clear:
        text = f"{name}: no clear peak of the year in {years} ({it.month_mean:,.1f} {it.measure} a month on average)."
    elif it.month_mean < LEAST_BASE:
        text = (
            f"{name}: peak in {month}, {it.month_mean * factor:.1f} {it.measure} a month against {it.month_mean:.1f} "
            f"on average in {years} (95 % interval {it.month_mean * low:.1f} to {it.month_mean * high:.1f})."
        )
    else:
        text = (
            f"{name}: peak in {month}, {_signed(100 * factor - 100)} % a day against the year's mean in {years} "
            f"(95 % interval {_interval(100 * low - 100, 100 * high - 100)}; {it.month_mean:,.0f} {it.measure} a month "
            "on average)."
        )
    return Sentence(text, (UNITS[it.measure], *((GROUP_NOTES["rape"],) if it.offense_group == "rape" else ())))


def _not_comparable(history: History, names: Mapping[str, str]) -> Iterator[Sentence]:
    held = [key for key in DATASETS if any(month.dataset == key for month in history.months)]
    if len({DATASETS[key].city for key in held}) > 1:
        yield Sentence(
            "Cities with each other: what is reported, how it is coded and which offense is the highest are their own."
        )
    if len({DATASETS[key].record_type for key in held}) > 1:
        yield Sentence("Reports, offenses and calls: they count different things and are never added up.")
    if {"los_angeles_crime_reports", "los_angeles_nibrs_offenses"} <= set(held):
        yield Sentence("Los Angeles's reports with its NIBRS offenses: legacy and NIBRS codes are two classifications.")
    for key in held:
        breaks: dict[tuple[date, str], list[str]] = {}
        first = min(month.month for month in history.months if month.dataset == key)
        last = max(month.month for month in history.months if month.dataset == key)
        for series in history.series:
            told = series.offense_group != ALL and first < series.first_month <= last
            if series.dataset == key and series.note and told:
                breaks.setdefault((series.first_month, series.note), []).append(_small(names[series.offense_group]))
        everything = {series.offense_group for series in history.series if series.dataset == key} - {ALL}
        for (month, note), groups in sorted(breaks.items()):
            what = "all groups" if len(groups) == len(everything) else ", ".join(sorted(groups))
            yield Sentence(f"{DATASETS[key].title} before {month:%B %Y} with those from then on ({what}): {note}")


def _untold(it: Untold, names: Mapping[str, str]) -> str:
    title = DATASETS[it.dataset].title
    span = f"{it.first_month:%B %Y}"
    if it.months > 1:
        span += f" to {it.last_month:%B %Y}"
    window = f"{NUMBERS[it.years]} years" if it.years else ""
    groups = ", ".join(_small(names[group]) for group in it.offense_groups)
    count = "1 month counts" if it.months == 1 else f"{it.months} months count"
    has_ended = DATASETS[it.dataset].last_month is not None
    late = "the dataset has ended, and nothing new is published" if has_ended else "late reports are still to come"
    return {
        "absent": f"{title}, {span}: left out, never brought.",
        "incomplete": f"{title}, {span}: left out, not complete ({it.detail}).",
        "unsettled": f"{title}, {span}: left out, not settled; {late}.",
        "short": f"{title}: no change over {window} for {groups}; {count} of the series ({span}).",
        "mapping": f"{title}: no change of an offense group over {window}; the share of cases without a mapping moves "
        f"within them ({it.detail}, {span}), so that groups gain or lose by the mapping alone.",
    }[it.reason]


def _period(it: Direction) -> str:
    return f"the {NUMBERS[it.years]} years to {it.last_month:%B %Y}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _signed(value: float, digits: int = 1) -> str:
    text = f"{abs(value):,.{digits}f}"
    if not text.strip("0.,"):
        return text
    return f"+{text}" if value > 0 else f"{MINUS}{text}"


def _interval(low: float, high: float) -> str:
    return f"{_signed(low)} to {_signed(high)} %"
