"""Faults in the marts, and in the aggregates that they are made of."""

from __future__ import annotations

from crime_trends_tests.dbt.conftest import CALLS

AUSTIN = "where dataset = 'austin_crime_reports'"
STOLEN_CARS = f"{AUSTIN} and offense_group = 'motor_vehicle_theft'"
ROBBERIES = "where dataset = 'los_angeles_nibrs_offenses' and offense_group = 'robbery'"
SERIES, FORMER = "austin_crime_reports from 2021-10-01", "austin_crime_reports from 2003-01-01"

KEYS = {
    "daily_counts": "day_is_once",
    "monthly_counts": "month_is_once",
    "reported_counts": "month_is_once",
    "monthly_area_counts": "cell_is_once",
    "rolling_12": "month_is_once",
    "year_over_year": "month_is_once",
    "rates": "month_is_once",
    "seasonality": "month_is_once",
    "report_lag": "month_is_once",
    "month_growth": "age_is_once",
    "clearance": "cohort_is_once",
    "mapped_shares": "year_is_once",
    "benchmarks": "total_is_once",
}
"""Marts that have rows of Austin in the built home -> what the test of their key is called."""
NO_ROWS = {
    "daily_counts": "0 as measure_count",
    "monthly_counts": "0 as measure_count, 0 as exact_count, 0 as low_count, 0 as high_count",
    "report_lag": "0 as measure_count",
    "month_growth": "0 as newest_count",
    "clearance": "0 as measure_count",
}
"""Mart whose counts have a test of their own -> what its rows are to count to break no sum."""

ROWS_TWICE = {
    f"rows of {mart} twice": (
        f"insert into marts.mart_{mart} select * replace ({NO_ROWS.get(mart, 'dataset as dataset')}) "
        f"from marts.mart_{mart} {AUSTIN}",
        {f"mart_{mart}_{key}"},
    )
    for mart, key in KEYS.items()
} | {
    "rows of mapped_shares twice": (
        f"insert into marts.mart_mapped_shares from marts.mart_mapped_shares {AUSTIN}",
        {"mart_mapped_shares_year_is_once", "mart_mapped_shares_count_the_rows_of_fct_incidents"},
    )
}


def inserted(mart: str, **values: str) -> str:
    """A statement that puts one row of Austin's cases into a mart, of which these columns have a value."""
    row = {"city": "'austin'", "dataset": "'austin_crime_reports'", "record_type": "'report'", "measure": "'cases'"}
    columns = ", ".join(f"{value} as {column}" for column, value in (row | values).items())
    return f"insert into marts.mart_{mart} by name select {columns}"


def year_to_date(**values: str) -> str:
    """A statement that puts a year of thefts without a figure into mart_year_to_date, but for these values."""
    row = {
        "offense_group": "'theft'",
        "series_id": f"'{SERIES}'",
        "calendar_year": "2023",
        "last_month": "date '2023-02-01'",
        "months_wanted": "2",
        "months_used": "0",
        "reason": "'none'",
    }
    return inserted("year_to_date", **row | values)


def hours(**values: str) -> str:
    """A statement that puts a year of robberies without hours into mart_weekday_hours, but for these values."""
    row = {
        "offense_group": "'robbery'",
        "series_id": f"'{SERIES}'",
        "calendar_year": "2024",
        "excluded_share": "0",
        "reason": "'none'",
    }
    return inserted("weekday_hours", **row | values)


NO_CITY = {
    f"rows of {mart} of another city": (
        f"update marts.mart_{mart} set city = 'el_paso' {AUSTIN}",
        {f"mart_{mart}_record_types_are_not_mixed"},
    )
    for mart in KEYS
}

