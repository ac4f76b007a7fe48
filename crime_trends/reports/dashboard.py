"""The dashboard: one HTML file that opens offline and fetches nothing.

The page is the template ``dashboard.html`` with its style, its scripts, the Vega library and the daily counts put in.
Python writes what never changes with the filters (sources, reconciliation); the scripts draw what does. Record types
(reports, offenses, calls) are never added up.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from string import Template

import vl_convert

from crime_trends.datasets import CITIES, DATASETS, Dataset, SocrataSource
from crime_trends.reports.data import DailySeries, DashboardData, ReconciledMonth, read_dashboard_data

__all__ = ["DashboardData", "read_dashboard_data", "render_dashboard", "write_dashboard"]

KNOWN_LIMITS = {
    "austin_crime_reports": (
        "A report counts once, under its highest offense. Old rows change in place when a report is amended."
    ),
    "los_angeles_crime_reports": (
        "From March 7, 2024 the police moved to another records system, bureau by bureau. This series thins out "
        "through 2024 and ends with it: its fall in that year is not a fall in crime."
    ),
    "los_angeles_nibrs_offenses": (
        "Begins on March 7, 2024 and fills up through 2024, as one bureau after the other moved to it: its rise in "
        "that year is not a rise in crime."
    ),
    "san_diego_calls_for_service": (
        "A call to the police, whatever it turned out to be. The city leaves out calls about domestic violence, child "
        "abuse, suicide, sex crimes and stalking. Its files have holes in June 2015, June 2020, August 2023, and May "
        "and June 2025."
    ),
    "san_diego_nibrs_offenses": (
        "About one row in seven is administrative. When a month ends, about a quarter of its reports is still to come. "
        "2020 is not comparable with later years."
    ),
}
"""Dataset -> what a reader must know before reading its counts. From the portals' pages and their public readers."""


def render_dashboard(data: DashboardData, *, synthetic: bool, made_at: datetime) -> str:
    """The whole page.

    Arguments:
        data: what ``read_dashboard_data`` returned.
        synthetic: whether the rows are made up; the page then says so wherever it shows one.
        made_at: when the page is made, UTC.
    """
    return Template(_asset("dashboard.html")).substitute(
        title="Crime trends (made-up data)" if synthetic else "Crime trends",
        body_class="is-synthetic" if synthetic else "",
        cities=escape(_listing([city.name for city in CITIES.values()])),
        made_at=f'<time datetime="{made_at:%Y-%m-%dT%H:%M}Z">{_day(made_at)}, {made_at:%H:%M} UTC</time>',
        through=_through(data.series),
        sources="\n".join(_source(dataset, data, synthetic) for dataset in DATASETS.values()),
        reconciliation_status=_reconciliation_status(data.months),
        reconciliation="\n".join(
            _reconciliation(dataset, list(months)) for dataset, months in groupby(data.months, lambda row: row.dataset)
        ),
        style=_asset("dashboard.css"),
        library=_inline_script(_library()),
        data=_inline_json(_payload(data, synthetic)),
        charts=_inline_script(_asset("charts.js")),
        script=_inline_script(_asset("dashboard.js")),
    )


