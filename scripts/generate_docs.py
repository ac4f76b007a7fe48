"""Writes the generated parts of the docs, so that each fact stands in one place: ``make docs``.

A generated part lies between ``<!-- begin NAME … -->`` and ``<!-- end NAME -->`` in a page that people write: facts
and columns of a dataset from the registry and its column map (the latter for dbt's models too), the look-up tables
and boundaries from the registry, the data dictionary from what dbt's models and the grid's table say of themselves,
the reasons for issues and rejects from ``crime_cleaning.reasons``, the settings from ``crime_trends.settings``.
``--check`` writes nothing and fails if a page is out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml
from crime_cleaning.reasons import MEANINGS, Issue, Rejection

from crime_trends.cloud_settings import CloudSettings
from crime_trends.datasets import BOUNDARIES, CITIES, DATASETS, LOOKUPS, Dataset, SeshatSource, SocrataSource
from crime_trends.settings import PREFIX, Settings
from crime_trends.warehouse.schema import tables

ROOT = Path(__file__).resolve().parents[1]
DICTIONARY = {"reference": "facts", "facts": "facts", "marts": "marts"}
"""Folder of models that people may read -> the schema that they are in."""

MODEL_TYPES = {"VARCHAR": "string", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "bool"}
"""Type of a table of the project's own -> as dbt's models call it."""


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    head = list(header)
    return "\n".join([line(head), line("---" for _ in head), *(line(row) for row in rows)])


def code(text: str) -> str:
    """Text as code, or nothing for nothing."""
    return f"`{text}`" if text else ""


def source_text(source: SocrataSource | SeshatSource, portal_url: str) -> str:
    """A source in words: where it is and which years are taken from it."""
    years = f"{source.first_year} to {source.last_year}" if source.last_year else f"{source.first_year} on"
    where = (
        f"Socrata data set `{source.id}`" if isinstance(source, SocrataSource) else f"a file per year, `{source.path}`"
    )
    return f"{portal_url}: {where}, {years}, by `{source.date_column}`"


def facts(dataset: Dataset) -> str:
    """What the registry knows of a dataset."""
    city = CITIES[dataset.city]
    interval = dataset.update_interval_days
    return table(
        ("", ""),
        [
            ("key", code(dataset.key)),
            ("city", f"{city.name}; times are wall-clock times of {city.time_zone}"),
            ("one row", dataset.grain),
            ("record type", f"{code(dataset.record_type)}; counts of different record types are never added"),
            *(("source", source_text(source, city.portal_url)) for source in dataset.sources),
            ("months", f"{dataset.first_month} to {dataset.last_month or 'now'}"),
            ("published", f"every {interval} days" if interval and interval > 1 else "daily" if interval else "closed"),
            *(
                [("newest event", f"at most {dataset.lag_days} days old, else a check warns")]
                if dataset.lag_days
                else []
            ),
            ("settled", f"{dataset.settled_days} days after a month's end, unless its older months tell otherwise"),
            ("licence", dataset.license),
        ],
    )


def columns(dataset: Dataset) -> str:
    """The clean table's columns, and what the project that this one replaces called them."""
    column_map = dataset.column_map
    text = table(
        ("column", "type", "unit", "what it is", "at the portal"),
        (
            (
                code(column.name),
                column.type.value,
                column.unit,
                column.description + (" **Needed.**" if column.needed else ""),
                ", ".join(code(source) for source in column.sources) or "derived",
            )
            for column in column_map.all_columns
        ),
    )
    if column_map.ignored_sources:
        ignored = ", ".join(code(source) for source in column_map.ignored_sources)
        text += f"\n\nPublished, and not kept since it carries nothing of its own: {ignored}."
    renamed = [column for column in column_map.columns if column.former_name]
    if renamed:
        text += "\n\n### Old names\n\nThe project that this one replaces had these columns:\n\n" + table(
            ("old name", "new name"), ((code(column.former_name), code(column.name)) for column in renamed)
        )
    return text


def column_texts() -> str:
    """What each column of the clean tables is, as dbt's models refer to it."""
    return "\n".join(
        f"{{% docs {dataset.key}__{column.name} %}}{column.description}{{% enddocs %}}"
        for dataset in DATASETS.values()
        for column in dataset.column_map.all_columns
    )


def lookups() -> str:
    """The look-up tables and their files."""
    return table(
        ("table", "code", "name", "files, in order"),
        (
            (
                code(lookup.key),
                f"`{lookup.code_column}` (`{lookup.code_source}`)",
                f"`{lookup.name_column}` (`{lookup.name_source}`)",
                ", ".join(code(file.path) + (" (historical)" if file.is_historical else "") for file in lookup.files),
            )
            for lookup in LOOKUPS.values()
        ),
    )


def boundaries() -> str:
    """The boundaries and where they are."""
    return table(
        ("raw asset", "publisher's file", "licence"),
        (
            (
                f"`raw/{boundary.key}`",
                f"{CITIES[boundary.city].maps_url or CITIES[boundary.city].portal_url}: `{boundary.path}`",
                boundary.license,
            )
            for boundary in BOUNDARIES.values()
        ),
    )


