"""The tables of the warehouse, derived from the column maps and the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crime_cleaning.columns import ColumnType

from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.errors import CrimeTrendsError

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
GRID_COUNTS = {
    "dataset": "VARCHAR",
    "city": "VARCHAR",
    "record_type": "VARCHAR",
    "calendar_year": "BIGINT",
    "offense_group": "VARCHAR",
    "cell_id": "VARCHAR",
    "cell_meters": "BIGINT",
    "cell_latitude": "DOUBLE",
    "cell_longitude": "DOUBLE",
    "record_count": "BIGINT",
    "is_heaped": "BOOLEAN",
    "location_basis": "VARCHAR",
}

GRID_DESCRIPTIONS = {
    "dataset": "The dataset's key.",
    "city": "The city's key.",
    "record_type": "report or offense; counts of the two are never added.",
    "calendar_year": "The year of the month that the records belong to.",
    "offense_group": "The offense group; several where groups had to be counted together.",
    "cell_id": "Side in meters, row and column of the cell; city for the whole city.",
    "cell_meters": "Side of the cell, 500 or a multiple; empty for the whole city.",
    "cell_latitude": "Middle of the cell, WGS 84; empty for the whole city. Unit: degrees.",
    "cell_longitude": "Middle of the cell, WGS 84; empty for the whole city. Unit: degrees.",
    "record_count": "Published rows in the cell, five at least; without those of its parts that are rows themselves.",
    "is_heaped": "Whether more than half of them lie on one point, as they do where all of a block are moved to one.",
    "location_basis": "What the coordinates are of, as the portal publishes them.",
}

LEDGER_DESCRIPTIONS = {
    "dataset": "The dataset's key.",
    "month": "First day of the month; empty for the rows of a dataset that belong to none.",
    "table_name": "The look-up, or the set of models.",
    "version": "What it was made from: equal versions hold equal rows.",
    "rows": "Rows that the table then held of it.",
    "raw_rows": "Rows of the portal's file.",
    "clean_rows": "Rows of the clean month.",
    "rejected_rows": "Rows that can't be used.",
    "duplicate_rows": "Exact duplicates, which are left out.",
    "portal_rows": "The portal's own count; empty where it publishes none.",
    "made_at": "When it was noted, UTC.",
    "fetched_at": "When the raw file that it was made from was fetched, UTC.",
}


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


@dataclass(frozen=True)
class Table:
    """A table that exists before dbt runs.

    Arguments:
        schema, name: where it is.
        description: what a row of it is.
        columns: name -> DuckDB's name of the type.
        descriptions: name -> what the column is.
        is_monthly: whether its months are replaced one by one, so that a database that can splits it by them.
        clustering: the columns that its rows lie by within a month, for such a database.
    """

    schema: str
    name: str
    description: str
    columns: Mapping[str, str]
    descriptions: Mapping[str, str]
    is_monthly: bool = False
    clustering: tuple[str, ...] = ()


def tables() -> Iterator[Table]:
    """Every table that exists before dbt runs."""
    for dataset in DATASETS.values():
        described = {
            column.name: column.description + (f" Unit: {column.unit}." if column.unit else "")
            for column in dataset.column_map.all_columns
        }
        yield Table(
            "warehouse",
            dataset.key,
            f"{dataset.title}: the clean months. {dataset.grain} {dataset.license}.",
            dataset_columns(dataset.key),
            described,
            is_monthly=True,
            clustering=(dataset.column_map.month_column, dataset.column_map.id_column),
        )
    for lookup in LOOKUPS.values():
        described = {
            lookup.code_column: "The code.",
            lookup.name_column: "Its name.",
            "is_historical": "Whether the row is of the city's file of former codes.",
            "position": "The row's place in the city's files, from 1.",
        }
        description = f"{lookup.title}. One row per line of the city's files; codes can repeat."
        yield Table("warehouse", lookup.key, description, lookup_columns(lookup.key), described)
    what = "each time a month of a dataset was loaded; the latest counts"
    yield Table("warehouse", "month_ledger", f"One row {what}.", MONTH_LEDGER, LEDGER_DESCRIPTIONS)
    what = "each time a look-up or a set of models without partitions was made; the latest counts"
    yield Table("warehouse", "table_ledger", f"One row {what}.", TABLE_LEDGER, LEDGER_DESCRIPTIONS)
    what = "each time a dataset's month of facts was made; the latest counts"
    yield Table("facts", "month_ledger", f"One row {what}.", FACTS_LEDGER, LEDGER_DESCRIPTIONS)
    what = "One row per dataset and month that the next call of the monthly models builds."
    yield Table("facts", "months_to_build", what, MONTHS_TO_BUILD, LEDGER_DESCRIPTIONS)
    # What keeps Spark's frames makes tables without descriptions, or none for an empty frame.
    what = "One row per dataset, year, offense group and cell of a grid in which five or more of its records lie."
    grouping = ("dataset", "calendar_year", "offense_group")
    yield Table("marts", "mart_grid_counts", what, GRID_COUNTS, GRID_DESCRIPTIONS, clustering=grouping)


def added_columns(table: Table, existing: Mapping[str, str], place: str) -> list[str]:
    """The columns that a table that there is lacks.

    Arguments:
        table: what it should be.
        existing: column -> type of what there is, in the names of ``table.columns``.
        place: where it is, for people.

    Raises:
        CrimeTrendsError: it differs in another way.
    """
    name = f"{table.schema}.{table.name}"
    problems = [
        f"{name}.{column} is {existing[column]} in {place}, but its column map says {kind}"
        for column, kind in table.columns.items()
        if existing.get(column, kind) != kind
    ]
    problems += [f"{name}.{column} is in {place}, but in no column map" for column in existing.keys() - table.columns]
    if problems:
        raise CrimeTrendsError(f"{'; '.join(sorted(problems))}; drop the table and run its months again with --force")
    return [column for column in table.columns if column not in existing]
