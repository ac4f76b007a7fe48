"""What the dbt models should be made from, so that only what is behind is built.

Three sets of models: ``reference`` (look-ups and dimensions), the facts by month, and ``marts``. The version of each is
made of the versions of what it reads and of the code that makes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.months import years_of
from crime_trends.warehouse.base import Warehouse

DBT_DIR = Path(__file__).resolve().parents[2] / "dbt_project"
REFERENCE = "reference"
MONTHLY = "monthly"
MARTS = "marts"
FAULTY = "faulty"
"""What the ledger says instead of a version of reference tables that failed a test: they are made anew next time."""

REFERENCE_CODE = ("models/reference", "seeds", "macros/shared")
FACTS_CODE = (
    "models/staging",
    "models/intermediate",
    "models/facts",
    "models/reference",
    "seeds/dim_datasets.csv",
    "seeds/offenses",
    "macros/shared",
)
"""The seeds and macros are those that facts are made with; a change of others makes no month of facts old."""
MARTS_CODE = ("models/marts", "macros")
TEXTS_AND_TESTS = {"description", "data_tests", "unit_tests"}


def combined(parts: Iterable[str]) -> str:
    """A short hash of some versions, in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def code_hash(paths: Sequence[str], content: Callable[[Path], bytes] = Path.read_bytes) -> str:
    """Hash of some files and folders of the dbt project: names and contents, nothing of the machine.

    Arguments:
        content: what counts of a file.
    """
    digest = hashlib.sha256()
    for root in paths:
        for path in sorted([DBT_DIR / root, *(DBT_DIR / root).rglob("*")]):
            if path.is_file() and path.suffix in {".sql", ".yml", ".csv", ".md"}:
                digest.update(path.relative_to(DBT_DIR).as_posix().encode() + b"\0" + content(path) + b"\0")
    return digest.hexdigest()


def what_computes(path: Path) -> bytes:
    """What of a file of the dbt project decides on rows: of YAML the configuration and the types."""
    if path.suffix == ".md":
        return b""
    if path.suffix != ".yml":
        return path.read_bytes()
    return json.dumps(_without_texts(yaml.load(path.read_bytes(), yaml.CSafeLoader)), default=str).encode()


def _without_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_texts(part) for key, part in value.items() if key not in TEXTS_AND_TESTS}
    return [_without_texts(part) for part in value] if isinstance(value, list) else value


def reference_version(warehouse: Warehouse) -> str:
    """What the reference models should be of."""
    held = warehouse.table_versions()
    lookups = [f"{key}:{held[key].version}" for key in sorted(LOOKUPS) if key in held]
    return combined([code_hash(REFERENCE_CODE, what_computes), *lookups])


def facts_versions(warehouse: Warehouse) -> dict[tuple[str, str], str]:
    """(dataset, month) -> what its facts should be of, for every month that the warehouse holds."""
    code = code_hash(FACTS_CODE, what_computes)
    tables, months = warehouse.table_versions(), warehouse.month_versions()
    versions = {}
    for dataset in DATASETS.values():
        lookups = [f"{key}:{tables[key].version}" for key in dataset.lookups if key in tables]
        for month, entry in months[dataset.key].items():
            versions[dataset.key, month] = combined([code, entry.version, *lookups])
    return versions


def month_versions(warehouse: Warehouse, months: Sequence[str]) -> dict[str, str]:
    """Month -> version of the facts of all datasets together, as the ledger has them."""
    held = sorted(warehouse.facts_versions().items())
    return {
        month: combined(f"{dataset}:{of_months[month].version}" for dataset, of_months in held if month in of_months)
        for month in months
    }


def months_made_since(warehouse: Warehouse, moment: datetime) -> set[str]:
    """The months of which facts of any dataset were made after a moment, UTC without its zone."""
    ledger = warehouse.table("facts", "month_ledger")
    rows = warehouse.read(f"select distinct month from {ledger} where made_at > ?", [moment])
    return {f"{month:%Y-%m}" for (month,) in rows}


def stale_facts(warehouse: Warehouse, months: Sequence[str]) -> dict[tuple[str, str], str]:
    """(dataset, month) -> version, of the facts that are behind, whether or not their month was asked for.

    These are all that were built before and are of another version now, for instance since a model gained a column; and
    of the years of the months asked for, also those that the warehouse holds and nobody built yet.
    """
    years = set(years_of(months))
    built = warehouse.facts_versions()
    stale = {}
    for (dataset, month), version in facts_versions(warehouse).items():
        held = built[dataset].get(month)
        if held.version != version if held else month[:4] in years:
            stale[dataset, month] = version
    return stale


def marts_version(warehouse: Warehouse) -> str:
    """What the marts should be of: all facts there are, and what the reconciliation compares them with."""
    parts = [code_hash(MARTS_CODE, what_computes), reference_version(warehouse)]
    parts += [f"{dataset}:{entry.version}" for dataset, entry in sorted(warehouse.outside_versions().items())]
    facts, loaded = warehouse.facts_versions(), warehouse.month_versions()
    for dataset in sorted(DATASETS):
        parts += [f"{month}:{entry.version}" for month, entry in sorted(facts[dataset].items())]
        parts += [f"{month}:{entry.version}" for month, entry in sorted(loaded[dataset].items())]
    return combined(parts)


def is_current(warehouse: Warehouse, name: str, version: str) -> bool:
    """Whether an unpartitioned set of models is of that version."""
    held = warehouse.table_versions().get(name)
    return held is not None and held.version == version
