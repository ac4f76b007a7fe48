"""The page in a real browser: its numbers are those of the marts, in every view.

``open_page`` fails a test whose page wrote to the console or asked for anything but the file itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page

from crime_trends.datasets import DATASETS
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard
from crime_trends.reports.writing import write_report
from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.reports.browser import draw_all
from crime_trends_tests.reports.full_history import MADE_AT
from crime_trends_tests.reports.maps import WITHOUT_SHAPE

pytestmark = pytest.mark.xdist_group("dashboard")

Open = Callable[..., Page]
AUSTIN, LEGACY, NIBRS, CALLS, OFFENSES = (
    "austin_crime_reports",
    "los_angeles_crime_reports",
    "los_angeles_nibrs_offenses",
    "san_diego_calls_for_service",
    "san_diego_nibrs_offenses",
)
CARDS = ("murder", "robbery", "aggravated_assault", "burglary", "motor_vehicle_theft", "theft")


def value(page: Page, testid: str) -> str:
    return page.get_by_test_id(testid).first.get_attribute("data-value") or ""


def wait_until_drawn(page: Page) -> None:
    page.wait_for_function(
        "[...document.querySelectorAll('.chart')].every(chart => chart.dataset.drawn"
        " || chart.getBoundingClientRect().top > innerHeight)"
    )


def saved(page: Page, panel: str) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_test_id(panel).get_by_role("button", name="Download").click()
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))


def test_cards_show_the_marts(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    page = open_page(dashboard)
    for city, dataset in (("austin", AUSTIN), ("los_angeles", NIBRS), ("san_diego", OFFENSES)):
        for group in CARDS:
            where = f"where dataset = '{dataset}' and measure = 'cases' and offense_group = '{group}'"
            years = full_home.query(
                "select measure_count, change_percent, comparison_reason from marts.mart_year_to_date "
                f"{where} order by calendar_year desc"
            )
            card = f"card-{city}-{group}"
            assert value(page, f"{card}-ytd") == str(years[0][0])
            for back in (1, 2):
                shown = value(page, f"{card}-previous-{back}")
                assert shown == (str(years[back][0]) if len(years) > back and years[back][0] is not None else "")
                if shown and years[back][1] is not None:
                    assert float(value(page, f"{card}-previous-{back}-change")) == years[back][1]
                elif shown and years[back][2]:  # else it would be a percentage of too few
                    line = page.get_by_test_id(card).locator(
                        ".line", has=page.get_by_test_id(f"{card}-previous-{back}")
                    )
                    assert years[back][2] in line.inner_text()
            five = full_home.query(
                f"select avg(measure_count), count(*) from marts.mart_year_to_date {where} and not is_newest_year "
                "and comparison_reason is null and calendar_year >= (select max(calendar_year) - 5 "
                f"from marts.mart_year_to_date {where})"
            )[0]
            mean = value(page, f"{card}-five-year-mean")
            assert (float(mean) == pytest.approx(five[0])) if five[1] == 5 else mean == ""
            rolling = full_home.query(
                f"select measure_count from marts.mart_rolling_12 {where} and reason is null "
                "order by month desc limit 1"
            )
            assert value(page, f"{card}-rolling-12") == str(rolling[0][0])
    assert "4 of 5 comparable years" in page.get_by_test_id("card-austin-theft").inner_text()
    assert "Data through Nov 20, 2026" in page.get_by_test_id("card-austin-theft").inner_text()
    rows = saved(page, "overview-austin")
    assert [row["offense_group"] for row in rows] == list(CARDS)
    assert rows[0]["year_to_date"] == value(page, "card-austin-murder-ytd")


def test_preliminary_months_are_hatched_and_off_by_default(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&group=theft&city=austin")
    wait_until_drawn(page)
    panel = page.get_by_test_id(f"trend-{AUSTIN}")
    assert panel.locator("[fill='url(#hatch-0)'], [style*='hatch']").count() == 0
    settled = value(page, f"trend-{AUSTIN}-sum")
    page.get_by_label("Preliminary months").check()
    wait_until_drawn(page)
    page.wait_for_selector(f"[data-testid=trend-{AUSTIN}] [fill='url(#hatch-0)']")
    assert value(page, f"trend-{AUSTIN}-sum") == settled
    assert "preliminary=1" in page.url


def test_records_that_have_not_settled_are_marked(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    page = open_page(dashboard, "view=records&from=2026-06-01&to=2026-11-20")
    draw_all(page)
    settled = full_home.query(
        "select strftime(min(newest), '%Y-%m') from (select max(month) filter (is_settled) as newest "
        f"from marts.mart_monthly_counts where dataset = '{AUSTIN}' and measure = 'records' group by offense_group)"
    )[0][0]
    assert page.get_by_test_id(f"records-daily-{AUSTIN}").locator("path[stroke-dasharray]").count() == 2
    days = saved(page, f"records-daily-{AUSTIN}")
    assert all((row["preliminary"] == "true") == (row["key"][:7] > settled) for row in days)
    late = {row["key"][:7] for row in days if row["preliminary"] == "true"}
    monthly = page.get_by_test_id(f"records-monthly-{AUSTIN}")
    assert monthly.locator("[fill='url(#hatch-0)']").count() == len(late) > 0
    assert "preliminary" in monthly.locator(".legend").inner_text()


def test_a_line_breaks_where_months_lack(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=calls")
    wait_until_drawn(page)
    months = sorted({row["month"] for row in saved(page, "calls-outcome-shares")})
    places = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    pieces = 1 + sum(later - earlier > 1 for earlier, later in pairwise(places))
    assert pieces > 2
    lines = page.get_by_test_id("calls-outcome-shares").locator(".mark-line path").all()
    assert [(line.get_attribute("d") or "").count("M") for line in lines] == [pieces] * 5


def test_a_trend_is_the_marts_to_read_and_to_download(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    page = open_page(dashboard, "view=trend&group=aggravated_assault&city=los_angeles")
    where = f"where dataset = '{LEGACY}' and measure = 'cases' and offense_group = 'aggravated_assault'"
    months = full_home.query(
        f"select month, measure_count, low_count, high_count from marts.mart_monthly_counts {where} and is_settled "
        "order by month desc"
    )
    panel = f"trend-{LEGACY}"
    ((whole, in_sum),) = full_home.query(
        f"select sum(measure_count), count(*) from intermediate.int_series_months {where} and is_comparable"
    )
    assert value(page, f"{panel}-sum") == str(whole)
    assert f"in the {in_sum} settled, complete months of Jan 2010 to " in page.get_by_test_id(panel).inner_text()
    rows = saved(page, panel)
    assert [
        (row["month"], int(row["measure_count"]), int(row["low_count"]), int(row["high_count"])) for row in rows
    ] == [(f"{month:%Y-%m}", count, low, high) for month, count, low, high in months]
    first = rows[0]
    assert first["dataset"] == LEGACY
    assert first["unit"].startswith("cases")
    assert first["date_basis"].startswith("day on which it happened")
    assert "63jg-8b9z" in first["source"]
    assert first["retrieved"] == "2026-11-22"
    assert "coded so by the police" in first["mapping_confidence"]
    assert "moved to another records system" in first["known_issues"]
    assert "data through Dec 31, 2024" in first["settled_until"]
    assert "Mar 2024: The LAPD moves" in first["series_breaks"]
    assert first["synthetic"] == "made-up data"

    wait_until_drawn(page)
    chart = page.get_by_test_id(panel).locator(".chart")
    chart.focus()
    page.keyboard.press("End")
    newest = page.get_by_test_id(panel).locator(".tip").inner_text().splitlines()
    assert newest[0] == f"{months[0][1]:,} cases"
    page.keyboard.press("Home")
    oldest = page.get_by_test_id(panel).locator(".tip").inner_text().splitlines()
    assert oldest[:2] == [f"{months[-1][1]:,} cases", "Jan 2010"]
    page.keyboard.press("Escape")
    assert page.get_by_test_id(panel).locator(".tip").is_hidden()
    chart.hover()
    assert "cases" in page.get_by_test_id(panel).locator(".tip").inner_text()

    page.get_by_test_id(panel).get_by_text("The numbers as a table").click()
    month = f"{(months[5][0].year * 12 + months[5][0].month - 1)}"
    assert value(page, f"{panel}-{month}-measure_count") == str(months[5][1])


@pytest.mark.parametrize(
    ("show", "column", "change", "mart"),
    [
        ("rolling", "measure_count", "change_percent", "mart_year_over_year"),
        ("rate", "rate_per_100k", "rate_change_percent", "mart_rates"),
    ],
)
def test_twelve_months_and_rates_are_those_of_the_marts(
    open_page: Open, dashboard: Path, full_home: ModelsHome, show: str, column: str, change: str, mart: str
) -> None:
    page = open_page(dashboard, f"view=trend&group=theft&city=austin&show={show}")
    months = {
        f"{month:%Y-%m}": (figure, percent)
        for month, figure, percent in full_home.query(
            f"select month, {column}, change_percent from marts.{mart} where dataset = '{AUSTIN}' "
            "and measure = 'cases' and offense_group = 'theft' "
            + ("and period_length = 'rolling_12'" if show == "rolling" else "")
        )
    }
    rows = saved(page, f"trend-{AUSTIN}")
    assert len(rows) > 250
    for row in rows:
        figure, percent = months[row["month"]]
        assert row[column] == "" if figure is None else float(row[column]) == pytest.approx(float(figure), abs=0.001)
        assert row[change] == "" if percent is None else float(row[change]) == pytest.approx(float(percent))
    assert {row["reason"] for row in rows if not row[column]} == {"the series breaks"}
    wait_until_drawn(page)
    page.get_by_test_id(f"trend-{AUSTIN}").locator(".chart").focus()
    for row in rows[:3]:
        page.keyboard.press("ArrowLeft")
        said = page.get_by_test_id(f"trend-{AUSTIN}").locator(".tip").inner_text()
        assert f"{abs(float(row[change])):.1f} % on a year before" in said


def test_a_rate_is_told_with_its_residents_and_breaks_with_each_census(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&group=theft&city=austin&show=rate")
    rows = {row["month"]: row for row in saved(page, f"trend-{AUSTIN}")}
    first = rows["2026-09"]
    assert "residents: US Census Bureau, estimates published in 2009, 2019, 2024, 2025" in first["source"]
    assert (first["population_year"], first["is_population_carried_forward"]) == ("2025", "1")
    texts = ("Jan 2010: The population estimates", "Jan 2020: The population estimates", "Oct 2021: Reports that are")
    places = [first["series_breaks"].index(text) for text in texts]
    assert places == sorted(places)
    assert rows["2010-06"]["rate_per_100k"]
    assert not rows["2010-06"]["rate_change_percent"]
    wait_until_drawn(page)
    chart = page.get_by_test_id(f"trend-{AUSTIN}").locator(".chart")
    assert chart.locator(".mark-rule line[stroke-dasharray]").count() == 3
    assert chart.locator(".mark-line path").count() == 3  # one for each census, of which the last has a hole
    page = open_page(dashboard, "view=trend&group=theft&city=austin")
    assert "population" not in saved(page, f"trend-{AUSTIN}")[0]["series_breaks"]


def test_only_breaks_within_the_months_that_are_held_are_named(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&group=theft&city=los_angeles")
    assert saved(page, f"trend-{NIBRS}")[0]["series_breaks"].startswith("Until Dec 2024: The LAPD moves")
    page = open_page(dashboard, "view=trend&group=theft&city=san_diego")
    assert saved(page, f"trend-{OFFENSES}")[0]["series_breaks"].startswith("Until Dec 2020: San Diego's NIBRS")
    page = open_page(dashboard, "view=calls")
    assert saved(page, "calls-outcomes")[0]["series_breaks"].startswith("Oct 2017: The police change the codes")
    assert saved(page, "calls-monthly")[0]["series_breaks"] == "none known"


def test_no_share_of_clearance_spans_a_break_or_stands_on_a_few_cases(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=clearance&group=theft&horizon=90")
    rows = {row["month"]: row for row in saved(page, f"clearance-{AUSTIN}")}
    assert rows["2021-09"]["cleared_share"]
    assert not any(rows[month]["cleared_share"] for month in ("2021-10", "2021-12", "2022-06", "2022-08"))
    assert rows["2022-09"]["cleared_share"]
    page = open_page(dashboard, "view=clearance&group=murder")
    assert "Fewer than 50 cases" in page.get_by_test_id(f"clearance-{AUSTIN}-lacking").inner_text()


def test_years_that_are_not_comparable_with_the_newest_are_pale(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=year&group=theft&city=austin")
    panel = page.get_by_test_id(f"year-{AUSTIN}")
    assert "not comparable with the newest year" in panel.locator(".legend").inner_text()
    reasons = {row["label"]: row["comparison_reason"] for row in saved(page, f"year-{AUSTIN}")}
    wait_until_drawn(page)
    pale = panel.locator(".mark-rect path[fill-opacity='0.22']")
    assert pale.count() == sum(bool(reason) for reason in reasons.values()) == 19  # 2003 to 2021


def test_an_index_begins_anew_with_each_series(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=trend&group=theft&city=austin&show=index")
    rows = [row for row in saved(page, f"trend-{AUSTIN}") if row["index"]]
    hundreds = [row["month"] for row in rows if float(row["index"]) == 100]
    assert hundreds[0] == "2022-09"
    assert hundreds[-1] == "2003-12"
    assert {row["base_month"] for row in rows} == {"2022-09", "2003-12"}
    page = open_page(dashboard, "view=trend&group=murder&city=austin&show=index")
    assert "fewer than 50" in page.get_by_test_id(f"trend-{AUSTIN}-lacking").inner_text()


def test_hours_are_those_of_the_marts(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    page = open_page(dashboard, "view=hours&group=robbery&year=2023")
    expected = full_home.query(
        "select weekday_number, hour_of_day, measure_count from marts.mart_weekday_hours where calendar_year = 2023 "
        f"and dataset = '{AUSTIN}' and offense_group = 'robbery'"
    )
    assert len(expected) > 100
    shown = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.heat td[data-testid]')]"
        ".map(cell => [cell.dataset.testid, cell.dataset.value]))"
    )
    for weekday, hour, count in expected:
        assert shown[f"hours-{AUSTIN}-{weekday}-{hour}"] == str(count)
    assert int(value(page, f"hours-{AUSTIN}-sum")) == sum(count for _, _, count in expected)
    ((excluded,),) = full_home.query(
        "select excluded_share from marts.mart_weekday_hours where calendar_year = 2023 "
        f"and dataset = '{AUSTIN}' and offense_group = 'robbery' limit 1"
    )
    assert float(value(page, f"hours-{AUSTIN}-excluded")) == pytest.approx(excluded)
    assert "no time to the minute" in page.get_by_test_id(f"hours-{OFFENSES}-lacking").inner_text()
    lacks = "It lacks Jan to Dec 2023 (before Los Angeles NIBRS offenses begin)."
    assert lacks in page.get_by_test_id(f"hours-{NIBRS}-lacking").inner_text()


def test_areas_are_those_of_the_marts_and_what_is_withheld_is_said(
    open_page: Open, dashboard: Path, full_home: ModelsHome
) -> None:
    page = open_page(dashboard, f"view=areas&dataset={NIBRS}&group=theft")
    of = f"from marts.mart_monthly_area_counts where dataset = '{NIBRS}' and offense_group = 'theft'"
    expected = full_home.query(
        "select area_code, sum(measure_count), sum(is_suppressed::int) "
        f"{of} and month > (select max(month) - interval 12 month {of} and is_comparable) "
        f"and month <= (select max(month) {of} and is_comparable) group by 1 order by 1"
    )
    rows = saved(page, f"areas-{NIBRS}")
    assert [row["code"] for row in rows] == [code for code, _, _ in expected]  # by code: not ranked
    for row, (_, count, withheld) in zip(rows, expected, strict=True):
        assert row["now"] == ("" if withheld else str(count))
    page = open_page(dashboard, f"view=areas&dataset={AUSTIN}&group=robbery")
    assert "withheld" in page.get_by_test_id(f"areas-{AUSTIN}").locator("tbody").inner_text()
    page = open_page(dashboard, f"view=areas&dataset={AUSTIN}&group=rape")
    assert page.get_by_test_id(f"areas-{AUSTIN}-lacking").inner_text() == "Rape is shown by city only."
    assert "Most rapes are never reported" in page.locator("#notice").inner_text()


CLASS_TEXTS = {
    "under": "under the least before",
    "within": "within its past",
    "over": "over the greatest before",
    "untold": "not told",
    "withheld": "withheld: small numbers",
}
FILLS = {
    "var(--under)": "under",
    "var(--within)": "within",
    "var(--over)": "over",
    "var(--panel)": "untold",
    "url(#hatch-withheld)": "withheld",
}


def past_classes(home: ModelsHome, dataset: str, group: str) -> dict[str, str]:
    """Area code -> how its newest twelve months lie to those of each of the five years before, by the mart."""
    rows = home.query(
        "select area_code, extract(year from month) * 12 + extract(month from month), measure_count, is_suppressed, "
        "series_id from marts.mart_monthly_area_counts "
        f"where dataset = '{dataset}' and offense_group = '{group}' and is_comparable and area_code is not null"
    )
    newest, series = max((month, series) for _, month, *_, series in rows)
    cells = {(code, month): (count, hidden) for code, month, count, hidden, of in rows if of == series}

    def span(code: str, to: int) -> tuple[int, int] | None:
        held = [cells.get((code, month)) for month in range(to - 11, to + 1)]
        if None in held:
            return None
        return sum(count or 0 for count, _ in held), sum(hidden for _, hidden in held)

    classes = {}
    for code in {code for code, _ in cells}:
        now = span(code, newest)
        before = [past for years in range(1, 6) if (past := span(code, newest - 12 * years))]
        known = [count for count, hidden in before if not hidden]
        if now and now[1]:
            classes[code] = "withheld"
        elif now is None or len(known) < max(2, len(before)) or sum(known) < 50 * len(known):
            classes[code] = "untold"
        else:
            classes[code] = "under" if now[0] < min(known) else "over" if now[0] > max(known) else "within"
    return classes


@pytest.mark.parametrize(
    ("dataset", "group"),
    [(AUSTIN, "robbery"), (LEGACY, "theft"), (CALLS, "call"), (OFFENSES, "theft")],
)
def test_a_map_shows_each_area_against_its_own_past(
    open_page: Open, dashboard: Path, full_home: ModelsHome, dataset: str, group: str
) -> None:
    expected = past_classes(full_home, dataset, group)
    page = open_page(dashboard, f"view=areas&dataset={dataset}&group={group}")
    wait_until_drawn(page)
    panel = page.get_by_test_id(f"area-map-{dataset}")
    chart = panel.locator(".chart")
    paths = panel.locator(".mark-shape path:not(.outline)")
    without = sorted(expected.keys() & WITHOUT_SHAPE)
    assert paths.count() == len(expected) - len(without)
    boxes, plot = [path.bounding_box() for path in paths.all()], chart.bounding_box()
    assert plot
    for box in boxes:
        assert box
        assert 0 < box["width"] * box["height"] < 0.6 * plot["width"] * plot["height"]
    fills = [FILLS[path.get_attribute("fill") or ""] for path in paths.all()]

    chart.focus()
    page.keyboard.press("Home")
    shown = {}
    for fill in fills:
        label, *lines = panel.locator(".tip").inner_text().splitlines()
        code = label.split()[0]
        assert lines[0].startswith(CLASS_TEXTS[fill])
        assert fill not in ("withheld", "untold") or not re.search(r"\d", " ".join(lines)), "no number of a small cell"
        shown[code] = fill
        page.keyboard.press("ArrowRight")
    assert shown == {code: past for code, past in expected.items() if code not in without}
    assert panel.locator(".outline").get_attribute("d")
    page.keyboard.press("Escape")
    assert panel.locator(".tip").is_hidden()

    notes = page.get_by_test_id(f"area-map-{dataset}-notes")
    assert f"Not on the map: {', '.join(without)}." in notes.inner_text() if without else True
    table = {row["code"]: row["past_class"] for row in saved(page, f"areas-{dataset}")}
    assert table == expected
    assert "made-up shapes" in panel.locator("[data-fact=boundaries]").inner_text()
    assert "rank" not in panel.inner_text()


def test_a_map_is_read_with_the_pointer_too(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, f"view=areas&dataset={AUSTIN}&group=theft")
    wait_until_drawn(page)
    panel = page.get_by_test_id(f"area-map-{AUSTIN}")
    for path in panel.locator(".mark-shape path:not(.outline)").all()[:3]:
        path.hover()
        assert panel.locator(".tip").is_visible()
    page.mouse.move(1, 1)
    assert panel.locator(".tip").is_hidden()


def test_a_map_that_can_not_be_drawn_says_what_it_lacks(
    open_page: Open, dashboard: Path, full_home: ModelsHome, tmp_path: Path
) -> None:
    page = open_page(dashboard, f"view=areas&dataset={NIBRS}&group=theft")
    assert "needs 2 spans of twelve months" in page.get_by_test_id(f"area-map-{NIBRS}-lacking").inner_text()
    assert set(past_classes(full_home, NIBRS, "theft").values()) == {"untold"}
    data = read_dashboard_data(full_home.warehouse)
    write_report(render_dashboard(data, synthetic=True, made_at=MADE_AT), tmp_path / "dashboard.html")
    page = open_page(tmp_path / "dashboard.html", f"view=areas&dataset={AUSTIN}&group=theft")
    assert page.get_by_test_id(f"area-map-{AUSTIN}-lacking").inner_text() == (
        "The boundaries of the sectors were not brought (raw/austin_police_districts), so there is no map."
    )
    assert page.get_by_test_id(f"area-ranges-{AUSTIN}").is_visible()


def test_records_of_some_days_are_those_of_the_marts(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    def counts(first: str, last: str) -> dict[str, int]:
        return dict(
            full_home.query(
                "select record_type, sum(measure_count)::bigint from marts.mart_daily_counts "
                f"where measure in ('records', 'calls') and occurred_date between '{first}' and '{last}' group by 1"
            )
        )

    page = open_page(dashboard, "view=records")
    for kind, count in counts("1900-01-01", "2100-01-01").items():
        assert value(page, f"record-count-{kind}") == str(count)
    page.get_by_label("From").fill("2024-02-10")
    page.get_by_label("To", exact=True).fill("2024-04-03")
    page.get_by_label("To", exact=True).blur()
    expected = counts("2024-02-10", "2024-04-03")
    for kind, count in expected.items():
        assert value(page, f"record-count-{kind}") == str(count)
    assert "from=2024-02-10&to=2024-04-03" in page.url
    shares = [float(value(page, f"records-share-{key}")) for key in (AUSTIN, LEGACY)]
    assert sum(shares) == pytest.approx(1)
    assert shares[0] == pytest.approx(int(value(page, f"records-daily-{AUSTIN}-sum")) / expected["report"])
    days = saved(page, f"records-daily-{AUSTIN}")
    assert (days[0]["key"], days[-1]["key"], len(days)) == ("2024-04-03", "2024-02-10", 54)
    assert sum(int(day["count"]) for day in days) == int(value(page, f"records-daily-{AUSTIN}-sum"))
    months = saved(page, f"records-monthly-{AUSTIN}")
    assert [(row["label"], row["covered"]) for row in months] == [
        ("Apr 2024", "3"),
        ("Mar 2024", "31"),
        ("Feb 2024", "20"),
    ]
    page.get_by_label("To", exact=True).fill("2024-01-01")
    page.get_by_label("To", exact=True).blur()
    assert page.get_by_role("alert").inner_text() == "The first day lies after the last one."
    page.get_by_role("button", name="Last 30 days").click()
    assert page.get_by_role("button", name="Last 30 days").get_attribute("aria-pressed") == "true"


def test_definitions_list_the_codes_in_and_out(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    page = open_page(dashboard, f"view=definition&dataset={AUSTIN}&group=aggravated_assault")
    rows = full_home.query(
        "select count(*) filter (offense_group = 'aggravated_assault'), count(*) filter (offense_group <> "
        "'aggravated_assault' and index_group_high = 'aggravated_assault') from facts.fct_incidents "
        f"where dataset = '{AUSTIN}'"
    )[0]
    assert value(page, f"codes-{AUSTIN}-aggravated_assault-rows") == str(rows[0])
    assert value(page, f"left-out-{AUSTIN}-aggravated_assault-rows") == str(rows[1])
    assert rows[1] > 0
    assert "NIBRS 13A" in page.get_by_test_id(f"definition-{AUSTIN}-aggravated_assault").inner_text()
    assert "closed courts" in page.get_by_test_id(f"changes-{AUSTIN}-aggravated_assault").inner_text()


def test_the_quality_of_each_month_is_told(open_page: Open, dashboard: Path, full_home: ModelsHome) -> None:
    page = open_page(dashboard, "view=quality")
    for dataset, months, raw in full_home.query(
        "select dataset, count(*), sum(raw_rows)::bigint from marts.mart_reconciliation group by dataset"
    ):
        status = page.get_by_test_id(f"reconciliation-{dataset}-status")
        assert status.inner_text() == f"✓ every row of {months} months is accounted for"
        assert value(page, f"reconciliation-{dataset}-total-raw_rows") == str(raw)
    states = {row["dataset"]: row["state"] for row in saved(page, "freshness")}
    assert states[DATASETS[CALLS].title] == "fresh"
    assert states[DATASETS[LEGACY].title] == "closed: nothing new is published"
    assert "without access to the checks" in page.get_by_test_id("checks-lacking").inner_text()


def test_calls_benchmarks_clearance_and_lateness_are_the_marts(
    open_page: Open, dashboard: Path, full_home: ModelsHome
) -> None:
    page = open_page(dashboard, "view=calls&list=before+2017-10-17")
    calls = full_home.query(
        "select sum(measure_count)::bigint from marts.mart_call_outcomes where is_comparable "
        "and outcome_list = 'before 2017-10-17'"
    )[0][0]
    assert value(page, "calls-outcomes-sum") == str(calls)

    page = open_page(dashboard, "view=benchmarks")
    close = full_home.query(f"select count(*) from marts.mart_benchmarks where is_close and dataset = '{AUSTIN}'")
    assert value(page, f"benchmarks-{AUSTIN}-close") == str(close[0][0])

    page = open_page(dashboard, "view=clearance&group=burglary&horizon=90")
    cohorts = saved(page, f"clearance-{AUSTIN}")
    expected = full_home.query(
        "select measure_count, arrest_count, exceptional_count from marts.mart_clearance where horizon_days = 90 "
        "and offense_group = 'burglary' and reason is null order by month desc"
    )
    assert [
        (int(row["measure_count"]), int(row["arrest_count"]), int(row["exceptional_count"])) for row in cohorts
    ] == expected

    page = open_page(dashboard, "view=lateness&group=theft")
    grown = {row["month"]: row["count_30"] for row in saved(page, f"growth-{AUSTIN}")}
    for month, count in full_home.query(
        "select strftime(month, '%Y-%m'), measure_count from marts.mart_month_growth where age_days = 30 "
        f"and dataset = '{AUSTIN}' and reason is null"
    ):
        assert grown[month] == str(count)


def test_statuses_are_those_of_the_months_that_count_and_the_others_are_named(
    open_page: Open, dashboard: Path, full_home: ModelsHome
) -> None:
    page = open_page(dashboard, "view=clearance&group=robbery")
    lacking = {
        LEGACY: ["It lacks Mar to Dec 2024 (incomplete: The LAPD moves"],
        NIBRS: ["It lacks Mar to Dec 2024 (incomplete: The LAPD moves", "Sep to Nov 2026 (not settled yet)."],
    }
    for dataset, texts in lacking.items():
        expected = full_home.query(
            "select extract(year from month), min(month), max(month), sum(statuses.measure_count)::bigint, "
            "sum(statuses.measure_count) filter (status_name = 'Adult Arrest')::bigint "
            "from marts.mart_los_angeles_status as statuses "
            "inner join marts.mart_monthly_counts as months using (dataset, measure, offense_group, month) "
            f"where dataset = '{dataset}' and offense_group = 'robbery' and months.is_comparable "
            "group by 1 order by 1 desc"
        )
        assert [
            (int(row["label"]), row["months"], int(row["all"]), int(row["Adult Arrest"]))
            for row in saved(page, f"status-{dataset}")
        ] == [(year, f"{first:%b} to {last:%b %Y}", *counts) for year, first, last, *counts in expected]
        text = page.get_by_test_id(f"status-{dataset}").inner_text()
        assert all(part in text for part in texts), text


def test_a_season_is_read_as_the_mart_has_it_though_the_dataset_ends_in_months_that_never_count(
    open_page: Open, dashboard: Path, full_home: ModelsHome
) -> None:
    page = open_page(dashboard, "view=season&group=robbery&city=los_angeles")
    wait_until_drawn(page)
    panel = page.get_by_test_id(f"season-{LEGACY}")
    assert "14 complete years, 2010 to 2023" in panel.inner_text()
    panel.locator(".chart").focus()
    page.keyboard.press("Home")
    for month, *factors in full_home.query(
        "select strftime(make_date(2001, calendar_month::int, 1), '%b'), month_factor, least_factor, greatest_factor "
        f"from marts.mart_seasonality where dataset = '{LEGACY}' and measure = 'cases' and offense_group = 'robbery' "
        "order by calendar_month"
    ):
        said = panel.locator(".tip").inner_text()
        assert said.splitlines()[1] == month
        assert [float(number) for number in re.findall(r"\d\.\d\d", said)] == pytest.approx(factors, abs=0.0051)
        page.keyboard.press("ArrowRight")


def test_a_season_needs_five_years_and_says_how_many_there_are(open_page: Open, dashboard: Path) -> None:
    page = open_page(dashboard, "view=season&group=robbery")
    assert "has 1. It has Mar 2024 to " in page.get_by_test_id(f"season-{NIBRS}-lacking").inner_text()
    assert page.get_by_test_id(f"season-{NIBRS}").locator(".chart").count() == 0
    assert page.get_by_test_id(f"season-{AUSTIN}").locator(".chart").count() == 1
