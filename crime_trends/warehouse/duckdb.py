"""The warehouse in a DuckDB file: months and look-ups replaced in one transaction each, and the ledgers.

DuckDB admits one writing process at a time. A connection that finds the file taken tries again until the deadline,
then says who has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from crime_trends.datasets import Lookup, LookupRow
from crime_trends.errors import CrimeTrendsError, ReconciliationError, WarehouseBusyError
from crime_trends.lake.manifests import CleanManifest
from crime_trends.months import first_day
from crime_trends.settings import Settings
from crime_trends.warehouse.schema import MONTH_LEDGER, SCHEMAS, tables


@dataclass(frozen=True)
class LedgerEntry:
    """The latest row of a ledger: what a month or a table is now."""

    version: str
    rows: int


class DuckDBWarehouse:
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

    def prepare(self) -> None:
        """Makes what is missing of the schemas and tables, so that dbt finds all of them.

        A column that a column map gained is added, null in the months there are. Raises ``CrimeTrendsError`` for any
        other difference, since it would need the table to be rebuilt.
        """
        with self.connect() as connection:
            existing = _existing_columns(connection)
            with transaction(connection):
                for schema in SCHEMAS:
                    connection.execute(f"create schema if not exists {schema}")
                for schema, name, columns in tables():
                    self._prepare_table(connection, f"{schema}.{name}", columns, existing.get((schema, name)))

    def _prepare_table(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: str,
        columns: Mapping[str, str],
        existing: Mapping[str, str] | None,
    ) -> None:
        if existing is None:
            listing = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"create table {table} ({listing})")
            return
        for name, kind in columns.items():
            if name not in existing:
                connection.execute(f'alter table {table} add column "{name}" {kind}')
            elif existing[name] != kind:
                raise CrimeTrendsError(
                    f"{table}.{name} is {existing[name]} in {self.file}, but its column map says {kind}; "
                    f"drop the table and run its months again with --force"
                )

    def month_versions(self, dataset: str) -> dict[str, LedgerEntry]:
        """Month -> what the dataset's table holds of it, for every month ever loaded."""
        return self._latest_months("warehouse.month_ledger", dataset)

    def table_versions(self) -> dict[str, LedgerEntry]:
        """Name -> what it is, for look-ups and the unpartitioned sets of models."""
        return self._latest("warehouse.table_ledger", "table_name", "true", [])

    def outside_versions(self) -> dict[str, LedgerEntry]:
        """Dataset -> what was noted of its rows that belong to no month."""
        return self._latest("warehouse.month_ledger", "dataset", "month is null", [])

    def facts_versions(self, dataset: str) -> dict[str, LedgerEntry]:
        """Month -> what the facts hold of the dataset, for every month ever built."""
        return self._latest_months("facts.month_ledger", dataset)

    def _latest_months(self, ledger: str, dataset: str) -> dict[str, LedgerEntry]:
        return self._latest(ledger, "strftime(month, '%Y-%m')", "dataset = ? and month is not null", [dataset])

    def _latest(self, ledger: str, key: str, condition: str, values: list[str]) -> dict[str, LedgerEntry]:
        """Key -> latest entry; none while there is no ledger yet."""
        if not self.file.exists():
            return {}
        with self.connect(read_only=True) as connection:
            try:
                rows = connection.execute(
                    f"select {key}, arg_max(version, made_at), arg_max(rows, made_at) from {ledger} "
                    f"where {condition} group by 1",
                    values,
                ).fetchall()
            except duckdb.CatalogException:
                return {}
        return {name: LedgerEntry(version, count) for name, version, count in rows}

    def replace_months(self, manifests: Sequence[CleanManifest], files: Mapping[str, Sequence[str]]) -> None:
        """Makes the table of a dataset hold, for these months, just what their clean files hold, in one transaction.

        Arguments:
            manifests: of months of one dataset.
            files: month -> the Parquet files to read.

        Raises:
            ReconciliationError: the files hold another number of rows than their manifest says; nothing changed.
        """
        made_at = _now()
        with self.connect() as connection, transaction(connection):
            for manifest in manifests:
                table = f"warehouse.{manifest.dataset}"
                month = first_day(manifest.partition)
                connection.execute(f"delete from {table} where month = ?", [month])
                if files[manifest.partition]:
                    connection.execute(
                        f"insert into {table} by name select * from read_parquet(?)", [list(files[manifest.partition])]
                    )
                rows = _scalar(connection, f"select count(*) from {table} where month = ?", [month])
                if rows != manifest.clean_rows:
                    raise ReconciliationError(
                        f"warehouse/{manifest.dataset} {manifest.partition}: the files hold {rows} rows of the month, "
                        f"their manifest says {manifest.clean_rows}; the table was left as it was"
                    )
                _record_month(connection, manifest.dataset, month, manifest, made_at)

    def record_outside(self, dataset: str, manifest: CleanManifest) -> None:
        """Notes in the ledger, without a month, what became of a dataset's rows outside; no table holds them."""
        with self.connect() as connection, transaction(connection):
            _record_month(connection, dataset, None, manifest, _now())

    def replace_lookup(self, lookup: Lookup, rows: Sequence[LookupRow], version: str) -> None:
        """Makes the table of a look-up hold just these rows, in one transaction with its ledger row."""
        with self.connect() as connection, transaction(connection):
            connection.execute(f"delete from warehouse.{lookup.key}")
            if rows:
                connection.executemany(f"insert into warehouse.{lookup.key} values (?, ?, ?, ?)", rows)
            self._record_table(connection, lookup.key, version, len(rows))

    def record_table(self, name: str, version: str) -> None:
        """Notes in the ledger that an unpartitioned set of models now is of that version."""
        with self.connect() as connection, transaction(connection):
            self._record_table(connection, name, version, 0)

    @staticmethod
    def _record_table(connection: duckdb.DuckDBPyConnection, name: str, version: str, rows: int) -> None:
        connection.execute("insert into warehouse.table_ledger values (?, ?, ?, ?)", [name, version, rows, _now()])

    def month_rows(self, table: str, schema: str = "warehouse") -> dict[str, int]:
        """Month -> rows, counted, of a table that has months: a dataset's, unless another schema is named."""
        with self.connect(read_only=True) as connection:
            rows = connection.execute(
                f"select strftime(month, '%Y-%m'), count(*) from {schema}.{table} group by month"
            ).fetchall()
        return dict(rows)

    def table_rows(self, schemas: Sequence[str]) -> dict[tuple[str, str], int]:
        """(schema, table) -> rows, counted, of every table (no views) in some schemas."""
        with self.connect(read_only=True) as connection:
            names = connection.execute(
                "select schema_name, table_name from duckdb_tables() where list_contains(?, schema_name)",
                [list(schemas)],
            ).fetchall()
            return {
                (schema, name): _scalar(connection, f'select count(*) from "{schema}"."{name}"', [])
                for schema, name in names
            }

    def content_versions(self, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(schema, table) -> hash of the table's rows, whatever their order. For tables that fit in memory."""
        with self.connect(read_only=True) as connection:
            versions = {}
            for schema, name in places:
                row = connection.execute(
                    "select md5(coalesce(string_agg(line, chr(10) order by line), '')) "
                    f'from (select cast(t as varchar) as line from "{schema}"."{name}" as t)'
                ).fetchone()
                versions[schema, name] = str(row[0]) if row else ""
        return versions

    def request_facts(self, months: Iterable[tuple[str, str]]) -> None:
        """Says which (dataset, month) pairs the next call of the monthly models builds."""
        pairs = [(dataset, first_day(month)) for dataset, month in months]
        with self.connect() as connection, transaction(connection):
            connection.execute("delete from facts.months_to_build")
            if pairs:
                connection.executemany("insert into facts.months_to_build values (?, ?)", pairs)

    def record_facts(self, versions: Mapping[tuple[str, str], str]) -> None:
        """Notes in the ledger what the facts now are, for (dataset, month) -> version, with the rows they hold."""
        made_at = _now()
        with self.connect() as connection, transaction(connection):
            for (dataset, month), version in versions.items():
                rows = _scalar(
                    connection,
                    "select count(*) from facts.fct_incidents where dataset = ? and month = ?",
                    [dataset, first_day(month)],
                )
                connection.execute(
                    "insert into facts.month_ledger values (?, ?, ?, ?, ?)",
                    [dataset, first_day(month), version, rows, made_at],
                )


def warehouse_of(settings: Settings) -> DuckDBWarehouse:
    """The warehouse of the home, as it is."""
    return DuckDBWarehouse(
        settings.warehouse_file,
        memory_limit=settings.duckdb_memory,
        temporary_dir=settings.temporary_dir,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )


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


def _record_month(
    connection: duckdb.DuckDBPyConnection, dataset: str, month: date | None, manifest: CleanManifest, made_at: datetime
) -> None:
    connection.execute(
        f"insert into warehouse.month_ledger ({', '.join(MONTH_LEDGER)}) values ({', '.join('?' * len(MONTH_LEDGER))})",
        [
            dataset,
            month,
            manifest.version,
            manifest.clean_rows,
            manifest.raw_rows,
            manifest.clean_rows,
            manifest.rejected_rows,
            manifest.duplicate_rows,
            manifest.portal_rows,
            made_at,
            manifest.fetched_time,
        ],
    )


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> int:
    row = connection.execute(sql, values).fetchone()
    return int(row[0]) if row else 0


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
