"""The warehouse, whatever database it is in: what every part of the project asks of it and notes in it.

What both databases say alike is written once, here: the ledgers, the look-ups, the requests for facts. A statement
holds ``?`` for each of its values and names tables by ``Warehouse.table``. An implementation knows how to run
statements, how tables are made, and how months get in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from crime_trends.datasets import DATASETS, Lookup, LookupRow
from crime_trends.errors import NoTableError, WarehouseBusyError
from crime_trends.lake.manifests import CleanManifest
from crime_trends.months import first_day

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Value: TypeAlias = str | int | bool | date | datetime | None
Row: TypeAlias = tuple[Any, ...]
Reader: TypeAlias = Callable[..., list[Row]]
"""SQL, then the values of its ``?`` if it has some, to the rows it selects."""


@dataclass(frozen=True)
class Statement:
    """SQL, and the values for its ``?`` in their order. Where a value may be None, the SQL casts it."""

    sql: str
    values: Sequence[Value] = ()


@dataclass(frozen=True)
class LedgerEntry:
    """The latest row of a ledger: what a month or a table is now."""

    version: str
    rows: int


class Warehouse(ABC):
    """The tables of ``crime_trends.warehouse.schema``, and those that dbt makes of them."""

    @abstractmethod
    def table(self, schema: str, name: str) -> str:
        """The table's name as SQL has it."""

    @abstractmethod
    def prepare(self) -> None:
        """Makes what is missing of the schemas and tables, so that dbt finds all of them.

        A column that a column map gained is added, null in the months there are. Raises ``CrimeTrendsError`` for any
        other difference, since it would need the table to be rebuilt.
        """

    @abstractmethod
    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """The rows that a query selects.

        Raises:
            NoTableError: a table that it reads was never made.
            CrimeTrendsError: the database can't be asked.
        """

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Reader]:
        """Something to read with as ``read`` does, several times of one state of the tables."""

    @abstractmethod
    def tables_in(self, schemas: Sequence[str]) -> list[tuple[str, str]]:
        """(schema, table) of every table (no views) in some schemas."""

    @abstractmethod
    def content_versions(self, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(schema, table) -> hash of the table's rows, whatever their order."""

    @abstractmethod
    def replace_months(self, manifests: Sequence[CleanManifest], files: Mapping[str, Sequence[str]]) -> None:
        """Makes the table of a dataset hold, for these months, just what their clean files hold, in one transaction.

        Arguments:
            manifests: of months of one dataset, at least one.
            files: month -> the Parquet files to read, by their address in the lake.

        Raises:
            ReconciliationError: the files hold another number of rows than their manifest says; nothing changed.
        """

    @abstractmethod
    def write(self, statements: Sequence[Statement]) -> None:
        """Runs statements in one transaction: all of it or nothing."""

    @abstractmethod
    def frame(self, spark: SparkSession, place: tuple[str, str], columns: Sequence[str], folder: Path) -> DataFrame:
        """Some columns of a table as a frame of Spark's.

        Arguments:
            spark: the session.
            place: schema and table.
            columns: their names.
            folder: of this machine, for a copy where Spark can't read the database; it must stay as long as the frame.
        """

    def month_versions(self) -> dict[str, dict[str, LedgerEntry]]:
        """Dataset -> month -> what the dataset's table holds of it, for every month ever loaded."""
        return self._latest_months("warehouse")

    def facts_versions(self) -> dict[str, dict[str, LedgerEntry]]:
        """Dataset -> month -> what the facts hold of it, for every month ever built."""
        return self._latest_months("facts")

    def table_versions(self) -> dict[str, LedgerEntry]:
        """Name -> what it is, for look-ups and the unpartitioned sets of models."""
        ledger = self.table("warehouse", "table_ledger")
        return {name: entry for (name,), entry in self._latest(ledger, ["table_name"], "table_name is not null")}

    def outside_versions(self) -> dict[str, LedgerEntry]:
        """Dataset -> what was noted of its rows that belong to no month."""
        ledger = self.table("warehouse", "month_ledger")
        return {dataset: entry for (dataset,), entry in self._latest(ledger, ["dataset"], "month is null")}

    def _latest_months(self, schema: str) -> dict[str, dict[str, LedgerEntry]]:
        found: dict[str, dict[str, LedgerEntry]] = {dataset: {} for dataset in DATASETS}
        ledger = self.table(schema, "month_ledger")
        for (dataset, month), entry in self._latest(ledger, ["dataset", "month"], "month is not null"):
            found.setdefault(dataset, {})[f"{month:%Y-%m}"] = entry
        return found

    def _latest(self, ledger: str, keys: Sequence[str], condition: str) -> list[tuple[Row, LedgerEntry]]:
        """Values of the key columns, and the latest entry of them; none while there is no ledger yet."""
        # "rows" is a word of BigQuery's own, unless a table's name stands before it.
        key = ", ".join(f"ledger.{name}" for name in keys)
        sql = (
            f"select ledger.version, ledger.rows, {key} from {ledger} as ledger where {condition} "
            f"qualify row_number() over (partition by {key} order by made_at desc) = 1"
        )
        try:
            return [(tuple(values), LedgerEntry(version, rows)) for version, rows, *values in self.read(sql)]
        except NoTableError:
            return []

    def record_outside(self, dataset: str, manifest: CleanManifest) -> None:
        """Notes in the ledger, without a month, what became of a dataset's rows outside; no table holds them."""
        self.write([self.months_entry(dataset, [(None, manifest)])])

    def months_entry(self, dataset: str, months: Sequence[tuple[date | None, CleanManifest]]) -> Statement:
        """What notes months of a dataset in the ledger, as their manifests have them."""
        made_at = now()
        rows: list[Sequence[Value]] = [
            (
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
            )
            for month, manifest in months
        ]
        row = "(?, cast(? as date), ?, ?, ?, ?, ?, ?, cast(? as bigint), ?, ?)"
        return self._insertion("warehouse", "month_ledger", rows, row)

    def replace_lookup(self, lookup: Lookup, rows: Sequence[LookupRow], version: str) -> None:
        """Makes the table of a look-up hold just these rows, in one transaction with its ledger row."""
        statements = [Statement(f"delete from {self.table('warehouse', lookup.key)} where true")]
        if rows:
            statements.append(self._insertion("warehouse", lookup.key, rows, "(?, ?, ?, ?)"))
        self.write([*statements, self._table_entry(lookup.key, version, len(rows))])

    def record_table(self, name: str, version: str) -> None:
        """Notes in the ledger that an unpartitioned set of models now is of that version."""
        self.write([self._table_entry(name, version, 0)])

    def _table_entry(self, name: str, version: str, rows: int) -> Statement:
        return self._insertion("warehouse", "table_ledger", [(name, version, rows, now())], "(?, ?, ?, ?)")

    def _insertion(self, schema: str, name: str, rows: Sequence[Sequence[Value]], row: str) -> Statement:
        values = [value for entry in rows for value in entry]
        return Statement(f"insert into {self.table(schema, name)} values {', '.join([row] * len(rows))}", values)

    def month_rows(self, table: str, schema: str = "warehouse") -> dict[str, int]:
        """Month -> rows, counted, of a table that has months: a dataset's, unless another schema is named."""
        rows = self.read(f"select month, count(*) from {self.table(schema, table)} group by month")
        return {f"{month:%Y-%m}": count for month, count in rows}

    def table_rows(self, schemas: Sequence[str]) -> dict[tuple[str, str], int]:
        """(schema, table) -> rows, counted, of every table (no views) in some schemas."""
        places = self.tables_in(schemas)
        if not places:
            return {}
        counts = [f"select ? as place, count(*) as counted from {self.table(*place)}" for place in places]
        rows = self.read(" union all ".join(counts), [f"{schema}.{name}" for schema, name in places])
        return {tuple(place.split(".")): count for place, count in rows}

    def request_facts(self, months: Iterable[tuple[str, str]]) -> None:
        """Says which (dataset, month) pairs the next call of the monthly models builds."""
        pairs = [(dataset, first_day(month)) for dataset, month in months]
        statements = [Statement(f"delete from {self.table('facts', 'months_to_build')} where true")]
        if pairs:
            statements.append(self._insertion("facts", "months_to_build", pairs, "(?, ?)"))
        self.write(statements)

    def record_facts(self, versions: Mapping[tuple[str, str], str]) -> None:
        """Notes in the ledger what the facts now are, for (dataset, month) -> version, with the rows they hold.

        Raises:
            WarehouseBusyError: other months were asked for meanwhile, so that these may not have been built; nothing is
                noted.
        """
        asked = self.read(f"select dataset, month from {self.table('facts', 'months_to_build')}")
        if {(dataset, f"{month:%Y-%m}") for dataset, month in asked} != set(versions):
            raise WarehouseBusyError(
                "another process built other months of the facts meanwhile, so none are noted as built; have one "
                "Dagster at work on a warehouse, and try again"
            )
        made_at = now()
        months = sorted({first_day(month) for _, month in versions})
        if not months:
            return
        counted = {
            (dataset, f"{month:%Y-%m}"): rows
            for dataset, month, rows in self.read(
                f"select dataset, month, count(*) from {self.table('facts', 'fct_incidents')} "
                "where month between ? and ? group by dataset, month",
                [months[0], months[-1]],
            )
        }
        for dataset in sorted({dataset for dataset, _ in versions}):
            entries = [
                (dataset, first_day(month), version, counted.get((dataset, month), 0), made_at)
                for (of_dataset, month), version in versions.items()
                if of_dataset == dataset
            ]
            self.write([self._insertion("facts", "month_ledger", entries, "(?, ?, ?, ?, ?)")])


def now() -> datetime:
    """The present moment, UTC, without its zone, as the ledgers have it."""
    return datetime.now(UTC).replace(tzinfo=None)