COUNTS = {
    "days of calls counted as reports": (
        f"update marts.mart_daily_counts set record_type = 'report' where dataset = '{CALLS}'",
        {"mart_daily_counts_record_types_are_not_mixed"},
    ),
    "a day without date": (
        f"update marts.mart_daily_counts set occurred_date = null {AUSTIN} and measure = 'records'",
        {"mart_daily_counts_day_is_once", "mart_daily_counts_records_are_the_rows_of_fct_incidents"},
    ),
    "a day's records that are none": (
        f"update marts.mart_daily_counts set measure_count = 2 {AUSTIN} and measure = 'records'",
        {"mart_daily_counts_records_are_the_rows_of_fct_incidents"},
    ),
    "a day's offenses that are none": (
        f"update marts.mart_daily_counts set measure_count = measure_count + 1 {ROBBERIES} and measure = 'offenses'",
        {"mart_daily_counts_offenses_are_the_rows_of_int_case_offenses"},
    ),
    "a month's records that are none": (
        f"update marts.mart_monthly_counts set measure_count = 2 {STOLEN_CARS} and measure = 'records'",
        {"mart_monthly_counts_records_are_the_rows_of_fct_incidents"},
    ),
    "a month's cases that are none": (
        f"update marts.mart_monthly_counts set measure_count = 2 {STOLEN_CARS} and measure = 'cases'",
        {"mart_monthly_counts_cases_are_the_rows_of_fct_crime_cases"},
    ),
    **{
        f"a month's {side} count that is of no rows": (
            f"update marts.mart_monthly_counts set {side}_count = 7 {STOLEN_CARS} and measure = 'records'",
            {f"mart_monthly_counts_{side}_counts_are_the_{rows}_of_the_facts"},
        )
        for side, rows in (("exact", "exact_rows"), ("low", "rows"), ("high", "rows"))
    },
    "a month that is settled by its own word": (
        f"update marts.mart_monthly_counts set is_settled = not is_settled {STOLEN_CARS}",
        {"mart_monthly_counts_are_judged_as_int_month_status_says"},
    ),
    "a month of another series": (
        f"update marts.mart_monthly_counts set series_id = 'other' {STOLEN_CARS}",
        {"mart_monthly_counts_are_judged_as_int_month_status_says"},
    ),
    "a day's cases counted as records": (
        f"update marts.mart_daily_counts set measure_count = 2 {AUSTIN} and measure = 'cases'",
        {"mart_daily_counts_cases_are_the_rows_of_fct_crime_cases"},
    ),
    "calls counted as cases": (
        f"update marts.mart_monthly_counts set measure = 'cases', measure_count = 0 where dataset = '{CALLS}' "
        "and month = '2017-10-01'",
        {
            "mart_monthly_counts_measures_are_those_of_the_record_type",
            "mart_monthly_counts_records_are_the_rows_of_fct_incidents",
            "mart_year_over_year_add_up",
        },
    ),
    "months of calls taken for reports": (
        f"update marts.mart_monthly_counts set record_type = 'report', measure = 'records' where dataset = '{CALLS}'",
        {"mart_monthly_counts_record_types_are_not_mixed", "mart_year_over_year_add_up"},
    ),
    "offenses counted as records": (
        f"update marts.mart_monthly_counts set measure_count = measure_count + 1 {ROBBERIES} and measure = 'offenses'",
        {"mart_monthly_counts_offenses_are_the_rows_of_int_case_offenses"},
    ),
    "months without records between two with some": (
        "insert into marts.mart_monthly_counts select * replace (date '2024-06-01' as month) "
        f"from marts.mart_monthly_counts where dataset = '{CALLS}' and month = '2024-03-01'",
        {
            "mart_monthly_counts_have_no_holes",
            "mart_monthly_counts_are_judged_as_int_month_status_says",
            "mart_monthly_counts_records_are_the_rows_of_fct_incidents",
        },
    ),
    "reports of another month": (
        f"update marts.mart_reported_counts set measure_count = 7 {STOLEN_CARS}",
        {"mart_reported_counts_are_the_reports_of_the_facts"},
    ),
    "reports that are compared though months are missing": (
        f"update marts.mart_reported_counts set is_comparable = true {STOLEN_CARS}",
        {"mart_reported_counts_comparable_or_reason"},
    ),
    "a place in a mart": (
        "alter table marts.mart_monthly_counts add column latitude double",
        {"marts_have_allowed_columns_only"},
    ),
    "a number of persons in a column of text": (
        "alter table marts.mart_monthly_counts alter column break_notes type integer using 1",
        {"marts_have_allowed_columns_only"},
    ),
    "a place in a mart that no other reads": (
        "alter table marts.mart_rates add column latitude double",
        {"marts_have_allowed_columns_only"},
    ),
    "an address in the vintages": (
        "alter table facts.vintages add column address varchar",
        {"facts_have_allowed_columns_only"},
    ),
    "an address in the facts": (
        "alter table facts.fct_incidents add column address varchar",
        {"facts_have_allowed_columns_only"},
    ),
}

