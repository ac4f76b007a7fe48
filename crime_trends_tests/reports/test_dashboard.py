"""What the page says, and that it is made of the marts and of nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from crime_trends.datasets import DATASETS
from crime_trends.errors import CrimeTrendsError
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard, write_dashboard
from crime_trends.reports.data import DashboardData, ReconciledMonth
from crime_trends_tests.reports.conftest import MADE_AT, DailyRow, make_warehouse, opened

NOTHING = DashboardData((), (), {})


class Text(HTMLParser):
    """The text of a page outside its scripts and style, with the spaces collapsed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside = ""
        self.elements: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag
        self.elements.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in ("script", "style"):
            self.parts.append(data)

    def __str__(self) -> str:
        return " ".join("".join(self.parts).split())


def page_text(data: DashboardData, *, synthetic: bool = False) -> str:
    return str(Text(render_dashboard(data, synthetic=synthetic, made_at=MADE_AT)))


def test_series_hold_every_row_of_the_mart(warehouse_file: Path, rows: list[DailyRow]) -> None:
    data = read_dashboard_data(opened(warehouse_file))
    assert {series.dataset for series in data.series} == set(DATASETS)
    for series in data.series:
        expected = [count for dataset, *_, count in rows if dataset == series.dataset]
        assert list(series.counts) == expected
        assert (series.first_day, series.last_day) == (
            min(day for dataset, _, _, day, _ in rows if dataset == series.dataset),
            max(day for dataset, _, _, day, _ in rows if dataset == series.dataset),
        )
    assert data.loaded_at["austin_crime_reports"] == datetime(2024, 6, 3, 8, 12)


def test_a_day_without_rows_is_zero_and_a_month_without_facts_is_unknown(tmp_path: Path) -> None:
    key = "austin_crime_reports"
    rows = [(key, "austin", "report", date(2024, month, day), 5) for month, day in ((1, 30), (3, 1), (3, 3))]
    file = make_warehouse(tmp_path / "w.duckdb", rows)
    expected = (5, 0, *[None] * 29, 5, 0, 5)
    assert read_dashboard_data(opened(file)).series[0].counts == expected  # February was never brought

    with duckdb.connect(file) as connection:
        connection.execute(
            f"insert into marts.mart_reconciliation values ('{key}', '2024-02-01', 9, 9, 0, 0, 9, null, null)"
        )
    assert (
        read_dashboard_data(opened(file)).series[0].counts == expected
    )  # it is in the warehouse, its facts are not built

    with duckdb.connect(file) as connection:
        connection.execute("update marts.mart_reconciliation set raw_rows = 0, clean_rows = 0, warehouse_rows = 0")
    assert read_dashboard_data(opened(file)).series[0].counts == (5, 0, *[0] * 29, 5, 0, 5)  # it is known to be empty


def test_no_warehouse_and_no_marts_are_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(CrimeTrendsError, match=r"there is no warehouse at .*run `crime-trends run` first"):
        read_dashboard_data(opened(tmp_path / "absent.duckdb"))
    duckdb.connect(tmp_path / "bare.duckdb").close()
    with pytest.raises(CrimeTrendsError, match="lacks a table; run `crime-trends run` first"):
        read_dashboard_data(opened(tmp_path / "bare.duckdb"))


MONTH = ReconciledMonth("austin_crime_reports", date(2024, 3, 1), 110, 100, 7, 3, 100, 100, 110)


@pytest.mark.parametrize(
    ("month", "difference"),
    [
        (MONTH, ""),
        (replace(MONTH, portal_rows=None), ""),
        (replace(MONTH, raw_rows=111, portal_rows=None), "raw rows differ from clean + rejected + duplicates by +1"),
        (replace(MONTH, warehouse_rows=99, fact_rows=99), "warehouse differs from clean by -1"),
        (replace(MONTH, fact_rows=200), "facts differ from warehouse by +100"),
        (replace(MONTH, portal_rows=112), "raw rows differ from the portal's count by -2"),
    ],
)
def test_reconciliation_marks_what_does_not_add_up(month: ReconciledMonth, difference: str) -> None:
    other = replace(MONTH, month=date(2024, 4, 1))
    text = page_text(replace(NOTHING, months=(month, other)))
    assert ("✗ 1 of 2 months does not add up" in text) == bool(difference)
    assert ("✓ Every row is accounted for in 2 months of 1 dataset." in text) == (not difference)
    assert difference in text
    assert ("✗ Mar 2024" in text) == bool(difference)
    assert ("not stated" in text) == (month.portal_rows is None)


