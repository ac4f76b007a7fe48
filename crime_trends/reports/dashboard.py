"""The dashboard: one HTML file that opens offline and fetches nothing.

The page is the template ``page/page.html`` with its style, its scripts, the Vega library and the tables put in. Python
hands over what was read and what is known of the datasets; the scripts draw. Record types (reports, offenses, calls)
are never added up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

import vl_convert

from crime_trends.age import Age
from crime_trends.datasets import CITIES, DATASETS, Areas, Dataset, SocrataSource
from crime_trends.reports.boundaries import AreaMap
from crime_trends.reports.columnar import encoded_table
from crime_trends.reports.data import DashboardData, read_dashboard_data
from crime_trends.reports.findings import LEAST_BASE
from crime_trends.reports.findings_text import Section
from crime_trends.reports.texts import DEFINITIONS, GROUP_NOTES, KNOWN_LIMITS

__all__ = ["DashboardData", "read_dashboard_data", "render_dashboard"]

SCRIPTS = (
    *("format", "tables", "state", "dom", "facts", "plot", "charts", "frame", "filters"),
    *("views/overview", "views/trend", "views/year_to_date", "views/rhythm", "views/areas", "views/clearance"),
    *("views/calls", "views/lateness", "views/benchmarks", "views/findings", "views/records", "views/quality"),
    *("views/definitions", "main"),
)
"""The parts of the page's script, in their order; the views stand in the page in theirs."""


def render_dashboard(
    data: DashboardData,
    *,
    synthetic: bool,
    made_at: datetime,
    checks: Sequence[Mapping[str, Any]] | None = None,
    findings: Sequence[Section] = (),
    maps: Mapping[Areas, AreaMap] | None = None,
    ages: Mapping[str, Age] | None = None,
) -> str:
    """The whole page.

    Arguments:
        data: what ``read_dashboard_data`` returned.
        synthetic: whether the rows are made up; the page then says so wherever it shows one.
        made_at: when the page is made, UTC.
        checks: checks that did not pass: ``asset``, ``check``, ``warns``, ``description``; None if that is not known.
        findings: their sections.
        maps: what ``read_area_maps`` returned; without one, areas have a table and a chart.
        ages: dataset -> how old its newest event is; None if that is not known.
    """
    maps, ages = maps or {}, ages or {}
    payload = {
        "synthetic": synthetic,
        "madeOn": _day_number(made_at.date()),
        "cities": [city.name for city in CITIES.values()],
        "cityKeys": list(CITIES),
        "datasets": [
            _dataset(dataset, data, synthetic, list(maps)) | {"age": _age(ages.get(dataset.key))}
            for dataset in DATASETS.values()
        ],
        "maps": [_map(shapes, synthetic) for shapes in maps.values()],
        "notes": GROUP_NOTES,
        "leastBase": LEAST_BASE,
        "definitions": DEFINITIONS,
        "checks": checks,
        "findings": [asdict(section) for section in findings],
        "tables": {name: encoded_table(table.columns, table.rows) for name, table in data.tables.items()},
    }
    return Template(_asset("page.html")).substitute(
        title="Crime trends (made-up data)" if synthetic else "Crime trends",
        body_class="is-synthetic" if synthetic else "",
        cities=escape(_listing([city.name for city in CITIES.values()])),
        made_at=f'<time datetime="{made_at:%Y-%m-%dT%H:%M}Z">{_day(made_at)}, {made_at:%H:%M} UTC</time>',
        hatches="".join(_hatch(place) for place, _ in enumerate(CITIES)),
        sources="\n".join(_source(dataset, data, synthetic) for dataset in DATASETS.values()),
        style=_asset("page.css"),
        library=_inline_script(_library()),
        data=json.dumps(payload, separators=(",", ":")).replace("<", "\\u003c"),
        script=_inline_script(_script()),
    )


def _asset(name: str) -> str:
    return files("crime_trends.reports").joinpath("page", name).read_text(encoding="utf-8")


def _script() -> str:
    parts = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}\n}})();'


@cache
def _library() -> str:
    # Vega-Embed is the one entry that works: vl-convert 1.9 binds ``vega`` and ``vegaLite`` of a bundle to null.
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script


def _inline_script(script: str) -> str:
    # The two sequences that end a script element, or hide its end; both occur in strings only, where \ changes nothing.
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _dataset(dataset: Dataset, data: DashboardData, synthetic: bool, mapped: list[Areas]) -> dict[str, Any]:
    retrieved = data.retrieved_on(dataset.key)
    return {
        "key": dataset.key,
        "city": list(CITIES).index(dataset.city),
        "title": dataset.title,
        "grain": dataset.grain,
        "recordType": dataset.record_type,
        "areaKind": dataset.areas.kind,
        "boundary": dataset.areas.boundary,
        "map": mapped.index(dataset.areas) if dataset.areas in mapped else None,
        "firstMonth": dataset.first_month,
        "lastMonth": dataset.last_month,
        "limits": KNOWN_LIMITS.get(dataset.key, ""),
        "source": ("made-up rows in the likeness of " if synthetic else "") + f"{_origin(dataset)}; {dataset.license}",
        "retrieved": retrieved.isoformat() if retrieved else None,
    }


def _age(age: Age | None) -> dict[str, Any] | None:
    if age is None:
        return None
    newest = None if age.newest is None else _day_number(age.newest)
    return {"newest": newest, "days": age.days, "usual": age.usual, "state": age.state, "isLate": age.is_late}


def _map(areas: AreaMap, synthetic: bool) -> dict[str, Any]:
    origin = f"{areas.title}, {areas.source}, retrieved {areas.retrieved_on}, simplified; {areas.license}"
    return {
        "source": ("made-up shapes in place of " if synthetic else "") + origin,
        "shapes": [
            {"code": code, "geometry": geometry, "place": areas.places[code]} for code, geometry in areas.shapes.items()
        ],
    }


def _origin(dataset: Dataset) -> str:
    portal = CITIES[dataset.city].portal_url.removeprefix("https://")
    names = [
        f"{source.id if isinstance(source, SocrataSource) else source.path} "
        f"({source.first_year} to {source.last_year or 'now'})"
        for source in dataset.sources
    ]
    return f"{portal}: {_listing(names)}"


def _source(dataset: Dataset, data: DashboardData, synthetic: bool) -> str:
    retrieved = data.retrieved_on(dataset.key)
    facts = {
        "One row": dataset.grain,
        "Retrieved": _day(retrieved) if retrieved else "not yet",
        "Source": ("Made-up rows in the likeness of " if synthetic else "") + _origin(dataset),
        "Licence": dataset.license + (" for the real rows" if synthetic else ""),
        "Keep in mind": KNOWN_LIMITS.get(dataset.key, ""),
    }
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in facts.items() if text)
    return (
        f'<article class="source" data-dataset="{escape(dataset.key)}">'
        f'<h3><i class="dot" data-city="{list(CITIES).index(dataset.city)}"></i>{escape(dataset.title)}</h3>'
        f"<dl>{rows}</dl></article>"
    )


def _hatch(city: int) -> str:
    """The pattern of a city's preliminary months."""
    return (
        f'<pattern id="hatch-{city}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="5" height="5" fill="var(--panel)"/><rect width="2" height="5" fill="var(--city-{city})"/>'
        "</pattern>"
    )


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _listing(texts: list[str]) -> str:
    return " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)
