"""What the page gives to download: in every view there are rows, and they are the marts'."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.reports.test_dashboard_for_everyone import VIEWS, draw_all
from crime_trends_tests.reports.test_dashboard_in_browser import saved

pytestmark = pytest.mark.xdist_group("dashboard")

Open = Callable[..., Page]
MONTH = "strftime(month, '%Y-%m')"
THEFT = "measure = 'cases' and offense_group = 'theft'"

DOWNLOADS = [
    (
        "view=year&group=theft&city=austin",
        "year-austin_crime_reports",
        "label last_month measure_count same_age_count change_percent same_age_change_percent months_used reason",
        "select calendar_year, strftime(last_month, '%Y-%m'), measure_count, same_age_count, change_percent, "
        "same_age_change_percent, months_used, reason from marts.mart_year_to_date "
        f"where dataset = 'austin_crime_reports' and {THEFT} order by calendar_year desc",
    ),
    (
        "view=season&group=robbery&city=austin",
        "season-austin_crime_reports",
        "month_factor least_factor greatest_factor years_used",
        "select month_factor, least_factor, greatest_factor, years_used from marts.mart_seasonality "
        "where dataset = 'austin_crime_reports' and measure = 'cases' and offense_group = 'robbery' "
        "and month_factor is not null order by calendar_month",
    ),
    (
        "view=lateness&group=theft&city=austin",
        "lag-austin_crime_reports",
        "month measure_count median_lag_days ninth_decile_lag_days within_7_days_share within_30_days_share "
        "within_90_days_share",
        f"select {MONTH}, measure_count, median_lag_days, ninth_decile_lag_days, within_7_days_share, "
        "within_30_days_share, within_90_days_share from marts.mart_report_lag "
        f"where dataset = 'austin_crime_reports' and {THEFT} and reason is null order by month desc",
    ),
    (
        "view=lateness&group=theft&city=austin",
        "growth-austin_crime_reports",
        "month newest_count count_60 growth_60 count_90 growth_90",
        f"select {MONTH}, any_value(newest_count), any_value(measure_count) filter (age_days = 60), "
        "any_value(growth_percent) filter (age_days = 60), any_value(measure_count) filter (age_days = 90), "
        "any_value(growth_percent) filter (age_days = 90) from marts.mart_month_growth "
        "where dataset = 'austin_crime_reports' group by month order by month desc",
    ),
    (
        "view=quality&city=austin",
        "mapped-austin_crime_reports",
        "label measure_count mapped_count",
        "select calendar_year, measure_count, mapped_count from marts.mart_mapped_shares "
        "where dataset = 'austin_crime_reports' order by calendar_year desc",
    ),
    (
        "view=clearance&group=robbery",
        "status-los_angeles_nibrs_offenses",
        "label all",
        "select extract(year from month), sum(measure_count)::bigint from marts.mart_los_angeles_status "
        "where dataset = 'los_angeles_nibrs_offenses' and measure = 'cases' and offense_group = 'robbery' "
        "and is_comparable group by 1 order by 1 desc",
    ),
    (
        "view=calls&list=before+2017-10-17",
        "calls-outcomes",
        "count share",
        "select sum(measure_count)::bigint as calls, calls / sum(calls) over () from marts.mart_call_outcomes "
        "where is_comparable and outcome_list = 'before 2017-10-17' "
        "group by disposition_code, outcome_name order by calls desc",
    ),
    (
        "view=calls&list=before+2017-10-17",
        "calls-outcome-shares",
        "month name count share",
        "with calls as (select month, concat_ws(' ', disposition_code, outcome_name) as name, sum(measure_count)::int "
        "as number from marts.mart_call_outcomes where is_comparable and outcome_list = 'before 2017-10-17' group by "
        "all), shares as (select *, number / sum(number) over (partition by month) as share, sum(number) over "
        f"(partition by name) as of_all from calls) select {MONTH}, name, number, share from shares "
        "qualify dense_rank() over (order by of_all desc) <= 5 order by month desc, of_all desc",
    ),
    (
        "view=trend&group=robbery&city=san_diego&measure=offenses",
        "trend-san_diego_nibrs_offenses",
        "month measure_count",
        f"select {MONTH}, measure_count from marts.mart_monthly_counts where dataset = 'san_diego_nibrs_offenses' "
        "and measure = 'offenses' and offense_group = 'robbery' and is_settled order by month desc",
    ),
]


UNREAD = """[...document.querySelectorAll(".chart[aria-label*='Arrow keys']")].filter(chart => {
    chart.focus();
    chart.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
    const tip = chart.querySelector(".tip");
    return !tip || tip.hidden || !/\\d|no/.test(tip.textContent);
}).map(chart => chart.ariaLabel)"""
"""Charts that promise to be read with the arrow keys and show nothing."""


def comparable(value: object) -> str | float:
    """A number as one, everything else as the CSV writes it."""
    text = "" if value is None else str(value)
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize(("address", "panel", "columns", "sql"), DOWNLOADS, ids=[panel for _, panel, *_ in DOWNLOADS])
def test_a_download_is_the_mart(
    open_page: Open, dashboard: Path, full_home: ModelsHome, address: str, panel: str, columns: str, sql: str
) -> None:
    rows = saved(open_page(dashboard, address), panel)
    shown = [[row[column] for column in columns.split()] for row in rows]
    expected = full_home.query(sql)
    assert len(shown) == len(expected) > 0
    assert [[comparable(cell) for cell in row] for row in shown] == [
        [cell if isinstance(cell, str) else pytest.approx(cell, abs=1e-3) for cell in map(comparable, row)]
        for row in expected
    ]


def test_codes_are_counted_in_rows_and_areas_name_their_boundaries(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=definition&dataset=austin_crime_reports&group=theft")
    codes = saved(page, "codes-austin_crime_reports-theft")[0]
    assert codes["unit"].startswith("published rows")
    assert codes["offense_note"].startswith("Times of thefts")
    page = open_page(dashboard, "view=areas&dataset=austin_crime_reports&group=theft")
    assert "made-up shapes" in saved(page, "areas-austin_crime_reports")[0]["boundaries"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_download_has_rows_and_says_what_they_are_and_every_chart_can_be_read(
    open_page: Open, dashboard: Path, view: str
) -> None:
    page = open_page(dashboard, f"view={view}")
    draw_all(page)
    panels = page.locator(".download").evaluate_all(
        "buttons => buttons.map(it => it.closest('[data-testid]').dataset.testid)"
    )
    assert panels or view == "findings"
    for panel in panels[:6]:
        rows = saved(page, panel)
        assert rows, panel
        assert {"unit", "source", "synthetic"} <= set(rows[0]), panel
    assert page.evaluate(UNREAD) == []