AREAS = {
    "a small cell that is shown": (
        "update marts.mart_monthly_area_counts set measure_count = 1, is_suppressed = false "
        "where dataset = 'los_angeles_nibrs_offenses' and area_code = '01' and month = '2024-05-01' "
        "and offense_group = 'theft'",
        {
            "mart_monthly_area_counts_small_cells_are_withheld",
            "mart_monthly_area_counts_show_the_rows_of_the_facts",
        },
    ),
    "a cell that is said to be withheld and is not": (
        "update marts.mart_monthly_area_counts set is_suppressed = true where dataset = 'los_angeles_nibrs_offenses'",
        {"mart_monthly_area_counts_small_cells_are_withheld"},
    ),
    "rapes by area": (
        "update marts.mart_monthly_area_counts set offense_group = 'rape' where offense_group = 'robbery'",
        {
            "mart_monthly_area_counts_have_no_group_of_which_all_is_sensitive",
            "mart_monthly_area_counts_show_the_rows_of_the_facts",
        },
    ),
    "cells that are comparable by their own word": (
        "update marts.mart_monthly_area_counts set is_comparable = not is_comparable",
        {"mart_monthly_area_counts_are_judged_as_int_month_status_says"},
    ),
    "a cell that is withheld alone": (
        "update marts.mart_monthly_area_counts set measure_count = 0, is_suppressed = false "
        "where dataset = 'los_angeles_nibrs_offenses' and area_code = '01' and month = '2024-05-01' "
        "and offense_group = 'robbery'",
        {"mart_monthly_area_counts_no_cell_is_withheld_alone"},
    ),
}

