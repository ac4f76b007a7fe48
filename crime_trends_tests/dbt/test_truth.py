"""Faults planted in the built tables: each makes just the tests fail that speak of it, and every test has a fault."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crime_trends_tests.dbt.conftest import CALLS, ModelsHome
from crime_trends_tests.dbt.faults import FAULTS

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

HOLES = "mart_monthly_counts_have_no_holes"


@dataclass(frozen=True)
class DataTest:
    """A test of the models.

    Arguments:
        sql: what dbt runs for it; it gives the rows at fault.
        tables: the tables, ``schema.name``, that it reads, through views too.
        known: the rows that it gives on the home as it was built.
    """

    sql: str
    tables: frozenset[str]
    known: tuple[Any, ...]


@pytest.fixture(scope="module")
def data_tests(built_home: ModelsHome, home_path: Path) -> dict[str, DataTest]:
    """Name -> test, for all of them; on the home as it was built, one warns: months were never built."""
    home = ModelsHome(home_path)
    shutil.copy(built_home.warehouse.file, home.warehouse.file)
    outcome = home.dbt("test", "--exclude-resource-type", "unit_test")
    assert outcome.returncode == 0, outcome.stdout
    assert {name for name, status in home.statuses().items() if status != "pass"} == {HOLES}
    target = home.path / "dbt" / "target"
    manifest = json.loads((target / "manifest.json").read_text())
    nodes = {**manifest["nodes"], **manifest["sources"]}

    def tables(node: str) -> frozenset[str]:
        if nodes[node]["resource_type"] == "test" or nodes[node]["config"].get("materialized") == "view":
            return frozenset().union(*(tables(parent) for parent in nodes[node]["depends_on"]["nodes"]))
        return frozenset({f"{nodes[node]['schema']}.{nodes[node]['name']}"})

    return {
        result["unique_id"].split(".")[2]: DataTest(
            result["compiled_code"], tables(result["unique_id"]), tuple(home.query(result["compiled_code"]))
        )
        for result in json.loads((target / "run_results.json").read_text())["results"]
    }


@pytest.fixture(scope="module")
def tables(built_home: ModelsHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built tables, to be changed in transactions that are rolled back."""
    file = tmp_path_factory.mktemp("faults") / built_home.warehouse.file.name
    shutil.copy(built_home.warehouse.file, file)
    with duckdb.connect(file) as connection:
        yield connection


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_makes_exactly_its_tests_fail(
    fault: str, tables: duckdb.DuckDBPyConnection, data_tests: dict[str, DataTest]
) -> None:
    statement, expected = FAULTS[fault]
    changed = set(re.findall(r"(?:insert into|update|delete from|alter table) (\w+\.\w+)", statement))
    tables.execute("begin")
    try:
        tables.execute(statement)
        failed = {
            name
            for name, test in data_tests.items()
            if test.tables & changed and set(tables.execute(test.sql).fetchall()) - set(test.known)
        }
    finally:
        tables.execute("rollback")
    assert failed == expected


def test_a_month_that_was_never_built_is_a_hole_unless_it_is_listed(data_tests: dict[str, DataTest]) -> None:
    assert sorted(data_tests[HOLES].known) == [
        (CALLS, date(2017, 10, 1), date(2024, 3, 1), 76, 2),
        ("san_diego_nibrs_offenses", date(2024, 3, 1), date(2024, 5, 1), 1, 0),
    ]


def test_each_test_of_the_models_is_told_apart_by_its_faults() -> None:
    faults: dict[str, set[str]] = {}
    for fault, (_, tests) in FAULTS.items():
        for test in tests:
            faults.setdefault(test, set()).add(fault)
    alike: dict[frozenset[str], list[str]] = {}
    for test, of_test in faults.items():
        alike.setdefault(frozenset(of_test), []).append(test)
    assert [tests for tests in alike.values() if len(tests) > 1] == []


def test_every_test_of_the_models_has_a_fault(data_tests: dict[str, DataTest]) -> None:
    assert set.union(*(tests for _, tests in FAULTS.values())) == set(data_tests)
