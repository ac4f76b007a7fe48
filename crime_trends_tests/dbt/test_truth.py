"""Faults planted in the built tables: each makes just the tests fail that speak of it, and every test has a fault."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.dbt.faults import FAULTS

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")


@dataclass(frozen=True)
class DataTest:
    """A test of the models.

    Arguments:
        sql: what dbt runs for it; it gives the rows at fault.
        tables: the tables, ``schema.name``, that it reads, through views too.
    """

    sql: str
    tables: frozenset[str]


@pytest.fixture(scope="module")
def data_tests(built_home: ModelsHome, home_path: Path) -> dict[str, DataTest]:
    """Name -> test, for all of them; none fails or warns on the home as it was built."""
    home = ModelsHome(home_path)
    shutil.copy(built_home.warehouse.file, home.warehouse.file)
    outcome = home.dbt("test", "--exclude-resource-type", "unit_test")
    assert outcome.returncode == 0, outcome.stdout
    assert set(home.statuses().values()) == {"pass"}
    target = home.path / "dbt" / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]

    def tables(node: str) -> frozenset[str]:
        if node not in nodes:
            return frozenset()
        if nodes[node]["resource_type"] == "test" or nodes[node]["config"]["materialized"] == "view":
            return frozenset().union(*(tables(parent) for parent in nodes[node]["depends_on"]["nodes"]))
        return frozenset({f"{nodes[node]['schema']}.{nodes[node]['name']}"})

    return {
        result["unique_id"].split(".")[2]: DataTest(result["compiled_code"], tables(result["unique_id"]))
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
            if test.tables & changed and tables.execute(test.sql).fetchone() is not None
        }
    finally:
        tables.execute("rollback")
    assert failed == expected


def test_every_test_of_the_models_has_a_fault(data_tests: dict[str, DataTest]) -> None:
    assert set.union(*(tests for _, tests in FAULTS.values())) == set(data_tests)
