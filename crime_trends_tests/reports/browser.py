"""Debian's Chromium driven by Playwright; run as a module, takes the picture of a dashboard for the README:

``python -m crime_trends_tests.reports.browser .crime_trends/sample/reports/dashboard.html docs/images/dashboard.png``
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def take_picture(
    dashboard: Path, picture: Path, *, width: int = 1200, height: int = 1350, dark: bool = False, fragment: str = ""
) -> None:
    """A PNG of the top of a dashboard.

    Arguments:
        dashboard: the HTML file.
        picture: the file to write.
        width, height: of the window in CSS pixels; height 0 is the whole page.
        dark: whether the reader prefers dark.
        fragment: the filters, as in the page's address after ``#``.
    """
    with chromium() as browser:
        page = browser.new_page(
            viewport={"width": width, "height": height or 900},
            color_scheme="dark" if dark else "light",
            device_scale_factor=1.5,
        )
        page.goto(f"{dashboard.resolve().as_uri()}#{fragment}")
        page.wait_for_timeout(500)
        page.screenshot(path=picture, full_page=height == 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=take_picture.__doc__)
    parser.add_argument("dashboard", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width", type=int, default=1200)
    parser.add_argument("--height", type=int, default=1350)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--fragment", default="")
    take_picture(**vars(parser.parse_args()))
