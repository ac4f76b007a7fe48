"""What the page holds, and that it is made of the marts and of nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from crime_trends.datasets import DATASETS
from crime_trends.errors import NoTableError
from crime_trends.reports.columnar import encoded_table
from crime_trends.reports.dashboard import DashboardData, read_dashboard_data, render_dashboard
from crime_trends.reports.data import EMPTY, Table
from crime_trends.warehouse.duckdb import DuckDBWarehouse
from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.reports.full_history import MADE_AT

pytestmark = pytest.mark.xdist_group("dashboard")


class Text(HTMLParser):
    """The text of a page outside its scripts and style, with the spaces collapsed, and its elements."""

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


def decoded(column: list[Any]) -> list[Any]:
    """A column as it was, but days and months as numbers."""
    form, values = column[:2]
    if form != "plain":
        runs = [value for value, times in zip(values[::2], values[1::2], strict=True) for _ in range(times)]
        values = runs if form == "runs" else list(accumulate(runs))
    return [None if value is None else column[2][value] for value in values] if len(column) == 3 else values


def as_number(name: str, value: Any) -> Any:
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return day.year * 12 + day.month - 1 if name.endswith("month") else (day - date(1970, 1, 1)).days
    return value


def page_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    page: dict[str, Any] = json.loads(found[1])
    return page


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("count", [7, 7, 7, 7, 7, 7, 7, 7, None, None, None, 3, 0]),
        ("count", [5, 123, 9, 41, 7, 1_000_000, 2]),
        ("month", [date(2023, 11, 1) + timedelta(days=31 * step) for step in range(9)]),
        ("as_of", [datetime(2024, 2, 29, 23, 59), None, date(1970, 1, 1)]),
        ("dataset", ["b", "b", None, "a", "</script>"]),
        ("share", [0.5, 1.0, 0.1234, None]),
        ("is_settled", [True, False, None, True]),
        ("nothing", []),
        ("nothing", [None, None]),
    ],
)
def test_a_column_comes_back_as_it_was(name: str, values: list[Any]) -> None:
    table = encoded_table([name, "row"], [(value, place) for place, value in enumerate(values)])
    table = json.loads(json.dumps(table))
    assert table["length"] == len(values)
    assert decoded(table["columns"][name]) == [as_number(name, value) for value in values]
    assert decoded(table["columns"]["row"]) == list(range(len(values)))


def test_the_page_holds_every_row_that_was_read(dashboard: Path, full_data: DashboardData) -> None:
    tables = page_of(dashboard.read_text(encoding="utf-8"))["tables"]
    assert tables.keys() == full_data.tables.keys()
    for name, table in full_data.tables.items():
        assert tables[name]["length"] == len(table.rows)
        for place, column in enumerate(table.columns):
            values = [as_number(column, row[place]) for row in table.rows]
            assert decoded(tables[name]["columns"][column]) == values, (name, column)


def test_no_warehouse_and_no_marts_are_one_clear_message(tmp_path: Path) -> None:
    def warehouse(name: str) -> DuckDBWarehouse:
        return DuckDBWarehouse(tmp_path / name, memory_limit="1GB", temporary_dir=tmp_path, lock_timeout_seconds=5)

    with pytest.raises(NoTableError, match="no warehouse at"):
        read_dashboard_data(warehouse("absent.duckdb"))
    bare = warehouse("bare.duckdb")
    bare.prepare()
    with pytest.raises(NoTableError, match="lacks a table; run `crime-trends run` first"):
        read_dashboard_data(bare)


def test_areas_hold_no_small_cell_and_no_sensitive_offense(full_data: DashboardData) -> None:
    table = full_data.tables["areas"]
    cells = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert not [cell for cell in cells if cell["measure_count"] is not None and 0 < cell["measure_count"] < 5]
    assert any(cell["is_suppressed"] for cell in cells)
    assert all(cell["measure_count"] is None for cell in cells if cell["is_suppressed"])
    assert "rape" not in {cell["offense_group"] for cell in cells}


def test_every_dataset_is_shown_with_source_licence_and_day(full_data: DashboardData) -> None:
    text = str(Text(render_dashboard(full_data, synthetic=False, made_at=MADE_AT)))
    for dataset in DATASETS.values():
        assert dataset.title in text
        assert dataset.grain in text
        assert dataset.license in text
    assert text.replace(" ", "").count("RetrievedNovember22,2026") == len(DATASETS)
    assert "Page made November 23, 2026, 08:30 UTC" in text


def test_only_a_synthetic_page_is_marked() -> None:
    made_up = render_dashboard(EMPTY, synthetic=True, made_at=MADE_AT)
    real = render_dashboard(EMPTY, synthetic=False, made_at=MADE_AT)
    assert "<title>Crime trends (made-up data)</title>" in made_up
    assert 'class="is-synthetic"' in made_up
    assert all(dataset["source"].startswith("made-up rows") for dataset in page_of(made_up)["datasets"])
    assert "<title>Crime trends</title>" in real
    assert 'class="is-synthetic"' not in real
    assert not [dataset for dataset in page_of(real)["datasets"] if "made-up" in dataset["source"]]


def test_text_from_elsewhere_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "austin_crime_reports"
    plain = Text(render_dashboard(EMPTY, synthetic=False, made_at=MADE_AT))
    hostile = "<b>\"A&B'</b></script><!--<script>"
    monkeypatch.setitem(DATASETS, key, replace(DATASETS[key], title=hostile, license=hostile, grain=hostile))
    codes = EMPTY.tables["codes"]
    data = DashboardData({**EMPTY.tables, "codes": Table(codes.columns, [(hostile,) * len(codes.columns)])})
    html = render_dashboard(data, synthetic=False, made_at=MADE_AT)
    page = Text(html)
    assert page.elements == plain.elements
    assert str(page).count(hostile) == 3
    assert page_of(html)["tables"]["codes"]["columns"]["offense_name"][2] == [hostile]


def test_the_page_is_small_and_names_no_other_file(dashboard: Path, full_home: ModelsHome) -> None:
    html = dashboard.read_text(encoding="utf-8")
    ((months,),) = full_home.query("select count(*) from warehouse.month_ledger")
    assert months > 700  # the whole history of all datasets
    assert len(html.encode()) < 5_000_000
    assert "default-src 'none'" in html
    assert not {"link", "img", "iframe", "object"} & set(Text(html).elements) - {"link"}
    assert " src=" not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