def areas() -> str:
    """Which shape is which area of a dataset."""
    return table(
        ("dataset", "area", "shapes", "property", "code"),
        (
            (
                code(dataset.key),
                dataset.areas.kind,
                code(dataset.areas.boundary),
                code(dataset.areas.code_property),
                code(f"{{:{dataset.areas.code_format}}}") if dataset.areas.code_format else "as it is",
            )
            for dataset in DATASETS.values()
        ),
    )


def dictionary() -> str:
    """Every model that people may read, and the marts that are none: what their rows are, and their columns."""
    texts = dict(
        text
        for page in sorted((ROOT / "dbt_project/models").rglob("_*.md"))
        for text in re.findall(r"{% docs (\w+) %}\s*(.*?)\s*{% enddocs %}", page.read_text("utf-8"), re.DOTALL)
    )

    def said(text: str) -> str:
        return " ".join(re.sub(r"{{ doc\('(\w+)'\) }}", lambda match: texts[match[1]], text).split())

    def entry(name: str, description: str, rows: Iterable[Iterable[str]]) -> list[str]:
        return [f"### {name}", description, table(("column", "type", "what it is"), rows)]

    parts = []
    for folder, schema in DICTIONARY.items():
        parts.append(f"## {folder.capitalize()}: schema `{schema}`")
        (file,) = (ROOT / "dbt_project/models" / folder).glob(f"_{folder}.yml")
        for model in yaml.safe_load(file.read_text("utf-8"))["models"]:
            if model["name"].startswith("int_"):
                continue
            rows = (
                (code(column["name"]), column.get("data_type", ""), said(column["description"]))
                for column in model["columns"]
            )
            parts += entry(model["name"], said(model["description"]), rows)
    for made in tables():
        if made.schema == "marts":
            rows = ((code(name), MODEL_TYPES[kind], made.descriptions[name]) for name, kind in made.columns.items())
            parts += entry(made.name, made.description, rows)
    return "\n\n".join(parts)


def reasons(kind: type[Issue | Rejection]) -> str:
    """The reasons of one kind and what they say."""
    return table(("reason", "what it says"), ((code(reason), MEANINGS[reason]) for reason in kind))


def settings(names: Iterable[str]) -> str:
    """Settings with their defaults."""
    return table(
        ("variable", "default", "what it is"),
        (
            (
                code(PREFIX + name.upper()),
                "" if Settings.model_fields[name].default is None else code(str(Settings.model_fields[name].default)),
                Settings.model_fields[name].description or "",
            )
            for name in names
        ),
    )


def parts() -> dict[Path, dict[str, str]]:
    """Page -> its generated parts by name."""
    cloud = [name for name in CloudSettings.model_fields if name != "target"]
    everywhere = [name for name in Settings.model_fields if name not in cloud]
    pages = {
        Path("README.md"): {"settings": settings(everywhere), "cloud": settings(cloud)},
        Path("docs/data-dictionary.md"): {"dictionary": dictionary()},
        Path("docs/datasets/README.md"): {"issues": reasons(Issue), "rejections": reasons(Rejection)},
        Path("docs/datasets/san_diego_lookups.md"): {"lookups": lookups()},
        Path("docs/datasets/boundaries.md"): {"boundaries": boundaries(), "areas": areas()},
        Path("dbt_project/models/staging/_columns.md"): {"columns": column_texts()},
    }
    for dataset in DATASETS.values():
        pages[Path(f"docs/datasets/{dataset.key}.md")] = {"facts": facts(dataset), "columns": columns(dataset)}
    return pages


def with_part(page: str, name: str, text: str) -> str:
    """The page with that part replaced.

    Raises:
        ValueError: the page does not mark where the part belongs, exactly once.
    """
    marked = re.compile(rf"(<!-- begin {name}\b[^\n]*-->\n).*?(<!-- end {name} -->)", re.DOTALL)
    new, count = marked.subn(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", page)
    if count != 1:
        raise ValueError(f"it must hold `<!-- begin {name} -->` and `<!-- end {name} -->` once, not {count} times")
    return new


def main() -> int:
    """Exit code 0 if every page is up to date at the end, else 1."""
    parser = argparse.ArgumentParser(description="Writes the generated parts of README.md and docs/.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is out of date")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder with README.md and docs/")
    options = parser.parse_args()
    failed = False
    for path, named_parts in parts().items():
        try:
            old = new = (options.root / path).read_text(encoding="utf-8")
            for name, text in named_parts.items():
                new = with_part(new, name, text)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{path}: {error}\n")
            failed = True
            continue
        if new != old and options.check:
            sys.stderr.write(f"{path}: out of date; run `make docs`\n")
            failed = True
        elif new != old:
            (options.root / path).write_text(new, encoding="utf-8")
            sys.stdout.write(f"{path}: written\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