def write_dashboard(html: str, path: Path) -> None:
    """Writes the page aside and renames it, so that a reader sees the old page or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{uuid.uuid4().hex}.tmp")
    try:
        aside.write_text(html, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _asset(name: str) -> str:
    return files("crime_trends.reports").joinpath(name).read_text(encoding="utf-8")


@cache
def _library() -> str:
    # Vega-Embed is the one entry that works: vl-convert 1.9 binds ``vega`` and ``vegaLite`` of a bundle to null.
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script


def _inline_script(script: str) -> str:
    # The two sequences that end a script element, or hide its end; both occur in strings only, where \ changes nothing.
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _inline_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _payload(data: DashboardData, synthetic: bool) -> dict[str, object]:
    series = {entry.dataset: entry for entry in data.series}
    return {
        "synthetic": synthetic,
        "cities": [city.name for city in CITIES.values()],
        "datasets": [
            {
                "title": dataset.title,
                "grain": dataset.grain,
                "limits": KNOWN_LIMITS.get(dataset.key, ""),
                "city": list(CITIES).index(dataset.city),
                "recordType": dataset.record_type,
                "firstDay": series[dataset.key].first_day.isoformat() if dataset.key in series else None,
                "counts": series[dataset.key].counts if dataset.key in series else [],
            }
            for dataset in DATASETS.values()
        ],
    }


def _through(series: tuple[DailySeries, ...]) -> str:
    if not series:
        return "no rows yet"
    return f"rows through {_day(max(entry.last_day for entry in series))}"


def _source(dataset: Dataset, data: DashboardData, synthetic: bool) -> str:
    series = next((entry for entry in data.series if entry.dataset == dataset.key), None)
    loaded = data.loaded_at.get(dataset.key)
    facts = {
        "One row": escape(dataset.grain),
        "Days with rows": f"{_day(series.first_day)} to {_day(series.last_day)}" if series else "none yet",
        "Brought": f"{_day(loaded)}, {loaded:%H:%M} UTC" if loaded else "not yet",
        "Source": "Made-up rows in the likeness of " + _origin(dataset) if synthetic else _origin(dataset),
        "Licence": escape(dataset.license) + (" for the real rows" if synthetic else ""),
        "Keep in mind": escape(KNOWN_LIMITS.get(dataset.key, "")),
    }
    rows = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in facts.items() if text)
    return (
        f'<article class="source" data-dataset="{escape(dataset.key)}">'
        f'<h3><i class="dot" data-city="{list(CITIES).index(dataset.city)}"></i>{escape(dataset.title)}</h3>'
        f"<dl>{rows}</dl></article>"
    )


def _origin(dataset: Dataset) -> str:
    portal = CITIES[dataset.city].portal_url
    texts = []
    for source in dataset.sources:
        years = f"{source.first_year} to {source.last_year or 'now'}"
        if isinstance(source, SocrataSource):
            link = f'<a href="{escape(portal)}/d/{escape(source.id)}" rel="noreferrer">{escape(source.id)}</a>'
        else:
            link = f"<code>{escape(source.path)}</code>"
        texts.append(f"{link} ({years})")
    return f"{escape(portal.removeprefix('https://'))}: {_listing(texts)}"


def _reconciliation_status(months: tuple[ReconciledMonth, ...]) -> str:
    wrong = sum(1 for month in months if month.differences)
    if not months:
        return '<p class="status" data-testid="reconciliation-status">No month was brought yet.</p>'
    datasets = len({month.dataset for month in months})
    if wrong:
        text = f"{_wrong(wrong, len(months))}; see the lines marked below."
        return f'<p class="status is-wrong" role="alert" data-testid="reconciliation-status">✗ {text}</p>'
    text = f"Every row is accounted for in {_months(months)} of {_count(datasets, 'dataset')}."
    return f'<p class="status is-right" data-testid="reconciliation-status">✓ {text}</p>'


def _reconciliation(key: str, months: list[ReconciledMonth]) -> str:
    title = escape(DATASETS[key].title)
    wrong = sum(1 for month in months if month.differences)
    verdict = (
        f'<span class="is-wrong">✗ {_wrong(wrong, len(months))}</span>'
        if wrong
        else f'<span class="is-right">✓ {_months(months)}</span>'
    )
    heads = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Month", "Raw", "= Clean", "+ Rejected", "+ Duplicates", "Warehouse", "Facts", "Portal", "Result")
    )
    rows = "\n".join(_reconciliation_row(month) for month in reversed(months))
    return (
        f"<details{' open' if wrong else ''}><summary><span>{title}</span>{verdict}</summary>"
        f'<div class="scroll" role="region" tabindex="0" aria-label="Rows of {title} in each layer">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _reconciliation_row(row: ReconciledMonth) -> str:
    counts = (
        row.raw_rows,
        row.clean_rows,
        row.rejected_rows,
        row.duplicate_rows,
        row.warehouse_rows,
        row.fact_rows,
    )
    cells = "".join(f"<td>{count:,}</td>" for count in counts)
    portal = f"<td>{row.portal_rows:,}</td>" if row.portal_rows is not None else "<td>not stated</td>"
    result = f"✗ {escape('; '.join(row.differences))}" if row.differences else "✓ adds up"
    mark = "✗ " if row.differences else ""
    label = f"{row.month:%b %Y}" if row.month else "No month"
    return (
        f'<tr class="{"is-wrong" if row.differences else "is-right"}"><th scope="row">{mark}{label}</th>'
        f'{cells}{portal}<td class="result">{result}</td></tr>'
    )


def _months(rows: Iterable[ReconciledMonth]) -> str:
    """How many months the rows of a reconciliation are; that of no month is none."""
    return _count(sum(row.month is not None for row in rows), "month")


def _wrong(wrong: int, months: int) -> str:
    return f"{wrong:,} of {_count(months, 'month')} {'does' if wrong == 1 else 'do'} not add up"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _listing(texts: list[str]) -> str:
    return " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)
