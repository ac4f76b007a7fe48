"""The page in a real browser: counts, filters, address, and every way of looking at it.

``open_page`` fails a test whose page wrote to the console or asked for anything but the file itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard, write_dashboard
from crime_trends_tests.reports.conftest import MADE_AT, DailyRow, make_warehouse, opened

Open = Callable[..., Page]
TYPES = ("report", "offense", "call")
EVER = (date(2023, 11, 1), date(2024, 5, 31))


def total(rows: list[DailyRow], kind: str, first: date, last: date, city: str = "") -> int:
    return sum(
        count for _, where, what, day, count in rows if what == kind and first <= day <= last and city in ("", where)
    )


def shown_counts(page: Page) -> dict[str, tuple[str, str]]:
    return {
        kind: (
            page.get_by_test_id(f"record-count-{kind}").get_attribute("data-value") or "",
            page.get_by_test_id(f"record-count-{kind}").inner_text(),
        )
        for kind in TYPES
    }


def expected_counts(rows: list[DailyRow], first: date, last: date) -> dict[str, tuple[str, str]]:
    sums = {kind: total(rows, kind, first, last) for kind in TYPES}
    return {kind: (str(count), f"{count:,}") for kind, count in sums.items()}


def wait_for_charts(page: Page, number: int) -> None:
    page.wait_for_function("number => document.querySelectorAll('.plot svg').length === number", arg=number)


def kind_radio(page: Page, label: str) -> Locator:
    return page.get_by_role("radio", name=label)


def set_dates(page: Page, first: date, last: date) -> None:
    page.get_by_label("From").fill(first.isoformat())
    page.get_by_label("To", exact=True).fill(last.isoformat())


def test_counts_are_those_of_the_marts(open_page: Open, dashboard: Path, rows: list[DailyRow]) -> None:
    page = open_page(dashboard)
    assert shown_counts(page) == expected_counts(rows, *EVER)
    wait_for_charts(page, 6)  # two cities, by day, month and year

    narrow = (date(2024, 2, 10), date(2024, 4, 3))
    set_dates(page, *narrow)
    assert shown_counts(page) == expected_counts(rows, *narrow)
    assert page.url.endswith("#from=2024-02-10&to=2024-04-03&type=report")

    set_dates(page, date(2024, 3, 1), date(2024, 3, 1))
    assert shown_counts(page) == expected_counts(rows, date(2024, 3, 1), date(2024, 3, 1))
    wait_for_charts(page, 6)


def test_quick_choices_set_the_dates(open_page: Open, dashboard: Path, rows: list[DailyRow]) -> None:
    page = open_page(dashboard)
    page.get_by_role("button", name="Last 30 days").click()
    month = (date(2024, 5, 2), date(2024, 5, 31))
    assert shown_counts(page) == expected_counts(rows, *month)
    assert page.get_by_role("button", pressed=True).all_inner_texts() == ["Last 30 days"]
    page.get_by_role("button", name="2023").click()
    assert shown_counts(page) == expected_counts(rows, date(2023, 11, 1), date(2023, 12, 31))
    page.get_by_role("button", name="Everything").click()
    assert shown_counts(page) == expected_counts(rows, *EVER)


def test_each_chart_stays_within_one_record_type(open_page: Open, dashboard: Path, rows: list[DailyRow]) -> None:
    page = open_page(dashboard)
    for label, kind, cities in (
        ("Calls for service", "call", {"San Diego": "san_diego"}),
        ("Offenses", "offense", {"Los Angeles": "los_angeles", "San Diego": "san_diego"}),
        ("Reports", "report", {"Austin": "austin", "Los Angeles": "los_angeles"}),
    ):
        kind_radio(page, label).check()
        wait_for_charts(page, 3 * len(cities))
        assert page.get_by_role("heading", name=f"{label} by day").is_visible()
        sums = [f"{total(rows, kind, *EVER, city):,} {kind}s" for city in cities.values()]
        for section in ("daily", "monthly", "yearly"):
            assert page.locator(f"#{section} h3").all_inner_texts() == list(cities)
            assert page.locator(f"#{section} .sum").all_inner_texts() == sums
        shares = [float(text.rstrip("%")) for text in page.locator(".share-list strong").all_inner_texts()]
        everything = total(rows, kind, *EVER)
        assert shares == [
            pytest.approx(100 * total(rows, kind, *EVER, city) / everything, abs=0.051) for city in cities.values()
        ]


def test_a_city_without_rows_says_why(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "from=2024-01-01&to=2024-02-29&type=offense")
    wait_for_charts(page, 3)
    panel = page.get_by_test_id("daily-1").inner_text()
    assert "No offenses of Los Angeles are dated Jan 1, 2024 to Feb 29, 2024." in panel
    assert "Its rows run from Mar 7, 2024 to May 31, 2024." in panel
    assert "Not drawn: Austin." in page.locator("#absent").inner_text()
    page = open_page(dashboard, "from=2030-01-01&to=2030-02-01&type=call")
    assert shown_counts(page) == dict.fromkeys(TYPES, ("0", "0"))
    assert "No calls are dated" in page.locator("#share").inner_text()


def test_the_address_reproduces_the_page(open_page: Open, dashboard: Path, rows: list[DailyRow]) -> None:
    page = open_page(dashboard)
    kind_radio(page, "Offenses").check()
    set_dates(page, date(2024, 3, 10), date(2024, 5, 9))
    fragment = page.url.partition("#")[2]

    again = open_page(dashboard, fragment)
    assert kind_radio(again, "Offenses").is_checked()
    assert again.get_by_label("From").input_value() == "2024-03-10"
    assert again.get_by_label("To", exact=True).input_value() == "2024-05-09"
    assert shown_counts(again) == expected_counts(rows, date(2024, 3, 10), date(2024, 5, 9))

    again.evaluate("location.hash = 'from=2024-03-10&to=2024-03-12&type=call'")
    again.wait_for_function("document.getElementById('to').value === '2024-03-12'")
    assert kind_radio(again, "Calls for service").is_checked()


def test_skipping_to_the_content_keeps_the_filters(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "from=2024-03-10&to=2024-03-12&type=call")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'content'")
    page.wait_for_timeout(50)  # for a reaction to the changed address, if there were one
    assert page.get_by_label("From").input_value() == "2024-03-10"
    assert kind_radio(page, "Calls for service").is_checked()


@pytest.mark.parametrize(
    "fragment", ["from=2024-05-01&to=2024-01-01&type=crime", "from=x&to=2024-02-30", "%", "charts"]
)
def test_a_wrong_address_shows_everything(
    open_page: Open, dashboard: Path, rows: list[DailyRow], fragment: str
) -> None:
    page = open_page(dashboard, fragment)
    assert shown_counts(page) == expected_counts(rows, *EVER)
    assert kind_radio(page, "Reports").is_checked()


def test_dates_in_the_wrong_order_are_named_and_change_nothing(
    open_page: Open, dashboard: Path, rows: list[DailyRow]
) -> None:
    page = open_page(dashboard)
    page.get_by_label("From").fill("2024-05-01")
    page.get_by_label("To", exact=True).fill("2024-04-01")
    assert page.get_by_role("alert").inner_text() == "The first day lies after the last one."
    assert shown_counts(page) == expected_counts(rows, date(2024, 5, 1), EVER[1])
    page.get_by_label("To", exact=True).fill("2024-05-02")
    assert page.locator("#problem").is_hidden()


def test_values_are_read_with_keys_and_pointer(open_page: Open, dashboard: Path, rows: list[DailyRow]) -> None:
    page = open_page(dashboard)
    wait_for_charts(page, 6)
    page.locator("[data-testid=daily-0] .chart").focus()
    page.keyboard.press("Home")
    tip = page.locator("[data-testid=daily-0] .tip")
    assert tip.inner_text().splitlines() == [
        f"{total(rows, 'report', EVER[0], EVER[0], 'austin')} reports",
        "Wed, Nov 1, 2023",
    ]
    page.keyboard.press("End")
    last = tip.inner_text().splitlines()
    assert last[:2] == [f"{total(rows, 'report', EVER[1], EVER[1], 'austin')} reports", "Fri, May 31, 2024"]
    week = total(rows, "report", date(2024, 5, 25), EVER[1], "austin")
    assert last[2] == f"seven-day mean {week / 7:.0f}"

    chart = page.locator("[data-testid=monthly-1] .chart")
    chart.hover()  # the middle of seven months
    february = total(rows, "report", date(2024, 2, 1), date(2024, 2, 29), "los_angeles")
    assert page.locator("[data-testid=monthly-1] .tip").inner_text().splitlines() == [
        f"{february:,} reports",
        "Feb 2024",
    ]


def test_partial_months_are_marked_in_the_table(open_page: Open, dashboard: Path, rows: list[DailyRow]) -> None:
    page = open_page(dashboard, "from=2024-03-01&to=2024-04-10&type=offense")
    page.get_by_text("The numbers as a table").click()
    texts = [row.split("\t") for row in page.locator("#numbers tbody tr").all_inner_texts()]
    march = (date(2024, 3, 1), date(2024, 3, 31))
    assert texts[1] == [
        "Mar 2024",
        f"{total(rows, 'offense', *march, 'los_angeles'):,} (25 of 31 days)",
        f"{total(rows, 'offense', *march, 'san_diego'):,}",
    ]
    assert texts[0][0] == "Apr 2024"
    assert texts[0][1].endswith("(10 of 30 days)")


@pytest.mark.parametrize("width", [320, 400, 1200])
def test_nothing_makes_the_page_scroll_sideways(open_page: Open, dashboard: Path, width: int) -> None:
    page = open_page(dashboard, viewport={"width": width, "height": 800})
    wait_for_charts(page, 6)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 340, "height": 800})
    page.wait_for_function("[...document.querySelectorAll('.plot svg')].every(svg => svg.clientWidth <= 340)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 340


def luminance(page: Page, selector: str, what: str) -> float:
    color = page.evaluate("([s, w]) => getComputedStyle(document.querySelector(s))[w]", [selector, what])
    red, green, blue = (int(part) for part in color.removeprefix("rgb(").rstrip(")").split(","))
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_dark_is_dark_and_paper_is_light(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, color_scheme="dark")
    wait_for_charts(page, 6)
    assert luminance(page, "body", "backgroundColor") < 0.15
    assert luminance(page, "h1", "color") > 0.8
    assert luminance(page, ".plot text", "fill") > 0.5  # the charts' axes follow
    page.emulate_media(media="print")
    assert luminance(page, "body", "backgroundColor") > 0.95
    assert luminance(page, "h1", "color") < 0.2
    assert luminance(page, ".plot text", "fill") < 0.5


def test_made_up_data_is_marked_in_every_chart_and_real_data_in_none(
    open_page: Open, dashboard: Path, warehouse_file: Path, tmp_path: Path
) -> None:
    page = open_page(dashboard)
    wait_for_charts(page, 6)
    assert page.get_by_text("Synthetic data.").is_visible()
    assert page.locator(".panel .stamp:visible").count() == 6
    real = tmp_path / "real.html"
    write_dashboard(
        render_dashboard(read_dashboard_data(opened(warehouse_file)), synthetic=False, made_at=MADE_AT), real
    )
    page = open_page(real)
    wait_for_charts(page, 6)
    assert page.get_by_text("Synthetic data.").is_hidden()
    assert page.locator(".stamp").count() == 0


def test_a_page_without_rows_says_so(open_page: Open, tmp_path: Path) -> None:
    data = read_dashboard_data(opened(make_warehouse(tmp_path / "empty.duckdb", [])))
    write_dashboard(render_dashboard(data, synthetic=False, made_at=MADE_AT), tmp_path / "empty.html")
    page = open_page(tmp_path / "empty.html")
    assert page.get_by_role("heading", name="No rows yet").is_visible()
    assert page.locator("#explorer").is_hidden()
    assert page.get_by_role("heading", name="Sources and licences").is_visible()


def test_every_control_and_chart_has_a_name(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard)
    wait_for_charts(page, 6)
    chart = page.locator("[data-testid=daily-0] .chart")
    assert "reports of Austin by day" in (chart.get_attribute("aria-label") or "")
    assert page.get_by_role("radio").count() == 3
    assert page.get_by_role("group", name="Quick choice of dates").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("[...document.querySelectorAll('h1')].length") == 1
    kind_radio(page, "Calls for service").focus()
    page.keyboard.press("Space")
    assert "Calls for service, Nov 1, 2023 to May 31, 2024: San Diego" in page.locator("#announcement").inner_text()
