"""Takes the pictures for the docs: ``python -m scripts.take_screenshots``, a few minutes.

Those of the dashboard show the whole history of all datasets, made up and marked so. For those of Dagster's UI it fills
a home of its own from the built-in sample, serves Dagster over it on a free port, lets the daemon backfill two months,
and looks at it with Debian's Chromium. Whatever it started ends with it. Needs the tools of ``make setup``.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

from crime_trends_tests.reports.browser import chromium
from crime_trends_tests.reports.full_history import make_full_history, write_page

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
COMMAND = (sys.executable, "-m", "crime_trends.cli")
DATASET = "san_diego_calls_for_service"
FIRST_RUN = ("2024-03", "2024-05")
BACKFILL = ("2024-06", "2024-07")
MINUTES = 30.0
WAIT = 8_000
"""Milliseconds until a page has asked for all that it shows and drawn it."""
STATUS = "query ($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"


@dataclass(frozen=True)
class Picture:
    """A picture of a page.

    Arguments:
        name: of the file.
        path: of the page, below the server's address.
        width, height: of the window in CSS pixels: text vanishes from a graph that has to be made small.
        prepare: what to do before the picture is taken.
    """

    name: str
    path: str
    width: int
    height: int
    prepare: Callable[[Page], None] | None = None


@dataclass(frozen=True)
class View:
    """A picture of the dashboard.

    Arguments:
        name: of the file.
        fragment: what the address says after ``#``.
        width, height: of the window in CSS pixels.
        is_dark: whether the reader prefers dark.
    """

    name: str
    fragment: str
    width: int
    height: int
    is_dark: bool = False


VIEWS = (
    View("dashboard", "view=overview", 1280, 1130),
    View("dashboard_trend", "view=trend&group=theft&preliminary=1", 1280, 1000),
    View("dashboard_map", "view=areas&dataset=los_angeles_crime_reports&group=robbery", 1280, 1220),
    View("dashboard_hours", "view=hours&group=robbery", 1280, 900),
    View("dashboard_quality", "view=quality&city=los_angeles", 1280, 1160),
    View("dashboard_definitions", "view=definition&dataset=austin_crime_reports&group=aggravated_assault", 1280, 1160),
    View("dashboard_dark", "view=year&group=motor_vehicle_theft", 1280, 900, is_dark=True),
    View("dashboard_phone", "view=overview&city=austin", 390, 844),
)
"""Pictures of the dashboard."""


def take_dashboard(folder: Path, views: list[View]) -> None:
    """Takes pictures of a dashboard with the whole history of all datasets, made up, into a folder."""
    with tempfile.TemporaryDirectory(prefix="screenshots-") as home, chromium() as browser:
        file = Path(home) / "dashboard.html"
        write_page(make_full_history(Path(home)), file)
        for view in views:
            page = browser.new_page(
                viewport={"width": view.width, "height": view.height},
                color_scheme="dark" if view.is_dark else "light",
                device_scale_factor=1.5,
            )
            page.goto(f"{file.as_uri()}#{view.fragment}")
            page.wait_for_timeout(WAIT / 4)
            page.screenshot(path=folder / f"{view.name}.png")
            page.close()


def make_room(page: Page) -> None:
    """Hides the navigation and draws the page again, so that a graph fits the window that is left."""
    page.get_by_text("Hide navigation").click()
    page.reload()
    page.wait_for_timeout(WAIT)


def pictures(backfill: str) -> list[Picture]:
    """The pictures: the graph folded into its groups, what an asset says of itself, its months, a check, a backfill."""
    asset = f"/assets/clean/{DATASET}"
    made = "status=MATERIALIZED"
    return [
        Picture("graph", "/asset-groups", 1500, 1040, make_room),
        Picture("asset", f"{asset}?view=overview", 1400, 860),
        Picture("partitions", f"{asset}?view=partitions&partition={BACKFILL[1]}&{made}", 1300, 700),
        Picture("check", f"{asset}?view=checks&checkDetail=reconciliation", 1300, 720),
        Picture("backfill", f"/runs/b/{backfill}?tab=runs", 1500, 680),
    ]


def take(url: str, backfill: str, folder: Path, wanted: list[str]) -> None:
    """Takes the pictures into a folder.

    Arguments:
        url: where Dagster's UI is.
        backfill: id of the backfill to show.
        folder: where they go.
        wanted: their names; none means all.
    """
    with chromium() as browser:
        for picture in pictures(backfill):
            if wanted and picture.name not in wanted:
                continue
            page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
            page.goto(url + picture.path)
            page.wait_for_timeout(WAIT)
            if picture.prepare:
                picture.prepare(page)
            page.screenshot(path=folder / f"dagster_{picture.name}.png")
            page.close()


@contextmanager
def dagster(environment: Mapping[str, str], port: int) -> Iterator[None]:
    """``crime-trends dev`` on the built-in sample, from when it answers until the end of the block."""
    command = [*COMMAND, "dev", "--sample", "--port", str(port)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            _wait_for(lambda: _answers(f"http://127.0.0.1:{port}/server_info"), "Dagster to answer")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5, proxies={"http": ""}).ok
    except requests.RequestException:
        return False


def _wait_for(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + MINUTES * 60
    while not happened():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {MINUTES:g} minutes in vain for {what}")
        time.sleep(3)


def _backfill(environment: Mapping[str, str], url: str) -> str:
    """Has the daemon backfill some months, and waits until it did; returns the backfill's id."""
    command = [*COMMAND, "backfill", "--from", BACKFILL[0], "--to", BACKFILL[1], "--dataset", DATASET]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    backfill = said.strip().rsplit("/", 1)[1]

    def ended() -> bool:
        query: dict[str, Any] = {"query": STATUS, "variables": {"id": backfill}}
        answer = requests.post(f"{url}/graphql", json=query, timeout=60, proxies={"http": ""}).json()
        status = answer["data"]["partitionBackfillOrError"]["status"]
        if status in ("FAILED", "COMPLETED_FAILED", "CANCELED"):
            raise SystemExit(f"the backfill {backfill} ended as {status}")
        return bool(status in ("COMPLETED", "COMPLETED_SUCCESS"))

    _wait_for(ended, "the backfill to end")
    return backfill


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Takes the pictures of the dashboard; then fills a home, starts Dagster, backfills, takes those of its UI."""
    parser = argparse.ArgumentParser(description="Takes the pictures for the docs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which pictures (default: all)")
    parser.add_argument("--images", type=Path, default=IMAGES, help="where they go (default: docs/images)")
    options = parser.parse_args()
    if views := [view for view in VIEWS if not options.names or view.name in options.names]:
        take_dashboard(options.images, views)
    if options.names and {view.name for view in views}.issuperset(options.names):
        return
    with tempfile.TemporaryDirectory(prefix="screenshots-") as home:
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "CRIME_TRENDS_HOME": home, "CRIME_TRENDS_WEB_URL": url}
        run = [*COMMAND, "run", "--from", FIRST_RUN[0], "--to", FIRST_RUN[1], "--sample"]
        subprocess.run(run, env=environment, check=True)
        with dagster(environment, port):
            take(url, _backfill(environment, url), options.images, options.names)


if __name__ == "__main__":
    main()