FIGURES = {
    "twelve months that are not": (
        f"update marts.mart_rolling_12 set measure_count = 1, reason = null {STOLEN_CARS}",
        {
            "mart_rolling_12_figure_or_reason",
            "mart_rolling_12_add_up",
        },
    ),
    "twelve months across a break": (
        "update marts.mart_rolling_12 set measure_count = 1, reason = null, months_used = 12, offense_group = 'all', "
        f"first_month = '2021-09-01' {STOLEN_CARS}",
        {"mart_rolling_12_month_is_once", "mart_rolling_12_cross_no_break", "mart_rolling_12_add_up"},
    ),
    "no figure and no reason": (
        f"update marts.mart_rolling_12 set reason = null {STOLEN_CARS}",
        {"mart_rolling_12_figure_or_reason"},
    ),
    "a count at the least that no month adds up to": (
        f"update marts.mart_rolling_12 set low_count = 1 {STOLEN_CARS}",
        {"mart_rolling_12_add_up"},
    ),
    "a figure of a month that is none": (
        f"update marts.mart_year_over_year set measure_count = 2 {STOLEN_CARS}",
        {"mart_year_over_year_add_up"},
    ),
    "a figure of a year before that no month adds up to": (
        f"update marts.mart_year_over_year set previous_count = 1 {STOLEN_CARS}",
        {"mart_year_over_year_earlier_figures_add_up"},
    ),
    "a change that is told and has a reason against it": (
        f"update marts.mart_year_over_year set change_percent = 1 {STOLEN_CARS}",
        {"mart_year_over_year_change_or_reason"},
    ),
    "a change with a reason against it": (
        f"update marts.mart_year_over_year set measure_count = 2, previous_count = 1, change_count = 1 {STOLEN_CARS}",
        {
            "mart_year_over_year_change_or_reason",
            "mart_year_over_year_add_up",
            "mart_year_over_year_earlier_figures_add_up",
        },
    ),
    "a change across a break": (
        "update marts.mart_year_over_year set measure_count = 2, previous_count = 1, change_count = 1, reason = null, "
        f"month = '2022-01-01' {STOLEN_CARS}",
        {
            "mart_year_over_year_cross_no_break",
            "mart_year_over_year_add_up",
            "mart_year_over_year_earlier_figures_add_up",
        },
    ),
    "a year to date twice": (f"{year_to_date()}; {year_to_date()}", {"mart_year_to_date_year_is_once"}),
    "a year to date of another city": (
        year_to_date(city="'el_paso'"),
        {"mart_year_to_date_record_types_are_not_mixed"},
    ),
    "a year to date without figure and reason": (
        year_to_date(reason="null"),
        {"mart_year_to_date_figure_or_reason"},
    ),
    "a year to date that no month adds up to": (
        year_to_date(months_used="2", measure_count="5", same_age_count="0", reason="null"),
        {"mart_year_to_date_add_up"},
    ),
    "a year to date across a break": (
        year_to_date(
            last_month="date '2021-10-01'", months_used="2", measure_count="5", same_age_count="0", reason="null"
        ),
        {"mart_year_to_date_cross_no_break", "mart_year_to_date_add_up"},
    ),
    **{
        f"{what} of the year to date across a break": (
            f"{year_to_date(is_newest_year='true')}; "
            + year_to_date(
                calendar_year="2021", last_month="date '2021-02-01'", series_id=f"'{FORMER}'", **{column: "1"}
            ),
            {"mart_year_to_date_changes_cross_no_break"},
        )
        for what, column in (("a change", "change_percent"), ("a change at the same age", "same_age_change_percent"))
    },
    "a year to date at an age, of no reports": (
        year_to_date(same_age_count="1", age_days="30"),
        {"mart_year_to_date_same_age_counts_are_the_reports_of_the_facts"},
    ),
    "a rate without a population": (
        f"update marts.mart_rates set rate_per_100k = 1, reason = null, population = null {STOLEN_CARS}",
        {"mart_rates_have_a_population"},
    ),
    "a rate across a break": (
        "update marts.mart_rates set rate_per_100k = 100000.0 / population, measure_count = 1, reason = null, "
        f"first_month = '2021-09-01' {STOLEN_CARS}",
        {"mart_rates_cross_no_break", "mart_rates_add_up"},
    ),
    "a rate that no month adds up to": (
        "update marts.mart_rates set rate_per_100k = 100000.0 / population, measure_count = 1, reason = null "
        f"{STOLEN_CARS}",
        {"mart_rates_add_up"},
    ),
    "a change of a rate across a break": (
        f"update marts.mart_rates set change_percent = 1, month = '2023-08-01' {STOLEN_CARS}",
        {"mart_rates_changes_cross_no_break"},
    ),
    "a change of a rate from one census to another": (
        "update marts.mart_rates set change_percent = 1, month = '2020-12-01', population_year = 2020, "
        f"series_id = '{FORMER}' {STOLEN_CARS}",
        {"mart_rates_changes_cross_no_break_of_the_population"},
    ),
    "a season of four years": (
        "update marts.mart_seasonality set month_factor = 1, least_factor = 1, greatest_factor = 1, years_used = 4, "
        f"first_year = 2022, last_year = 2025, reason = null {STOLEN_CARS}",
        {"mart_seasonality_rests_on_five_years"},
    ),
    "a season across a break": (
        "update marts.mart_seasonality set month_factor = 1, least_factor = 1, greatest_factor = 1, years_used = 5, "
        f"first_year = 2021, last_year = 2025, reason = null {STOLEN_CARS}",
        {"mart_seasonality_crosses_no_break"},
    ),
    "hours twice": (f"{hours()}; {hours()}", {"mart_weekday_hours_hour_is_once"}),
    "hours of another city": (hours(city="'el_paso'"), {"mart_weekday_hours_record_types_are_not_mixed"}),
    "hours of thefts": (hours(offense_group="'theft'"), {"mart_weekday_hours_are_times_of_the_act"}),
    "hours of no record": (
        hours(weekday_number="1", hour_of_day="0", measure_count="3", reason="null"),
        {"mart_weekday_hours_count_the_rows_of_the_facts"},
    ),
    "more than all reported in time": (
        f"update marts.mart_report_lag set within_7_days_share = 0.9, within_30_days_share = 0.8 {STOLEN_CARS}",
        {"mart_report_lag_shares_are_shares"},
    ),
    "growth that is no difference": (
        f"update marts.mart_month_growth set measure_count = 1, reason = null, growth_count = 7 {AUSTIN}",
        {"mart_month_growth_figure_or_reason"},
    ),
    "more than all cleared": (
        f"update marts.mart_clearance set cleared_share = 2 {STOLEN_CARS}",
        {"mart_clearance_shares_are_shares"},
    ),
    "a case cleared otherwise": (
        "update marts.mart_clearance set arrest_count = 0, exceptional_count = 1, undated_count = 0, "
        f"not_stated_count = 0, reason = null {STOLEN_CARS}",
        {"mart_clearance_parts_are_cases_of_fct_crime_cases"},
    ),
    "cases of a cohort that are none": (
        f"update marts.mart_clearance set measure_count = 2 {STOLEN_CARS}",
        {"mart_clearance_counts_every_case"},
    ),
    "cases with a lag that are none": (
        f"update marts.mart_report_lag set measure_count = 2 {STOLEN_CARS}",
        {"mart_report_lag_counts_every_case"},
    ),
    "records of a grown month that are none": (
        f"update marts.mart_month_growth set newest_count = 2 {AUSTIN}",
        {"mart_month_growth_newest_counts_are_the_rows_of_fct_incidents"},
    ),
    "a status twice": (
        "insert into marts.mart_los_angeles_status select * replace (0 as measure_count) "
        "from marts.mart_los_angeles_status where dataset = 'los_angeles_crime_reports'",
        {"mart_los_angeles_status_status_is_once"},
    ),
    "a status of no case": (
        "update marts.mart_los_angeles_status set measure_count = 2 where dataset = 'los_angeles_crime_reports'",
        {"mart_los_angeles_status_counts_every_case"},
    ),
    "statuses that are comparable by their own word": (
        "update marts.mart_los_angeles_status set is_comparable = not is_comparable "
        "where dataset = 'los_angeles_crime_reports'",
        {"mart_los_angeles_status_is_judged_as_int_month_status_says"},
    ),
    "statuses of another city": (
        "update marts.mart_los_angeles_status set city = 'austin'",
        {"mart_los_angeles_status_record_types_are_not_mixed"},
    ),
    "an outcome twice": (
        "insert into marts.mart_call_outcomes select * replace (0 as measure_count) from marts.mart_call_outcomes "
        "where month = '2024-03-01'",
        {"mart_call_outcomes_outcome_is_once"},
    ),
    "an outcome of no call": (
        "update marts.mart_call_outcomes set measure_count = measure_count + 1 where month = '2024-03-01'",
        {"mart_call_outcomes_count_every_call"},
    ),
    "outcomes that are comparable by their own word": (
        "update marts.mart_call_outcomes set is_comparable = not is_comparable where month = '2024-03-01'",
        {"mart_call_outcomes_are_judged_as_int_month_status_says"},
    ),
    "outcomes of reports": (
        "update marts.mart_call_outcomes set record_type = 'report'",
        {"mart_call_outcomes_record_types_are_not_mixed"},
    ),
    "an outcome of the list of another time": (
        "update marts.mart_call_outcomes set outcome_list = 'before 2017-10-17' where month = '2024-03-01'",
        {"mart_call_outcomes_shares_are_shares"},
    ),
    "records of a year that are none": (
        f"update marts.mart_mapped_shares set measure_count = 2, mapped_count = 2, mapped_share = 1 {AUSTIN}",
        {"mart_mapped_shares_count_the_rows_of_fct_incidents"},
    ),
    "more records mapped in a year than there are": (
        f"update marts.mart_mapped_shares set mapped_count = 2, mapped_share = 2 {AUSTIN}",
        {"mart_mapped_shares_are_shares"},
    ),
    "a difference with a reason against it": (
        f"update marts.mart_benchmarks set difference_count = 1 {AUSTIN}",
        {"mart_benchmarks_difference_or_reason"},
    ),
    "a year of ours that no month adds up to": (
        f"update marts.mart_benchmarks set measure_count = 5, series_id = '{SERIES}' {STOLEN_CARS}",
        {"mart_benchmarks_add_up"},
    ),
    "a year of ours across a break": (
        f"update marts.mart_benchmarks set measure_count = 5, series_id = '{SERIES}', calendar_year = 2021 "
        f"{STOLEN_CARS} and calendar_year = 2024",
        {"mart_benchmarks_cross_no_break", "mart_benchmarks_add_up"},
    ),
    "a year of ours at the most that no month adds up to": (
        f"update marts.mart_benchmarks set high_count = 5 {AUSTIN}",
        {"mart_benchmarks_add_up"},
    ),
    "a total far from the published one": (
        f"update marts.mart_benchmarks set difference_count = 100, is_close = false, reason = null {AUSTIN}",
        {"mart_benchmarks_are_close"},
    ),
}

RECONCILIATION = {
    "a month that does not add up": (
        f"update marts.mart_reconciliation set is_reconciled = false {AUSTIN}",
        {"mart_reconciliation_every_month_is_reconciled"},
    ),
    "a month of which it is not known": (
        f"update marts.mart_reconciliation set is_reconciled = null {AUSTIN}",
        {"mart_reconciliation_every_month_is_reconciled"},
    ),
    "a month reconciled twice": (
        f"insert into marts.mart_reconciliation from marts.mart_reconciliation {AUSTIN}",
        {"mart_reconciliation_dataset_has_a_month_once"},
    ),
    "a reconciliation of no month": (
        f"update marts.mart_reconciliation set month = null {AUSTIN}",
        {"mart_reconciliation_rows_outside_are_rejected"},
    ),
}

FAULTS = {**ROWS_TWICE, **NO_CITY, **COUNTS, **AREAS, **FIGURES, **RECONCILIATION}
