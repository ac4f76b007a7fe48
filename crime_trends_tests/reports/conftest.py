"""A warehouse with realistic counts, the page made of it, and a browser that opens it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page

from crime_trends.datasets import DATASETS
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard, write_dashboard
from crime_trends.warehouse.duckdb import DuckDBWarehouse
from crime_trends_tests.reports.browser import CHROMIUM, chromium

MADE_AT = datetime(2024, 6, 3, 8, 30, tzinfo=UTC)
SPANS = {
    "austin_crime_reports": (date(2023, 11, 1), date(2024, 5, 31), 240),
    "los_angeles_crime_reports": (date(2023, 11, 1), date(2024, 5, 31), 540),
    "los_angeles_nibrs_offenses": (date(2024, 3, 7), date(2024, 5, 31), 310),
    "san_diego_calls_for_service": (date(2023, 11, 1), date(2024, 5, 28), 1330),
    "san_diego_nibrs_offenses": (date(2023, 11, 1), date(2024, 5, 31), 205),
}
DailyRow = tuple[str, str, str, date, int]


def daily_counts(spans: dict[str, tuple[date, date, int]] = SPANS) -> list[DailyRow]:
    """Rows of ``mart_daily_counts``: a level per dataset, with week, season and chance."""
    chance = random.Random(20240301)  # noqa: S311
    rows = []
    for key, (first, last, level) in spans.items():
        dataset = DATASETS[key]
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            week = 1 + 0.12 * math.cos((day.weekday() - 4) * math.tau / 7)
            year = 1 + 0.08 * math.sin((day.timetuple().tm_yday - 100) * math.tau / 365)
            count = round(level * week * year * chance.gauss(1, 0.07))
            rows.append((key, dataset.city, dataset.record_type, day, count))
    return rows


def opened(file: Path) -> DuckDBWarehouse:
    """The warehouse in a file."""
    return DuckDBWarehouse(file, memory_limit="1GB", temporary_dir=file.parent, lock_timeout_seconds=5)


def make_warehouse(file: Path, rows: list[DailyRow]) -> Path:
    """A warehouse whose marts hold these rows, and a reconciliation that adds up."""
    opened(file).prepare()
    with duckdb.connect(file) as connection:
        connection.execute(
            "create table marts.mart_daily_counts "
            "(city varchar, dataset varchar, record_type varchar, measure varchar, occurred_date date, "
            "measure_count bigint)"
        )
        connection.execute(
            "create table marts.mart_reconciliation (dataset varchar, month date, raw_rows bigint, clean_rows bigint, "
            "rejected_rows bigint, duplicate_rows bigint, warehouse_rows bigint, fact_rows bigint, portal_rows bigint)"
        )
        if rows:
            connection.executemany(
                "insert into marts.mart_daily_counts values (?, ?, ?, 'records', ?, ?)",
                [(city, dataset, kind, day, count) for dataset, city, kind, day, count in rows],
            )
        connection.execute(
            """
            insert into marts.mart_reconciliation
            select dataset, month, n + 7 + 2, n, 7, 2, n, n, case when city <> 'san_diego' then n + 9 end
            from (
                select dataset, city, date_trunc('month', occurred_date)::date as month, sum(measure_count) as n
                from marts.mart_daily_counts group by all
            )
            """
        )
        connection.execute(
            "insert into warehouse.month_ledger (dataset, month, version, rows, raw_rows, clean_rows, rejected_rows, "
            "duplicate_rows, portal_rows, made_at) select dataset, month, 'v1', clean_rows, raw_rows, clean_rows, "
            "rejected_rows, duplicate_rows, portal_rows, timestamp '2024-06-03 08:12:00' from marts.mart_reconciliation"
        )
    return file


@pytest.fixture(scope="session")
def rows() -> list[DailyRow]:
    return daily_counts()


@pytest.fixture(scope="session")
def warehouse_file(rows: list[DailyRow], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("warehouse") / "crime_trends.duckdb", rows)


@pytest.fixture(scope="session")
def dashboard(warehouse_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "dashboard.html"
    data = read_dashboard_data(opened(warehouse_file))
    write_dashboard(render_dashboard(data, synthetic=True, made_at=MADE_AT), path)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (apt-get install chromium)")
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a file with an address fragment; at the end no page has complained or fetched anything."""
    contexts = []
    complaints: list[str] = []
    requests: list[str] = []

    def open_file(path: Path, fragment: str = "", **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.goto(f"{path.as_uri()}#{fragment}")
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert complaints == []
    assert len(requests) == len(contexts)
    assert all(url.startswith("file://") for url in requests)
