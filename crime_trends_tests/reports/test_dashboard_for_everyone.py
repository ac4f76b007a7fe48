"""Every view and every filter in a real browser: for phones, keyboards, screen readers, paper, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from crime_trends.age import age_on
from crime_trends.checks.age import judge
from crime_trends.datasets import DATASETS
from crime_trends.reports.dashboard import DashboardData, render_dashboard
from crime_trends.reports.data import EMPTY, Table
from crime_trends.reports.writing import write_report
from crime_trends_tests.reports.browser import draw_all
from crime_trends_tests.reports.full_history import MADE_AT

pytestmark = pytest.mark.xdist_group("dashboard")

Open = Callable[..., Page]
VIEWS = (
    *("overview", "trend", "year", "season", "hours", "areas", "clearance", "calls", "lateness", "benchmarks"),
    *("findings", "records", "quality", "definition"),
)


def shown(page: Page) -> str:
    return page.locator("#panels").inner_text()


@pytest.mark.parametrize("view", VIEWS)
def test_every_filter_of_a_view_is_in_the_address_and_comes_back(open_page: Open, dashboard: Path, view: str) -> None:
    page = open_page(dashboard, f"view={view}")
    for filter_id in page.evaluate("[...document.querySelectorAll('#filters select')].map(select => select.id)"):
        key = filter_id.removeprefix("filter-")
        options = page.locator(f"#{filter_id} option").evaluate_all("options => options.map(option => option.value)")
        for option in options[1:4]:
            page.locator(f"#{filter_id}").select_option(option)
            assert page.evaluate("key => new URLSearchParams(location.hash.slice(1)).get(key)", key) == option
            assert page.locator("#panels > *").count() > 0
            draw_all(page)
    for box in page.locator("#filters input[type=checkbox]").all():
        box.check()
    draw_all(page)
    again = open_page(dashboard, page.url.partition("#")[2])
    draw_all(again)
    assert shown(again) == shown(page)


def test_a_wrong_address_shows_the_default(open_page: Open, dashboard: Path) -> None:
    default = open_page(dashboard)
    draw_all(default)
    for fragment in ("view=crime&city=paris&preliminary=x", "%", "view", "content"):
        page = open_page(dashboard, fragment)
        draw_all(page)
        assert page.locator("#view-title").inner_text() == default.locator("#view-title").inner_text()
        assert shown(page) == shown(default)


def test_views_are_reached_by_keyboard_and_named_to_screen_readers(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Trend").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.body.dataset.view === 'trend'")
    assert page.evaluate("document.activeElement.id") == "view-title"
    assert page.locator("#views [aria-current=page]").inner_text() == "Trend"
    page.get_by_label("Offense", exact=True).select_option("burglary")
    assert "Offense Burglary" in page.locator("#announcement").inner_text()
    assert page.evaluate("document.documentElement.lang") == "en"
    for view in VIEWS:
        page.evaluate("view => { location.hash = `#view=${view}` }", view)
        page.wait_for_function("view => document.body.dataset.view === view", arg=view)
        nameless = page.evaluate(
            "[...document.querySelectorAll('select, input, button, a, [role], [tabindex=\"0\"]')].filter(node =>"
            " !node.hidden && !node.closest('svg') && !(node.getAttribute('aria-label') || node.textContent.trim()"
            " || node.labels?.[0]?.textContent.trim() || node.getAttribute('aria-labelledby')"
            " || node.getAttribute('role') === 'status' || node.getAttribute('role') === 'alert'))"
            ".map(node => node.outerHTML.slice(0, 120))"
        )
        assert nameless == [], view
        assert page.evaluate("document.querySelectorAll('h1').length") == 1


def test_a_phone_shows_every_view_without_scrolling_sideways(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    for view in VIEWS:
        page.evaluate("view => { location.hash = `#view=${view}` }", view)
        page.wait_for_function("view => document.body.dataset.view === view", arg=view)
        draw_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
        current = page.locator("#views [aria-current]").bounding_box()
        assert current is not None
        assert 0 <= current["x"] <= 360 - current["width"], view


def test_paper_holds_every_chart(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=overview", viewport={"width": 1280, "height": 900})
    draw_all(page)
    page.emulate_media(media="print")
    # At once, as printing does it: a window that becomes narrower has its charts drawn anew.
    beyond = page.evaluate(
        "() => { document.body.style.width = '718px'; return [...document.querySelectorAll('.plot svg')].map(svg =>"
        " svg.getBoundingClientRect().right - svg.closest('.panel').getBoundingClientRect().right) }"
    )
    assert len(beyond) == 18
    assert max(beyond) <= 0


def test_another_width_draws_charts_anew_and_leaves_tables_open(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&city=austin", viewport={"width": 1280, "height": 900})
    draw_all(page)
    page.get_by_text("The numbers as a table").click()
    page.set_viewport_size({"width": 600, "height": 900})
    page.wait_for_function("document.querySelector('.plot svg')?.getBoundingClientRect().right < 600")
    assert page.locator("details[open] tbody tr").count() > 200


@pytest.mark.parametrize(
    ("choices", "text"),
    [
        ("view=trend&city=austin&measure=offenses", "No dataset of Austin counts offenses. Choose cases, or Los Ang"),
        ("view=year&city=austin&measure=offenses", "No dataset of Austin counts offenses."),
        ("view=season&city=austin&measure=offenses", "No dataset of Austin counts offenses."),
        ("view=hours&city=austin&group=call", "counts calls for service. Choose another offense, or San Diego."),
        ("view=hours&city=los_angeles&group=call", "No dataset of Los Angeles counts calls for service."),
    ],
)
def test_choices_that_no_dataset_has_say_what_to_choose(
    open_page: Open, dashboard: Path, choices: str, text: str
) -> None:
    page = open_page(dashboard, choices)
    assert text in page.get_by_test_id("nothing-lacking").inner_text()
    assert page.locator("#panels > *").count() == 1


@pytest.mark.parametrize("view", ["trend", "hours", "areas", "clearance", "lateness", "definition"])
def test_the_note_on_rape_stands_once(open_page: Open, dashboard: Path, view: str) -> None:
    page = open_page(dashboard, f"view={view}&group=rape&city=austin")
    assert page.locator("main").inner_text().count("Most rapes are never reported") == 1


def test_buttons_that_choose_keep_the_focus(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=records")
    for button in ("#type-call", "#quick-last-90-days"):
        page.locator(button).focus()
        page.keyboard.press("Enter")
        assert page.locator(button).get_attribute("aria-pressed") == "true"
        assert page.evaluate("`#${document.activeElement.id}`") == button


def test_what_vega_says_of_a_chart_is_hidden_from_screen_readers(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&city=austin")
    draw_all(page)
    assert page.locator("[aria-label='Vega visualization']").count() == 1
    assert page.locator("[aria-label='Vega visualization'][aria-hidden=true]").count() == 1


def luminance(page: Page, selector: str, what: str) -> float:
    color = page.evaluate("([s, w]) => getComputedStyle(document.querySelector(s))[w]", [selector, what])
    red, green, blue = (int(part) for part in color.removeprefix("rgb(").rstrip(")").split(","))
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_dark_is_dark_and_paper_is_light(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&city=austin", color_scheme="dark")
    draw_all(page)
    assert luminance(page, "body", "backgroundColor") < 0.15
    assert luminance(page, "h1", "color") > 0.8
    assert luminance(page, ".plot text", "fill") > 0.5  # the charts' axes follow
    page.emulate_media(media="print")
    assert luminance(page, "body", "backgroundColor") > 0.95
    assert luminance(page, "h1", "color") < 0.2
    assert luminance(page, ".plot text", "fill") < 0.5
    assert page.locator("nav").is_hidden()
    assert page.locator(".facts").first.is_visible()


def test_made_up_data_is_marked_in_every_panel_and_real_data_in_none(
    open_page: Open, dashboard: Path, full_data: DashboardData, tmp_path: Path
) -> None:
    real = tmp_path / "real.html"
    write_report(render_dashboard(full_data, synthetic=False, made_at=MADE_AT), real)
    for view in ("overview", "trend", "quality"):
        page = open_page(dashboard, f"view={view}")
        assert page.get_by_text("Synthetic data.").is_visible()
        assert page.locator(".panel").count() == page.locator(".panel .stamp:visible").count() > 0
        page = open_page(real, f"view={view}")
        assert page.get_by_text("Synthetic data.").is_hidden()
        assert page.locator(".stamp").count() == 0


def test_every_panel_says_what_a_reader_must_know(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend")
    wanted = {
        *("unit", "date_basis", "source", "retrieved", "settled_until", "series_breaks", "mapping_confidence"),
        "known_issues",
    }
    for view in VIEWS:
        page.evaluate("view => { location.hash = `#view=${view}` }", view)
        page.wait_for_function("view => document.body.dataset.view === view", arg=view)
        holders = page.locator("#panels > .city" if view == "overview" else "#panels > .panel:has(.chart, .heat)").all()
        assert holders or view in {"benchmarks", "findings", "quality", "definition"}, view
        for holder in holders if view != "quality" else []:
            facts = holder.locator("[data-fact]").evaluate_all("nodes => nodes.map(node => node.dataset.fact)")
            assert wanted <= set(facts), (view, holder.get_attribute("data-testid"))


def test_known_issues_say_when_they_were(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=calls")
    issues = page.get_by_test_id("calls-monthly").locator("[data-fact=known_issues]").inner_text()
    assert "Mar 1, 2020 to Jun 14, 2021: Stay-at-home orders" in issues
    assert issues.count("domestic violence") == 1
    assert page.locator("#view-lead").inner_text().count("domestic violence") == 0  # since each panel says it
    assert "lacks calls of this month" not in issues  # which is so of five months, and said where they are left out
    page = open_page(dashboard, "view=trend&group=robbery&city=los_angeles")
    issues = page.get_by_test_id("trend-los_angeles_crime_reports").locator("[data-fact=known_issues]").inner_text()
    assert "Stay-at-home orders" in issues
    assert "Central Bureau" in issues


def test_a_date_is_typed_part_by_part_and_never_leads_out_of_the_data(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=records&type=call&to=9999-12-31")
    last = page.get_by_label("To", exact=True).input_value()
    assert last == page.get_by_label("To", exact=True).get_attribute("max")
    page.get_by_label("From", exact=True).focus()
    page.keyboard.type("02292024")
    assert page.get_by_label("From", exact=True).input_value() == "2024-02-29"
    assert "from=2024-02-29" in page.url
    page.keyboard.press("Tab")
    page.get_by_label("From", exact=True).fill("0002-02-02")
    page.get_by_label("From", exact=True).blur()
    assert page.get_by_label("From", exact=True).input_value() == page.get_by_label("From", exact=True).get_attribute(
        "min"
    )


def changed(data: DashboardData, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> DashboardData:
    """The data with rows of a table changed."""
    table = data.tables[name]
    rows = [
        tuple(change(dict(zip(table.columns, row, strict=True)))[column] for column in table.columns)
        for row in table.rows
    ]
    return replace(data, tables={**data.tables, name: Table(table.columns, rows)})


def test_a_month_that_does_not_add_up_is_an_alarm(open_page: Open, full_data: DashboardData, tmp_path: Path) -> None:
    def lose_rows(row: dict[str, Any]) -> dict[str, Any]:
        if row["dataset"] == "austin_crime_reports" and row["month"].isoformat() == "2024-03-01":
            return {**row, "fact_rows": row["fact_rows"] - 7, "is_reconciled": False}
        return row

    path = tmp_path / "wrong.html"
    checks = [{"asset": "clean/austin_crime_reports", "check": "volume", "warns": True, "description": "few rows"}]
    data = changed(full_data, "reconciliation", lose_rows)
    write_report(render_dashboard(data, synthetic=False, made_at=MADE_AT, checks=checks), path)
    page = open_page(path, "view=quality&city=austin")
    assert page.get_by_role("alert").inner_text() == "✗ 1 of 287 lines do not add up"
    page.get_by_test_id("reconciliation-austin_crime_reports").get_by_text("The numbers as a table").click()
    wrong = page.locator("tr.is-wrong").inner_text()
    assert "Mar 2024" in wrong
    assert "facts differ from warehouse by \N{MINUS SIGN}7" in wrong
    assert "few rows" in page.get_by_test_id("checks").inner_text()


def test_what_is_late_is_what_the_check_warns_of(open_page: Open, full_data: DashboardData, tmp_path: Path) -> None:
    held = {
        "austin_crime_reports": (date(2024, 5, 31), ["2024"]),
        "los_angeles_crime_reports": (date(2024, 5, 31), ["2024"]),
        "los_angeles_nibrs_offenses": (date(2026, 10, 1), ["2026"]),
        "san_diego_calls_for_service": (date(2026, 11, 21), ["2026"]),
        "san_diego_nibrs_offenses": (None, ["2026"]),
    }
    ages = {key: age_on(MADE_AT.date(), DATASETS[key], newest, years) for key, (newest, years) in held.items()}
    path = tmp_path / "ages.html"
    write_report(render_dashboard(full_data, synthetic=True, made_at=MADE_AT, checks=[], ages=ages), path)
    table = open_page(path, "view=quality").get_by_test_id("freshness").locator("tbody")
    assert dict(zip(DATASETS, table.locator("tr td:last-child").all_inner_texts(), strict=True)) == {
        "austin_crime_reports": "2026 was never fetched, so newer data are not expected",
        "los_angeles_crime_reports": "closed: nothing new is published",
        "los_angeles_nibrs_offenses": "older than usual by 25 days",
        "san_diego_calls_for_service": "fresh",
        "san_diego_nibrs_offenses": "there is no row",
    }
    assert table.locator("tr.is-late th").all_inner_texts() == [
        DATASETS[key].title for key, age in ages.items() if not judge(age).passed
    ]


def test_a_view_without_enough_months_says_which_it_lacks(
    open_page: Open, full_data: DashboardData, tmp_path: Path
) -> None:
    spring = (2024, 3), (2024, 4), (2024, 5)
    kept = {}
    for name, table in full_data.tables.items():
        rows = list(table.rows)
        if "month" in table.columns:
            place = table.columns.index("month")
            rows = [row for row in rows if row[place] and (row[place].year, row[place].month) in spring]
        if name == "monthly":
            settled = table.columns.index("is_settled")
            rows = [(*row[:settled], False, *row[settled + 1 :]) for row in rows]
        if name in ("year_to_date", "seasonality", "hours", "benchmarks"):
            rows = []
        if name == "rolling":
            used, count, reason = (table.columns.index(c) for c in ("months_used", "measure_count", "reason"))
            blank = {used: 0, count: None, reason: "months are missing"}
            rows = [tuple(blank.get(place, value) for place, value in enumerate(row)) for row in rows]
        kept[name] = Table(table.columns, rows)
    path = tmp_path / "spring.html"
    write_report(render_dashboard(DashboardData(kept), synthetic=True, made_at=MADE_AT), path)
    page = open_page(path)
    card = page.get_by_test_id("card-austin-robbery")
    assert "Jan to Feb 2024 (not brought) and Mar to May 2024 (not settled yet)" in card.inner_text()
    assert page.locator(".chart").count() == 0
    for view, panel, text in (
        ("trend", "trend-austin_crime_reports", "No month has settled."),
        ("trend&show=rolling", "trend-austin_crime_reports", "Jun 2023 to Feb 2024 (not brought)"),
        ("season", "season-austin_crime_reports", "has 0. It has Mar to May 2024. It lacks Mar to May 2024"),
        ("hours", "hours-austin_crime_reports", "with hours. It lacks Mar to May 2024 (not settled yet)."),
        ("year", "year-austin_crime_reports", "Needs every month from January on"),
    ):
        page = open_page(path, f"view={view}")
        assert text in page.get_by_test_id(f"{panel}-lacking").inner_text()
        assert page.get_by_test_id(panel).locator(".chart").count() == 0
    for view in VIEWS:
        page.evaluate("view => { location.hash = `#view=${view}` }", view)
        page.wait_for_function("view => document.body.dataset.view === view", arg=view)
        draw_all(page)
        assert page.locator("#panels > *").count() > 0, view


def test_a_page_without_rows_says_so(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    write_report(render_dashboard(EMPTY, synthetic=False, made_at=MADE_AT), path)
    page = open_page(path)
    assert page.get_by_role("heading", name="No rows yet").is_visible()
    assert page.locator("#explorer").is_hidden()
    assert page.get_by_role("heading", name="Sources and licences").is_visible()


def test_a_card_says_why_an_earlier_year_is_not_compared(
    open_page: Open, full_data: DashboardData, tmp_path: Path
) -> None:
    path = tmp_path / "dashboard.html"
    apart = {"change_percent": None, "comparison_reason": "the series breaks between the years"}
    data = changed(full_data, "year_to_date", lambda row: row if row["is_newest_year"] else {**row, **apart})
    write_report(render_dashboard(data, synthetic=True, made_at=MADE_AT), path)
    card = open_page(path).get_by_test_id("card-austin-theft")
    assert card.get_by_text("the series breaks between the years").count() == 2
