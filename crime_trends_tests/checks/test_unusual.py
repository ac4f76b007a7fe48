"""The maths of unusual counts: known numbers, made-up counts whose law is known, and San Diego's real holes."""

from __future__ import annotations

import random
from math import sqrt

import pytest

from crime_trends.checks.unusual import (
    MINIMUM,
    Expectation,
    dispersion,
    judge,
    same_month_of_earlier_years,
    share_of_earlier_months,
)

# Calls a year, by incident, of the files that San Diego publishes; second-hand.
CALLS = {
    2015: 608_434,
    2016: 586_703,
    2017: 580_577,
    2018: 570_459,
    2019: 590_967,
    2020: 567_290,
    2021: 568_947,
    2022: 499_256,
    2023: 463_554,
    2024: 485_326,
    2025: 454_751,
}
HOLES = {"2020-06": 38_280, "2023-08": 27_662, "2025-05": 28_489, "2025-06": 27_362}


def calls_by_month() -> dict[str, int]:
    """The years' calls spread over their months as the season goes, and the holes as they are."""
    season = [31.5, 28, 31.5, 30, 31.5, 30.5, 32, 32, 30, 31, 29, 28]
    months = {
        f"{year}-{month + 1:02d}": round(calls * season[month] / sum(season))
        for year, calls in CALLS.items()
        for month in range(12)
    }
    return {**months, **HOLES}


def counts(expected: float, number: int, excess: float, seed: int) -> list[Expectation]:
    """Counts with ``excess`` times Poisson's variance around an expectation that is known exactly."""
    draw = random.Random(seed)  # noqa: S311  (made-up counts)
    return [
        Expectation(str(index), round(draw.gauss(expected, sqrt(excess * expected))), expected, 0.0)
        for index in range(number)
    ]


def test_counts_of_a_poisson_law_have_dispersion_one() -> None:
    assert dispersion(counts(10_000, 2_000, 1, seed=1)) == pytest.approx(1, abs=0.1)


def test_counts_that_vary_more_have_a_greater_dispersion() -> None:
    assert dispersion(counts(10_000, 2_000, 30, seed=2)) == pytest.approx(30, rel=0.1)


def test_one_in_a_thousand_usual_counts_lies_outside() -> None:
    judged = judge(counts(10_000, 20_000, 5, seed=3))
    assert 10 <= sum(it.is_unusual for it in judged) <= 32


def test_an_interval_by_hand() -> None:
    """With dispersion 1, 100 expected as the mean of 4 counts: 100 -+ 3.29 * sqrt(100 * 1.25)."""
    judged = judge([Expectation(str(index), 100, 100.0, 0.25) for index in range(MINIMUM)])
    assert (judged[0].low, judged[0].high) == (pytest.approx(63.2, abs=0.05), pytest.approx(136.8, abs=0.05))


def test_a_few_counts_far_off_do_not_hide_themselves() -> None:
    usual = counts(10_000, 60, 2, seed=4)
    holes = [Expectation(f"hole {index}", 7_000, 10_000.0, 0.0) for index in range(6)]
    assert {it.label for it in judge([*usual, *holes]) if it.is_unusual} == {it.label for it in holes}


def test_too_few_counts_are_not_judged() -> None:
    usual = counts(100, MINIMUM, 1, seed=5)
    assert judge(usual[:-1]) == []
    assert len(judge(usual)) == MINIMUM


def test_a_month_is_compared_with_the_latest_three_of_five_earlier_years() -> None:
    held = {"2017-04": 1, "2018-04": 2, "2019-04": 4, "2020-04": 6, "2021-04": 8, "2023-04": 9, "2023-05": 5}
    (found,) = same_month_of_earlier_years(held, lambda month: month == "2023-04")
    assert (found.observed, found.expected, found.uncertainty) == (9, 6.0, 1 / 3)


def test_one_earlier_year_is_not_enough() -> None:
    assert same_month_of_earlier_years({"2022-04": 10, "2023-04": 10}, lambda month: True) == []


def test_the_known_holes_of_san_diego_stand_out_and_no_other_month() -> None:
    judged = judge(same_month_of_earlier_years(calls_by_month(), lambda month: True))
    assert len(judged) == 9 * 12
    assert {it.label for it in judged if it.is_unusual} == HOLES.keys()


def test_a_month_that_lost_a_third_stands_out_where_years_decline() -> None:
    """Austin's reports fall by three percent a year."""
    falling = {
        f"{2003 + year}-{month + 1:02d}": round(10_000 * 0.97**year + 150 * ((year * 7 + month * 5) % 5 - 2))
        for year in range(20)
        for month in range(12)
    }
    assert not [it for it in judge(same_month_of_earlier_years(falling, lambda month: True)) if it.is_unusual]
    falling["2019-09"] = round(falling["2019-09"] * 0.66)
    judged = judge(same_month_of_earlier_years(falling, lambda month: True))
    assert [it.label for it in judged if it.is_unusual] == ["2019-09"]


def test_a_share_is_expected_from_the_twelve_months_before() -> None:
    totals = {f"2023-{month:02d}": 1_000 for month in range(1, 13)} | {"2024-01": 2_000}
    found = share_of_earlier_months(dict.fromkeys(totals, 10), totals)[-1]
    assert (found.label, found.observed) == ("2024-01", 10)
    assert found.expected == pytest.approx(2_000 * (120 + 0.5) / 12_000)
    assert found.uncertainty == pytest.approx(2_000 / 12_000)


def test_a_column_without_issues_that_suddenly_has_some_stands_out() -> None:
    totals = {f"{year}-{month:02d}": 5_000 for year in (2022, 2023) for month in range(1, 13)}
    judged = judge(share_of_earlier_months({"2023-08": 60}, totals))
    assert [it.label for it in judged if it.is_high] == ["2023-08"]
    assert not [it for it in judge(share_of_earlier_months({}, totals)) if it.is_high]
