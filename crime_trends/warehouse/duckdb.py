"""The warehouse in a DuckDB file: months and look-ups replaced in one transaction each, and the ledgers.

DuckDB admits one writing process at a time. A connection that finds the file taken tries again until the deadline,
then says who has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from crime_trends.errors import CrimeTrendsError, NoTableError, ReconciliationError, WarehouseBusyError
from crime_trends.lake.manifests import CleanManifest
from crime_trends.months import first_day
from crime_trends.sql import path_pattern
from crime_trends.warehouse.base import Reader, Row, Statement, Value, Warehouse
from crime_trends.warehouse.schema import SCHEMAS, Table, added_columns, tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class DuckDBWarehouse(Warehouse):
    """The tables of the warehouse in one DuckDB file.

    Arguments:
        file: the DuckDB file; it and its folder are made when first written.
        memory_limit: as DuckDB writes it, ``2GB``.
        temporary_dir: where DuckDB spills what does not fit.
        lock_timeout_seconds: how long to wait for another process to let go of the file.
    """

    def __init__(self, file: Path, *, memory_limit: str, temporary_dir: Path, lock_timeout_seconds: float) -> None:
        self.file = file
        self.memory_limit = memory_limit
        self.temporary_dir = temporary_dir
        self.lock_timeout_seconds = lock_timeout_seconds

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection, closed at the end.

        Raises:
            CrimeTrendsError: another process held the file until the deadline, or it can't be opened or written.
        """
        connection = self._open(read_only)
        try:
            yield connection
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
            raise CrimeTrendsError(f"the warehouse {self.file} could not be read or written: {error}") from error
        finally:
            connection.close()

    def _open(self, read_only: bool) -> duckdb.DuckDBPyConnection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": self.memory_limit,
            "temp_directory": str(self.temporary_dir / "duckdb"),
        }
        deadline = time.monotonic() + self.lock_timeout_seconds
        while True:
            try:
                return duckdb.connect(self.file, read_only=read_only, config=config)
            except duckdb.IOException as error:
                if "Could not set lock" not in str(error):
                    raise CrimeTrendsError(f"the warehouse {self.file} could not be opened: {error}") from error
                if time.monotonic() >= deadline:
                    raise WarehouseBusyError(
                        f"the warehouse {self.file} is held by another process; "
                        f"close it and run again ({str(error).splitlines()[0]})"
                    ) from error
                time.sleep(0.2)

    def table(self, schema: str, name: str) -> str:
        """The table's name as SQL has it."""
        return f"{schema}.{name}"

    def prepare(self) -> None:
        """As ``Warehouse.prepare``."""
        with self.connect() as connection:
            existing = _existing_columns(connection)
            with transaction(connection):
                for schema in SCHEMAS:
                    connection.execute(f"create schema if not exists {schema}")
                for table in tables():
                    self._prepare_table(connection, table, existing.get((table.schema, table.name)))

    def _prepare_table(
        self, connection: duckdb.DuckDBPyConnection, table: Table, existing: Mapping[str, str] | None
    ) -> None:
        name = self.table(table.schema, table.name)
        if existing is None:
            listing = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
            connection.execute(f"create table {name} ({listing})")
            return
        for column in added_columns(table, existing, str(self.file)):
            connection.execute(f'alter table {name} add column "{column}" {table.columns[column]}')

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """As ``Warehouse.read``."""
        with self._reading() as connection:
            return connection.execute(sql, list(values)).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """As ``Warehouse.snapshot``: one connection, one transaction."""

        def read(sql: str, values: Sequence[Value] = ()) -> list[Row]:
            return connection.execute(sql, list(values)).fetchall()

        with self._reading() as connection, transaction(connection):
            yield read

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.file.exists():
            raise NoTableError(f"there is no warehouse at {self.file} yet; run `crime-trends run` first")
        with self.connect(read_only=True) as connection:
            try:
                yield connection
            except duckdb.CatalogException as error:
                reason = str(error).splitlines()[0]
                raise NoTableError(
                    f"the warehouse {self.file} lacks a table; run `crime-trends run` first ({reason})"
                ) from error

    def write(self, statements: Sequence[Statement]) -> None:
        """As ``Warehouse.write``."""
        with self.connect() as connection, transaction(connection):
            for statement in statements:
                connection.execute(statement.sql, list(statement.values))

    def replace_months(self, manifests: Sequence[CleanManifest], files: Mapping[str, Sequence[str]]) -> None:
        """As ``Warehouse.replace_months``; the files are read from this machine."""
        dataset = manifests[0].dataset
        table = self.table("warehouse", dataset)
        with self.connect() as connection, transaction(connection):
            for manifest in manifests:
                month = first_day(manifest.partition)
                connection.execute(f"delete from {table} where month = ?", [month])
                if patterns := [path_pattern(file) for file in files[manifest.partition]]:
                    connection.execute(f"insert into {table} by name select * from read_parquet(?)", [patterns])
                counted = connection.execute(f"select count(*) from {table} where month = ?", [month]).fetchall()
                if counted[0][0] != manifest.clean_rows:
                    raise ReconciliationError(
                        f"warehouse/{dataset} {manifest.partition}: the files hold {counted[0][0]} rows of the month, "
                        f"their manifest says {manifest.clean_rows}; the table was left as it was"
                    )
            entry = self.months_entry(dataset, [(first_day(manifest.partition), manifest) for manifest in manifests])
            connection.execute(entry.sql, list(entry.values))

    def frame(self, spark: SparkSession, place: tuple[str, str], columns: Sequence[str], folder: Path) -> DataFrame:
        """As ``Warehouse.frame``: by a copy in Parquet."""
        file = folder / f"{'.'.join(place)}.parquet"
        with self._reading() as connection:
            connection.execute(f"copy (select {', '.join(columns)} from {self.table(*place)}) to '{file}'")
        return spark.read.parquet(str(file))

    def tables_in(self, schemas: Sequence[str]) -> list[tuple[str, str]]:
        """As ``Warehouse.tables_in``."""
        with self.connect(read_only=True) as connection:
            return connection.execute(
                "select schema_name, table_name from duckdb_tables() where list_contains(?, schema_name)",
                [list(schemas)],
            ).fetchall()

    def content_versions(self, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """As ``Warehouse.content_versions``. For tables that fit in memory."""
        with self.connect(read_only=True) as connection:
            versions = {}
            for place in places:
                row = connection.execute(
                    "select md5(coalesce(string_agg(line, chr(10) order by line), '')) "
                    f"from (select cast(t as varchar) as line from {self.table(*place)} as t)"
                ).fetchone()
                versions[place] = str(row[0]) if row else ""
        return versions


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of it or nothing."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _existing_columns(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
    ).fetchall():
        found.setdefault((schema, table), {})[column] = kind
    return found
