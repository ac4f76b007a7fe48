"""An id in two months is a warning that names examples; the whole table is judged, whatever a run loaded."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from crime_trends.checks.ids import ids_in_two_months
from crime_trends.datasets import DATASETS
from crime_trends.warehouse.duckdb import DuckDBWarehouse

CALLS = DATASETS["san_diego_calls_for_service"]


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """An empty warehouse."""
    made = DuckDBWarehouse(
        tmp_path / "crime_trends.duckdb", memory_limit="200MB", temporary_dir=tmp_path, lock_timeout_seconds=1
    )
    made.prepare()
    return made


def load(warehouse: DuckDBWarehouse, month: str, *ids: str) -> None:
    with warehouse.connect() as connection:
        connection.executemany(
            f"insert into warehouse.{CALLS.key} (call_id, month) values (?, ?)", [(id, f"{month}-01") for id in ids]
        )


def test_ids_of_one_month_each_pass(warehouse: DuckDBWarehouse) -> None:
    load(warehouse, "2023-01", "E1", "E2")
    load(warehouse, "2023-02", "E3")
    result = ids_in_two_months.evaluate(warehouse, CALLS)
    assert (result.passed, result.metadata["ids"].value, result.metadata["examples"].value) == (True, 0, "none")


def test_an_id_in_two_months_is_a_warning_with_examples(warehouse: DuckDBWarehouse) -> None:
    load(warehouse, "2022-12", "E1", "E2", "E8")
    load(warehouse, "2023-01", "E1", "E2", "E9")
    load(warehouse, "2023-06", "E2")
    result = ids_in_two_months.evaluate(warehouse, CALLS)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.description == (
        "2 ids are in more than one month: E2 in 2022-12 and 2023-06; E1 in 2022-12 and 2023-01"
    )


def test_no_more_than_five_examples_are_named(warehouse: DuckDBWarehouse) -> None:
    ids = [f"E{number}" for number in range(9)]
    load(warehouse, "2022-12", *ids)
    load(warehouse, "2023-01", *ids)
    result = ids_in_two_months.evaluate(warehouse, CALLS)
    assert result.metadata["ids"].value == 9
    assert str(result.metadata["examples"].value).count(" in ") == 5


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_the_key_is_a_column_of_every_datasets_table(warehouse: DuckDBWarehouse, dataset: object) -> None:
    assert ids_in_two_months.evaluate(warehouse, dataset).passed
