"""The findings say what was planted in made-up months, in words, and nothing more."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from crime_trends.reports.findings import Verdict, compute_findings, verdict_of
from crime_trends.reports.findings_data import History, Month, Note, Series, month_number, month_of
from crime_trends.reports.findings_model import Change, stand_out
from crime_trends.reports.findings_text import findings_page, findings_sections

AUSTIN = "austin_crime_reports"
LEGACY = "los_angeles_crime_reports"
CALLS = "san_diego_calls_for_service"
NAMES = {
    "murder": "Murder",
    "rape": "Rape",
    "robbery": "Robbery",
    "burglary": "Burglary",
    "theft": "Theft",
    "unmapped": "Without a mapping",
    "call": "Calls for service",
}
SCOPES = {"all": "all", "unmapped": "unmapped", "call": "call"}
NEWEST = month_number(date(2025, 12, 1))


def months(
    group: str,
    level: float,
    *,
    years: int = 6,
    trend: float = 0.0,
    noise: float = 0.0,
    dataset: str = AUSTIN,
    seed: int = 1,
    factor: Callable[[date], float] = lambda month: 1.0,
) -> list[Month]:
    """Months of a group until December 2025: a yearly trend, a season that peaks in July, and chance.

    ``noise`` is what the levels of months scatter beyond Poisson, as a share.
    """
    chance = random.Random(f"{group}{seed}")  # noqa: S311
    found = []
    for number in range(NEWEST - 12 * years + 1, NEWEST + 1):
        month = month_of(number)
        season = 1 + 0.15 * math.cos((month.month - 7) * math.tau / 12)
        days = monthrange(month.year, month.month)[1] * 12 / 365.25
        mean = level * days * season * (1 + trend) ** ((number - NEWEST) / 12) * factor(month) * chance.gauss(1, noise)
        count = max(0, round(chance.gauss(mean, math.sqrt(mean))))
        measure = "calls" if group == "call" else "cases"
        found.append(Month(dataset, group, measure, SCOPES.get(group, "index"), f"{dataset} from 2003", month, count))
    return found


def history(*groups: Iterable[Month], series: Iterable[Series] = (), notes: Iterable[Note] = ()) -> History:
    return History(tuple(month for group in groups for month in group), tuple(series), tuple(notes), NAMES)


def lines(made_of: History) -> list[str]:
    """The sentences without their caveats."""
    return [sentence.text for section in findings_sections(made_of) for sentence in section.sentences]


def the_line(made_of: History, beginning: str) -> str:
    found = [line for line in lines(made_of) if line.startswith(beginning)]
    assert len(found) == 1, lines(made_of)
    return found[0]


def test_a_planted_trend_is_told_with_numbers_period_and_interval() -> None:
    made_of = history(months("theft", 900, trend=-0.12))
    found = compute_findings(made_of).directions
    assert [(it.years, it.verdict) for it in found] == [(2, Verdict.FELL), (4, Verdict.FELL)]
    two = found[0]
    assert two.change and two.change.low < -12 < two.change.high
    four = found[1]
    assert four.change and four.change.low < 100 * (0.88**3 - 1) < four.change.high
    text = the_line(made_of, "Theft fell over the two years")
    assert text == (
        f"Theft fell over the two years to December 2025: {two.first_count:,} cases in the first twelve months, "
        f"{two.last_count:,} cases in the last; \N{MINUS SIGN}{-two.change.percent:.1f} % by the model "
        f"(95 % interval \N{MINUS SIGN}{-two.change.low:.1f} to \N{MINUS SIGN}{-two.change.high:.1f} %)."
    )
    theft = made_of.months[-12:]
    assert two.last_count == sum(month.count for month in theft)


def test_without_a_trend_nothing_clear_is_told() -> None:
    wrong = 0
    for seed in range(60):
        found = compute_findings(history(months("theft", 400, noise=0.04, seed=seed))).directions
        wrong += sum(it.verdict in (Verdict.ROSE, Verdict.FELL) for it in found)
        assert all(not it.change or it.change.low <= it.change.percent <= it.change.high for it in found)
    assert wrong <= 12  # of 120, at 5 %
    made_of = history(months("robbery", 60, noise=0.1, seed=3))
    assert the_line(made_of, "Robbery: no clear change over the two years to December 2025: ")
    assert not [line for line in lines(made_of) if "Largest" in line]
    assert "No rise of an offense group stands out over two years." in lines(made_of)


def test_stable_needs_an_interval_within_the_margin() -> None:
    assert the_line(history(months("theft", 20000, seed=2)), "Theft: stable over the two years to December 2025: ")
    assert verdict_of(Change(0, -6, 6, -4.9, 4.9, 1)) is Verdict.STABLE
    assert verdict_of(Change(0, -6, 6, -5.1, 4.9, 1)) is Verdict.UNCLEAR
    assert verdict_of(Change(2, 0.1, 4, 0.2, 3, 0.04)) is Verdict.ROSE


def test_overdispersion_widens_the_interval() -> None:
    calm, wild = (compute_findings(history(months("theft", 900, noise=noise))).directions[0] for noise in (0, 0.2))
    assert calm.change and wild.change
    assert wild.change.high - wild.change.low > 3 * (calm.change.high - calm.change.low)
    assert wild.verdict is Verdict.UNCLEAR


def test_murder_is_told_in_cases_and_not_in_percent() -> None:
    text = the_line(history(months("murder", 3)), "Murder: no clear change over the two years")
    assert text.endswith(" cases (95 % interval; too few for a percentage).")
    assert "% by the model" not in text
    rising = history(months("murder", 4, trend=1.0))
    assert the_line(rising, "Murder rose over the two years").endswith("too few for a percentage).")
    assert not [line for line in lines(rising) if line.startswith("Largest")]
    assert the_line(history(months("murder", 0.3)), "Murder: too few cases to tell a change over the two years")


def test_a_break_is_never_crossed() -> None:
    first = date(2024, 7, 1)
    whole = months("theft", 900, factor=lambda month: 1.0 if month < first else 0.5)
    broken = [replace(month, series_id="later") if month.month >= first else month for month in whole]
    series = [
        Series(AUSTIN, "theft", date(2003, 1, 1), date(2024, 6, 1), None),
        Series(AUSTIN, "theft", first, None, "Reports go elsewhere."),
    ]
    made_of = history(broken, series=series)
    assert compute_findings(made_of).directions == ()
    assert [line for line in lines(made_of) if "theft" in line] == [
        "Austin crime reports: no change over two years for theft; 18 months count of the series "
        "(July 2024 to December 2025).",
        "Austin crime reports: no change over four years for theft; 18 months count of the series "
        "(July 2024 to December 2025).",
    ]
    assert the_line(made_of, "Austin crime reports before July 2024 with those from then on").endswith(
        "(all groups): Reports go elsewhere."
    )


def test_a_tail_of_late_reports_is_no_fall() -> None:
    late = date(2025, 10, 1)
    whole = months("theft", 20000, seed=2, years=7)
    tail = [replace(it, count=it.count // 3, is_settled=False) if it.month >= late else it for it in whole]
    made_of = history(tail)
    assert the_line(made_of, "Theft: stable over the two years to September 2025: ")
    assert the_line(made_of, "Austin crime reports, October 2025 to December 2025") == (
        "Austin crime reports, October 2025 to December 2025: left out, not settled; late reports are still to come."
    )


def test_months_that_a_closed_dataset_never_settles_are_told_once_and_wait_for_nothing() -> None:
    since = date(2025, 9, 1)
    late = {date(2025, 8, 1), date(2025, 11, 1), date(2025, 12, 1)}
    whole = months("theft", 900, dataset=LEGACY)
    ended = [replace(it, is_settled=it.month not in late, is_complete=it.month < since) for it in whole]
    notes = [Note(LEGACY, "theft", it.month, "It thins out.", None) for it in ended if not it.is_complete]
    title = "Los Angeles crime reports (legacy codes)"
    assert [line for line in lines(history(ended, notes=notes)) if "left out" in line] == [
        f"{title}, August 2025: left out, not settled; the dataset has ended, and nothing new is published.",
        f"{title}, September 2025 to December 2025: left out, not complete (It thins out.).",
    ]


def test_months_that_were_never_brought_are_lines_on_the_data() -> None:
    absent = {date(2022, 2, 1), date(2025, 5, 1), date(2025, 6, 1)}
    made_of = history([it for it in months("theft", 20000, seed=2) if it.month not in absent])
    assert " cases in 10 of the last; " in the_line(made_of, "Theft: stable over the two years to December 2025: ")
    assert [line for line in lines(made_of) if "left out" in line] == [
        "Austin crime reports, February 2022: left out, never brought.",
        "Austin crime reports, May 2025 to June 2025: left out, never brought.",
    ]


def test_a_hole_is_a_line_on_the_data_and_no_finding() -> None:
    hole = date(2025, 5, 1)
    whole = months("call", 90000, dataset=CALLS)
    holed = [replace(it, count=it.count // 2, is_complete=False) if it.month == hole else it for it in whole]
    made_of = history(holed, notes=[Note(CALLS, "call", hole, "The published file lacks calls.", None)])
    text = the_line(made_of, "Calls for service: stable over the two years to December 2025: ")
    assert " calls in 11 of the last; " in text
    assert the_line(made_of, "San Diego calls for service, May 2025: left out") == (
        "San Diego calls for service, May 2025: left out, not complete (The published file lacks calls.)."
    )
    many = {date(2025, month, 1) for month in (2, 5, 8)}
    assert the_line(
        history([replace(it, is_complete=it.month not in many) for it in whole]),
        "San Diego calls for service: no change over two years for calls for service; 69 months count of the series",
    )


def test_a_change_of_mapping_is_no_change_of_offenses() -> None:
    since = date(2025, 1, 1)
    mapped = months("theft", 900, factor=lambda month: 1.0 if month < since else 0.8)
    unmapped = months("unmapped", 200, factor=lambda month: 0.1 if month < since else 1.0)
    everything = [
        replace(one, offense_group="all", scope="all", count=one.count + other.count)
        for one, other in zip(mapped, unmapped, strict=True)
    ]
    made_of = history(mapped, unmapped, everything)
    assert not [line for line in lines(made_of) if line.startswith("Theft fell")]
    assert the_line(made_of, "All offense groups together: stable over the two years")
    assert "so that groups gain or lose by the mapping alone" in the_line(
        made_of, "Austin crime reports: no change of an offense group over two years; "
    )


def test_what_only_one_mapping_sees_is_not_told() -> None:
    falling = months("burglary", 900, trend=-0.15)
    flat = months("burglary", 1200, seed=4)
    made_of = history(
        [replace(low, low_count=low.count, high_count=high.count) for low, high in zip(falling, flat, strict=True)]
    )
    text = the_line(made_of, "Burglary: no clear change over the two years")
    assert text.endswith(" cases in the last.")  # and no interval of the one mapping, which may not include zero
    caveats = findings_sections(made_of)[0].sentences[-2].caveats
    assert "Sources that map offenses differently see another change, so none is told." in caveats
    agreed = history([replace(low, low_count=low.count, high_count=2 * low.count) for low in falling])
    assert the_line(agreed, "Burglary fell over the two years")


def test_the_largest_stand_out_of_all_that_were_tested() -> None:
    made_of = history(
        months("theft", 900, trend=0.10),
        months("robbery", 300, trend=0.40),
        months("burglary", 500, trend=-0.20),
        months("rape", 80),
        months("murder", 3),
    )
    assert the_line(made_of, "Largest rise of an offense group over the two years to December 2025: robbery, ")
    assert the_line(made_of, "Largest fall of an offense group over the two years to December 2025: burglary, ")
    page = findings_page(findings_sections(made_of), synthetic=True, made_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert page.count("Of 10 changes of offense groups that were tested in all datasets, ") == 1
    assert stand_out([0.03] + [0.9] * 9) == [False] * 10
    assert stand_out([0.004] + [0.9] * 9) == [True] + [False] * 9
    assert stand_out([]) == []


def test_a_peak_is_told_if_the_years_agree() -> None:
    assert the_line(history(months("theft", 900)), "Theft: peak in July, +1").endswith("cases a month on average).")
    assert " cases a month against " in the_line(history(months("robbery", 45, years=20)), "Robbery: peak in ")
    flat = months(
        "theft", 900, seed=2, factor=lambda month: 1 / (1 + 0.15 * math.cos((month.month - 7) * math.tau / 12))
    )
    assert the_line(history(flat), "Theft: no clear peak of the year in the 6 complete years of 2020 to 2025 (")
    holes = {date(2018, 3, 1), date(2022, 3, 1)}
    holed = [it for it in months("theft", 900, years=9) if it.month not in holes]
    assert " in the 7 complete years of 2017 to 2025 (" in the_line(history(holed), "Theft: peak in July, +")
    assert not [line for line in lines(history(months("theft", 900, years=4))) if "peak" in line]


def test_every_finding_has_a_caveat_and_none_names_a_cause_or_ranks() -> None:
    made_of = history(
        months("rape", 80),
        months("theft", 900, trend=0.1),
        months("call", 90000, dataset=CALLS),
        notes=[
            Note(AUSTIN, "theft", date(2025, 3, 1), None, "Something happened."),
            Note(AUSTIN, "theft", date(2025, 4, 1), None, "Something happened. And more."),
        ],
    )
    sections = findings_sections(made_of)
    told = [section for section in sections if section.dataset]
    assert [section.title for section in told] == [
        "Austin: Austin crime reports",
        "San Diego: San Diego calls for service",
    ]
    assert all(sentence.caveats for section in told for sentence in section.sentences)
    theft = next(it for it in told[0].sentences if it.text.startswith("Theft rose over the two years"))
    assert theft.caveats[1:] == ("Something happened. And more.",)
    rape = next(it for it in told[0].sentences if it.text.startswith("Rape"))
    assert any("never reported" in caveat for caveat in rape.caveats)
    assert all("a call is not a crime" in sentence.caveats[0] for sentence in told[1].sentences)
    text = " ".join(lines(made_of)).lower()
    assert not [word for word in ("because", "due to", "safest", "more dangerous", "worst") if word in text]
    assert "never added up" in text


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_first_line_of_the_page_says_that_data_are_made_up(synthetic: bool) -> None:
    made_at = datetime(2026, 3, 1, tzinfo=UTC)
    page = findings_page(findings_sections(history(months("theft", 900))), synthetic=synthetic, made_at=made_at)
    assert ("made-up data" in page.splitlines()[0]) is synthetic
    empty = findings_page(findings_sections(History()), synthetic=synthetic, made_at=made_at)
    assert "There is no finding yet" in empty


def test_the_code_location_loads_without_the_libraries_of_the_models() -> None:
    script = (
        "import sys, crime_trends.reports.findings_text; print({'statsmodels', 'scipy', 'pandas'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "set()\n"
