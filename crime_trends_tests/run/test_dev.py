"""``crime-trends dev``: Dagster's UI over a home, as a person finds it in a browser."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator

import pytest
import requests

from crime_trends_tests.automation.dagster_server import free_port
from crime_trends_tests.conftest import Home
from crime_trends_tests.reports.browser import CHROMIUM, chromium
from crime_trends_tests.run.conftest import SAN_DIEGO

pytestmark = pytest.mark.xdist_group("run")

SECONDS = 120
PAGES = {
    "/asset-groups": ["san_diego", "austin", "los_angeles", "marts", "reports"],
    f"/assets/clean/{SAN_DIEGO}?view=overview": ["calls for service", "pyspark", "parquet"],
    f"/assets/clean/{SAN_DIEGO}?view=partitions&partition=2024-03": ["2024-03", "dagster/row_count", "rejected_rows"],
    f"/assets/clean/{SAN_DIEGO}?view=checks&checkDetail=reconciliation": ["reconciliation", "Passed"],
}
"""Page -> words that a person reads on it."""


@pytest.fixture
def url(home: Home) -> Iterator[str]:
    """Where the UI answers."""
    url = f"http://127.0.0.1:{free_port()}"
    process = home.start("dev", "--port", url.rpartition(":")[2])
    try:
        deadline = time.monotonic() + SECONDS
        while not answers(url):
            assert process.poll() is None
            assert time.monotonic() < deadline, "Dagster's UI did not answer"
            time.sleep(0.5)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/server_info", timeout=5, proxies={"http": ""}).ok
    except requests.RequestException:
        return False


def test_the_graph_an_asset_its_months_and_a_check_are_shown(url: str) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (scripts/install_packages chromium)")
    errors: list[str] = []
    asked: set[str] = set()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.add(re.sub(r"^(\w+://[^/]*|data:|blob:).*", r"\1", request.url)))
        for path, words in PAGES.items():
            page.goto(url + path)
            for word in words:
                page.get_by_text(word).first.wait_for(timeout=SECONDS * 1000)
    assert errors == []
    assert asked <= {url, "data:", "blob:"}