def test_rows_of_no_month_have_their_line() -> None:
    outside = ReconciledMonth("austin_crime_reports", None, 4, 0, 4, 0, 0, 0, 4)
    text = page_text(replace(NOTHING, months=(MONTH, outside)))
    assert "No month 4 0 4 0 0 0 4 ✓ adds up".replace(" ", "") in text.replace(" ", "")
    assert "accounted for in 1 month of 1 dataset" in text


def test_every_dataset_is_shown_with_source_licence_and_dates(warehouse_file: Path) -> None:
    text = page_text(read_dashboard_data(opened(warehouse_file)))
    for dataset in DATASETS.values():
        assert dataset.title in text
        assert dataset.grain in text
        assert dataset.license in text
    assert "Days with rows March 7, 2024 to May 31, 2024".replace(" ", "") in text.replace(" ", "")
    assert "June 3, 2024, 08:12 UTC" in text
    assert "Page made June 3, 2024, 08:30 UTC" in text


def test_only_a_synthetic_page_is_marked() -> None:
    made_up = render_dashboard(NOTHING, synthetic=True, made_at=MADE_AT)
    real = render_dashboard(NOTHING, synthetic=False, made_at=MADE_AT)
    assert "<title>Crime trends (made-up data)</title>" in made_up
    assert 'class="is-synthetic"' in made_up
    assert "Made-up rows in the likeness of" in made_up
    assert "<title>Crime trends</title>" in real
    assert 'class="is-synthetic"' not in real
    assert "Made-up rows" not in real


def test_text_from_elsewhere_is_escaped(warehouse_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "austin_crime_reports"
    plain = Text(render_dashboard(read_dashboard_data(opened(warehouse_file)), synthetic=False, made_at=MADE_AT))
    hostile = "<b>\"A&B'</b></script><!--<script>"
    monkeypatch.setitem(DATASETS, key, replace(DATASETS[key], title=hostile, license=hostile, grain=hostile))
    page = Text(render_dashboard(read_dashboard_data(opened(warehouse_file)), synthetic=False, made_at=MADE_AT))
    assert page.elements == plain.elements
    assert str(page).count(hostile) >= 3


def test_the_page_is_small_and_names_no_other_file(dashboard: Path) -> None:
    html = dashboard.read_text(encoding="utf-8")
    assert len(html.encode()) < 1_500_000
    assert "default-src 'none'" in html
    assert {"link", "script", "style"} >= set(Text(html).elements) & {
        "link",
        "script",
        "style",
        "img",
        "iframe",
        "object",
    }
    assert " src=" not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)


def test_writing_replaces_the_page_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "dashboard.html"
    write_dashboard("old", path)
    write_dashboard("new é", path)
    assert path.read_text(encoding="utf-8") == "new é"
    assert list(path.parent.iterdir()) == [path]


def test_made_at_is_the_only_thing_that_differs_between_two_pages_of_the_same_data(warehouse_file: Path) -> None:
    data = read_dashboard_data(opened(warehouse_file))
    later = datetime(2024, 6, 4, 9, 45, tzinfo=UTC)
    first = render_dashboard(data, synthetic=True, made_at=MADE_AT)
    second = render_dashboard(data, synthetic=True, made_at=later)
    for mark in (("2024-06-03T08:30", "2024-06-04T09:45"), ("June 3, 2024, 08:30", "June 4, 2024, 09:45")):
        first = first.replace(*mark)
    assert first == second
