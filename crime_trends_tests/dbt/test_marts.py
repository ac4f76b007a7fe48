"""What the marts say of years of hand-made rows, against counts of the warehouse's rows in SQL of another kind."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from crime_trends_tests.dbt.conftest import CALLS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

AUSTIN, SAN_DIEGO = "austin_crime_reports", "san_diego_nibrs_offenses"
SECTORS = ["AD", "BA", "CH"]


@pytest.fixture(scope="module")
def years_home(home_path: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelsHome:
    """A home whose models are built of years of rows: only to be read.

    Austin, 2019-01 to 2025-06: each month as many thefts as its number in the year and 50 more, one sector after the
    other, reported five days later and one of them after ninety, one in four cleared by arrest after a hundred days; a
    sexual assault in sector BA. San Diego, 2023: a case of robbery and theft a week; its calls of July to November.
    """
    home = ModelsHome(home_path)
    home.warehouse.file.unlink(missing_ok=True)
    home.warehouse.prepare()
    with home.warehouse.connect() as connection:
        connection.execute(
            f"""
            insert into warehouse.{AUSTIN} by name
            select
                format('{{:d}}-{{:d}}', year(month) * 100 + month(month), number) as incident_id,
                month::date as month,
                (month + to_days((number % 28)::int))::date as occurred_date,
                month + to_days((number % 28)::int) + to_hours((number % 24)::int) as occurred_at,
                format('{{:02d}}00', number % 24) as occurred_time,
                occurred_date + case when number = 13 then 90 else 5 end as report_date,
                case when number = 0 then '11A' else '23H' end as ucr_category_code,
                '0600' as offense_code,
                'THEFT' as offense_name,
                ({SECTORS})[1 + case when number = 0 then 1 else number % 3 end] as sector_code,
                case when number % 4 = 0 then 'Arrested' end as clearance_status_name,
                case when number % 4 = 0 then report_date + 100 end as clearance_date
            from range(timestamp '2019-01-01', timestamp '2025-07-01', interval 1 month) as months (month)
            cross join range(0, 63) as numbers (number)
            where number <= 50 + month(month) and report_date <= date '2025-07-31'
            """
        )
        connection.execute(
            f"""
            insert into warehouse.{SAN_DIEGO} by name
            select
                format('{{}}-{{}}', week, code) as offense_id,
                week::varchar as case_id,
                (timestamp '2023-01-02' + to_days((week * 7)::int))::date as occurred_date,
                date_trunc('month', occurred_date)::date as month,
                occurred_date + interval 10 days as approved_at,
                code as offense_code,
                '1' as division_code
            from range(52) as weeks (week)
            cross join (values ('120'), ('23H')) as codes (code)
            """
        )
        connection.execute(
            f"""
            insert into warehouse.{CALLS} by name
            select
                'E' || number as call_id,
                timestamp '2023-07-01' + to_hours((number * 9)::int) as occurred_at,
                occurred_at::date as occurred_date,
                date_trunc('month', occurred_at)::date as month,
                'A' as disposition_code
            from range(400) as numbers (number)
            """
        )
        for table in (AUSTIN, SAN_DIEGO, CALLS):
            connection.execute(
                "insert into warehouse.month_ledger "
                f"select '{table}', month, 'a', count(*), count(*), count(*), 0, 0, null, '2025-08-01', '2025-08-01' "
                f"from warehouse.{table} group by month"
            )
        connection.execute("insert into facts.months_to_build select dataset, month from warehouse.month_ledger")
    home.build("reference", "monthly", "marts")
    kept = ModelsHome(tmp_path_factory.mktemp("years"))
    shutil.copy(home.warehouse.file, kept.warehouse.file)
    return kept


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
