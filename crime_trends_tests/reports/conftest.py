"""A warehouse with the whole made-up history, the page made of it, and a browser that opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crime_trends.reports.dashboard import DashboardData, read_dashboard_data
from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.reports.browser import CHROMIUM, chromium
from crime_trends_tests.reports.full_history import make_full_history, write_page


@pytest.fixture(scope="session")
def full_home(tmp_path_factory: pytest.TempPathFactory) -> ModelsHome:
    """Only to be read."""
    return make_full_history(tmp_path_factory.mktemp("full_history"))


@pytest.fixture(scope="session")
def full_data(full_home: ModelsHome) -> DashboardData:
    return read_dashboard_data(full_home.warehouse)


@pytest.fixture(scope="session")
def dashboard(full_home: ModelsHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "dashboard.html"
    write_page(full_home, path)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, which ends with the module: until then Playwright's loop runs in this thread, and no other can."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (scripts/install_packages chromium)")
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
    fetched = [url for url in requests if not url.startswith("blob:")]  # a download is made in the page
    assert len(fetched) == len(contexts)
    assert all(url.startswith("file://") for url in fetched)
