"""How fast a dashboard is in Chromium: ``python -m crime_trends_tests.reports.speed PAGE``.

Prints when the first paint and the first chart come, and for every filter and button of every view how long it takes
from the choice until all charts in the window are drawn, in milliseconds. ``full_history`` makes a page with the whole
history.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page

from crime_trends_tests.reports.browser import chromium

CHANGE = """async id => {
  const filter = document.getElementById(id);
  const start = performance.now();
  if (["checkbox", "button"].includes(filter.type)) filter.click();
  else {
    if (filter.type === "date") filter.value === filter.max ? filter.stepDown(400) : filter.stepUp(400);
    else filter.selectedIndex = (filter.selectedIndex + 1) % filter.options.length;
    filter.dispatchEvent(new Event("change"));
  }
  const isSeen = ({ top, bottom }) => top < innerHeight && bottom > 0;
  const charts = () => [...document.querySelectorAll(".chart")].filter(chart => isSeen(chart.getBoundingClientRect()));
  do await new Promise(requestAnimationFrame); while (!charts().every(chart => chart.dataset.drawn));
  return performance.now() - start;
}"""


def first_view(page: Page, address: str) -> tuple[float, float]:
    """Milliseconds until the first paint, and until the first chart is drawn."""
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".chart[data-drawn]")
    chart: float = page.evaluate("performance.now()")
    paint: float = page.evaluate("performance.getEntriesByType('paint')[0].startTime")
    return paint, chart


def filter_times(page: Page) -> dict[str, float]:
    """View and filter -> milliseconds until what is seen is drawn again."""
    times = {}
    for view in page.evaluate("[...document.querySelectorAll('#views a')].map(link => link.dataset.view)"):
        page.evaluate("view => { location.hash = `#view=${view}` }", view)
        page.wait_for_timeout(800)
        filters = (
            "[...document.querySelectorAll('#filters :is(select, input, button), #notice button')].map(node => node.id)"
        )
        for name in page.evaluate(filters):
            times[f"{view} {name}"] = page.evaluate(CHANGE, name)
            page.wait_for_timeout(300)
    return times


def main() -> None:
    """Measures the page that is named on the command line."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        paint, chart = first_view(page, Path(sys.argv[1]).resolve().as_uri())
        lines = [f"{paint:6.0f}  first paint", f"{chart:6.0f}  first chart"]
        times = sorted(filter_times(page).items(), key=lambda entry: -entry[1])
        sys.stdout.write("\n".join([*lines, *(f"{time:6.0f}  {name}" for name, time in times)]) + "\n")


if __name__ == "__main__":
    main()
