"""What the marts say of years of hand-made rows, against counts of the warehouse's rows in SQL of another kind."""

from __future__ import annotations

from datetime import date

import pytest

from crime_trends_tests.dbt.conftest import AUSTIN, CALLS, SAN_DIEGO, SECTORS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")


def thefts(first: str, last: str, condition: str = "true") -> str:
    """A query that counts Austin's thefts of some months as they are in the warehouse."""
    return (
        f"(select count(*) from warehouse.{AUSTIN} where ucr_category_code = '23H' "
        f"and month between '{first}' and '{last}' and {condition})"
    )


def test_twelve_months_are_summed_within_a_series_and_told_of_otherwise(years_home: ModelsHome) -> None:
    of = f"from marts.mart_rolling_12 where dataset = '{AUSTIN}' and offense_group = 'theft' and measure = 'cases'"
    assert years_home.query(f"select month, measure_count, reason {of} and month in ('2019-11-01', '2019-12-01')") == [
        (date(2019, 11, 1), None, "months are missing"),
        (date(2019, 12, 1), *years_home.query(f"select {thefts('2019-01-01', '2019-12-01')}")[0], None),
    ]
    # From October 2021 on, thefts can be reported on the internet.
    assert years_home.query(f"select months_used, measure_count, reason {of} and month = '2022-08-01'") == [
        (11, None, "the series breaks")
    ]
    assert years_home.query(f"select measure_count {of} and month = '2022-09-01'") == years_home.query(
        f"select {thefts('2021-10-01', '2022-09-01')}"
    )


def test_the_year_to_date_ends_with_the_last_settled_month_and_compares_years_of_one_age(
    years_home: ModelsHome,
) -> None:
    ((through, age),) = years_home.query(
        "select max(month), date_diff('day', max(month) + interval 1 month, max(data_through_date)) "
        f"from marts.mart_monthly_counts where dataset = '{AUSTIN}' and offense_group = 'theft' and is_settled"
    )
    rows = years_home.query(
        "select calendar_year, last_month, measure_count, same_age_count, comparison_reason "
        f"from marts.mart_year_to_date where dataset = '{AUSTIN}' and offense_group = 'theft' "
        "order by calendar_year desc limit 5"
    )
    expected = []
    for year in range(2025, 2020, -1):
        first, last = f"{year}-01-01", f"{year}-{through.month:02d}-01"
        known = f"report_date <= date '{last}' + interval 1 month + to_days({age})"
        ((count, same_age),) = years_home.query(f"select {thefts(first, last)}, {thefts(first, last, known)}")
        expected.append((year, date.fromisoformat(last), count, same_age, "the series breaks" if year < 2022 else None))
    assert rows == expected
    assert any(row[3] < row[2] for row in rows)


def test_rates_are_of_full_years_by_the_population_of_that_year(years_home: ModelsHome) -> None:
    assert years_home.query(
        "select measure_count, population, rate_per_100k, change_percent, change_reason from marts.mart_rates "
        f"where dataset = '{AUSTIN}' and offense_group = 'theft' and is_full_year order by month desc limit 2"
    ) == [
        (678, 993588, round(678 / 9.93588, 3), round(100 * (989583 / 993588 - 1), 1), None),
        (678, 989583, round(678 / 9.89583, 3), round(100 * (979214 / 989583 - 1), 1), None),
    ]
    assert years_home.query(
        "select change_percent, change_reason from marts.mart_rates "
        f"where dataset = '{AUSTIN}' and offense_group = 'rape' and month = '2020-12-01'"
    ) == [(None, "the population series breaks")]


def test_seasons_need_five_complete_years(years_home: ModelsHome) -> None:
    assert years_home.query(
        "select offense_group, years_used, month_factor is not null, reason from marts.mart_seasonality "
        f"where dataset = '{AUSTIN}' and offense_group in ('rape', 'theft') and calendar_month = 6 order by all"
    ) == [("rape", 6, True, None), ("theft", 3, False, "fewer than five complete years")]


def test_hours_are_those_of_the_rows_and_no_thefts(years_home: ModelsHome) -> None:
    assert years_home.query(
        "select weekday_number, hour_of_day, measure_count, excluded_share from marts.mart_weekday_hours "
        f"where dataset = '{CALLS}' order by all"
    ) == years_home.query(
        f"select dayofweek(occurred_at) + 1, hour(occurred_at), count(*), 0 from warehouse.{CALLS} "
        "where month = '2023-07-01' group by all order by all"
    )
    assert years_home.query(
        f"select distinct offense_group from marts.mart_weekday_hours where dataset <> '{CALLS}' order by all"
    ) == [("rape",), ("robbery",)]


def test_a_cohort_is_cleared_after_a_hundred_days(years_home: ModelsHome) -> None:
    month = ("2023-03-01", "2023-03-01")
    ((cleared, cohort),) = years_home.query(f"select {thefts(*month, 'clearance_date is not null')}, {thefts(*month)}")
    assert years_home.query(
        "select horizon_days, measure_count, arrest_count, exceptional_count, not_stated_count, cleared_share "
        "from marts.mart_clearance where offense_group = 'theft' and month = '2023-03-01' order by horizon_days"
    ) == [
        (90, cohort, 0, 0, cohort - cleared, 0),
        (180, cohort, cleared, 0, cohort - cleared, round(cleared / cohort, 4)),
        (365, cohort, cleared, 0, cohort - cleared, round(cleared / cohort, 4)),
    ]


def test_areas_show_no_small_cell_and_nothing_sensitive(years_home: ModelsHome) -> None:
    cells = years_home.query(
        "select offense_group, area_code, measure_count, is_suppressed from marts.mart_monthly_area_counts "
        f"where dataset = '{AUSTIN}' and month = '2024-03-01' and offense_group in ('rape', 'theft') order by all"
    )
    assert cells == [
        ("theft", sector, *years_home.query(f"select {thefts('2024-03-01', '2024-03-01', of)}")[0], False)
        for sector, of in ((sector, f"sector_code = '{sector}'") for sector in SECTORS)
    ]
    assert years_home.query(
        "select measure_count, is_suppressed, count(*) from marts.mart_monthly_area_counts "
        f"where dataset = '{SAN_DIEGO}' and offense_group = 'robbery' group by all order by all"
    ) == [(5, False, 4), (None, True, 8)]


def test_a_case_is_one_and_its_offenses_are_two(years_home: ModelsHome) -> None:
    assert years_home.query(
        "select measure, offense_group, sum(measure_count) from marts.mart_monthly_counts "
        f"where dataset = '{SAN_DIEGO}' and measure_count > 0 group by all order by all"
    ) == [
        ("cases", "robbery", 52),
        ("offenses", "robbery", 52),
        ("offenses", "theft", 52),
        ("records", "robbery", 52),
        ("records", "theft", 52),
    ]


def test_published_totals_stand_beside_the_years_that_count(years_home: ModelsHome) -> None:
    assert years_home.query(
        "select calendar_year, measure_count, published_count, difference_count, is_close, reason "
        f"from marts.mart_benchmarks where dataset = '{AUSTIN}' and offense_group = 'theft' order by calendar_year"
    ) == [
        (2024, 678, 21693, 678 - 21693, False, None),
        (2025, None, 21999, None, None, "the year is not in the facts"),
    ]
