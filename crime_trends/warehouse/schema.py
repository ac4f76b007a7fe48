"""The tables of the warehouse, derived from the column maps and the registry."""

from __future__ import annotations

from collections.abc import Iterator

from crime_cleaning.columns import ColumnType

from crime_trends.datasets import DATASETS, LOOKUPS

SCHEMAS = ("warehouse", "staging", "intermediate", "facts", "marts")

DUCKDB_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TEXTS: "VARCHAR[]",
}

MONTH_LEDGER = {
    "dataset": "VARCHAR",
    "month": "DATE",
    "version": "VARCHAR",
    "rows": "BIGINT",
    "raw_rows": "BIGINT",
    "clean_rows": "BIGINT",
    "rejected_rows": "BIGINT",
    "duplicate_rows": "BIGINT",
    "portal_rows": "BIGINT",
    "made_at": "TIMESTAMP",
    "fetched_at": "TIMESTAMP",
}
TABLE_LEDGER = {"table_name": "VARCHAR", "version": "VARCHAR", "rows": "BIGINT", "made_at": "TIMESTAMP"}
FACTS_LEDGER = {"dataset": "VARCHAR", "month": "DATE", "version": "VARCHAR", "rows": "BIGINT", "made_at": "TIMESTAMP"}
MONTHS_TO_BUILD = {"dataset": "VARCHAR", "month": "DATE"}


def dataset_columns(dataset: str) -> dict[str, str]:
    """Column name -> DuckDB type of a dataset's table."""
    return {column.name: DUCKDB_TYPES[column.type] for column in DATASETS[dataset].column_map.all_columns}


def lookup_columns(lookup: str) -> dict[str, str]:
    """Column name -> DuckDB type of a look-up's table; ``position`` is the order of the rows in the city's files."""
    entry = LOOKUPS[lookup]
    return {
        entry.code_column: "VARCHAR",
        entry.name_column: "VARCHAR",
        "is_historical": "BOOLEAN",
        "position": "BIGINT",
    }


def tables() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every table that exists before dbt runs: schema, name, columns."""
    for dataset in DATASETS:
        yield "warehouse", dataset, dataset_columns(dataset)
    for lookup in LOOKUPS:
        yield "warehouse", lookup, lookup_columns(lookup)
    yield "warehouse", "month_ledger", MONTH_LEDGER
    yield "warehouse", "table_ledger", TABLE_LEDGER
    yield "facts", "month_ledger", FACTS_LEDGER
    yield "facts", "months_to_build", MONTHS_TO_BUILD
