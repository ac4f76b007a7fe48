"""A portal folder: the files that the sample portal serves, looked at anew whenever they change.

``DIR/<city>/<Socrata id>*.csv|json`` are data sets (all files of an id together, in the order of their names) and
``DIR/<city>/<path below the host>`` the files of a file server, and boundaries. Values stay as they are in the file;
headers become the API's names by way of the column maps; dates are parsed beside the text, only to answer queries.
"""

from __future__ import annotations

import csv
import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from crime_trends.datasets import CITIES
from crime_trends.errors import CrimeTrendsError, UsageError
from crime_trends.sample.schemas import SocrataColumn, SocrataSchema
from crime_trends.sample.soql import translate_condition
from crime_trends.sample.soql_parser import Table, companion, quoted
from crime_trends.sql import literal, path_pattern

SYNTHETIC_MARKER = "SYNTHETIC"
SYSTEM_COLUMNS = (":id", ":updated_at")
DATE_FORMATS = [
    "%Y-%m-%dT%H:%M:%S.%g",
    "%Y-%m-%dT%H:%M:%S.%gZ",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y-%m-%d %H:%M:%S.%g",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y %b %d %I:%M:%S %p",
]


class PortalFolderError(CrimeTrendsError):
    """A file of the portal folder can't be read as what its name says."""


@dataclass(frozen=True)
class DataSet:
    """A Socrata data set as it is loaded now.

    Arguments:
        id: the four-by-four id.
        title: the name for people.
        table: what can be queried.
        columns: for the metadata.
        rows_updated_at: Unix seconds; another whenever the content is another.
        stamp: names, sizes and times of its files.
    """

    id: str
    title: str
    table: Table
    columns: tuple[SocrataColumn, ...]
    rows_updated_at: int
    stamp: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class StoredFile:
    """A file of a file server, with what S3 says of it."""

    content: bytes
    etag: str
    modified_at: datetime


class PortalFolder:
    """The content of a portal folder, kept in an in-memory DuckDB; safe to use from several threads.

    Raises:
        UsageError: the folder does not exist, or holds no city's folder.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UsageError(f"the portal folder {root} does not exist")
        if not any((root / city).is_dir() for city in CITIES):
            raise UsageError(f"the portal folder {root} holds none of the folders {', '.join(CITIES)}")
        self.root = root.resolve()
        self._database = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        self._lock = threading.Lock()
        self._data_sets: dict[tuple[str, str], DataSet] = {}
        self._loads = 0
        self._retired: list[str] = []
        self._touched: Counter[tuple[str, str]] = Counter()

    @property
    def is_synthetic(self) -> bool:
        """Whether the data are made up; a half-made sample has the marker's name with an ending."""
        return any(self.root.glob(f"{SYNTHETIC_MARKER}*"))

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of one's own to the loaded tables."""
        return self._database.cursor()

    def close(self) -> None:
        """Frees the loaded tables."""
        self._database.close()

    def data_set(self, city: str, id: str) -> DataSet | None:
        """The data set of an id, loaded if it is new or its files changed; None if the folder has no such files.

        Raises:
            PortalFolderError: a file can't be read; the message names it.
        """
        with self._lock:
            files = sorted(path for suffix in (".csv", ".json") for path in (self.root / city).glob(f"{id}*{suffix}"))
            if not files:
                return None
            stamp = tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files)
            loaded = self._data_sets.get((city, id))
            if loaded is None or loaded.stamp != stamp:
                try:
                    loaded = self._data_sets[city, id] = self._load(id, files, stamp, loaded)
                except (duckdb.Error, UnicodeDecodeError) as error:
                    names = ", ".join(path.name for path in files)
                    raise PortalFolderError(f"{names} can't be read: {error}") from None
            return loaded

    def touch(self, city: str, id: str) -> None:
        """Lets a data set say that its rows changed, though they did not."""
        data_set = self.data_set(city, id)
        if data_set is not None:
            self._replace_version(city, data_set)

    def touch_file(self, city: str, path: str) -> None:
        """Lets a file of a file server say that it changed, though it did not."""
        with self._lock:
            self._touched[city, path] += 1

    def insert_row(self, city: str, id: str, where: str) -> None:
        """Inserts a copy of the first row that a ``$where`` finds, under ids of its own; it sorts before all others."""
        data_set = self.data_set(city, id)
        if data_set is None:
            return
        condition, values = translate_condition(where, data_set.table)
        table = quoted(data_set.table.name)
        key = quoted(SocrataSchema(id).key_column or data_set.table.columns[0])
        self.cursor().execute(
            f"INSERT INTO {table} SELECT * REPLACE ('!inserted-' || (SELECT count(*) FROM {table}) AS \":id\", "
            f"{key} || '9' AS {key}) FROM {table} WHERE {condition} ORDER BY \":id\" LIMIT 1",
            values,
        )
        self._replace_version(city, data_set)

    def forget(self) -> None:
        """Undoes touches and inserted rows: every data set is loaded again from its files when it is asked for."""
        with self._lock:
            self._retired += [data_set.table.name for data_set in self._data_sets.values()]
            self._data_sets.clear()
            self._touched.clear()

    def file(self, city: str, path: str) -> StoredFile | None:
        """A file of a file server; None if there is none, also for a path that leaves the folder."""
        base = self.root / city
        file = (base / path).resolve()
        if not file.is_relative_to(base.resolve()) or not file.is_file():
            return None
        content, touches = file.read_bytes(), self._touched[city, path]
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()  # as S3 does
        return StoredFile(
            content=content,
            etag=f'"{digest}-{touches}"' if touches else f'"{digest}"',
            modified_at=datetime.fromtimestamp(int(file.stat().st_mtime) + touches, UTC),
        )

    def _replace_version(self, city: str, data_set: DataSet) -> None:
        with self._lock:
            self._data_sets[city, data_set.id] = replace(data_set, rows_updated_at=data_set.rows_updated_at + 1)

    def _load(
        self, id: str, files: list[Path], stamp: tuple[tuple[str, int, int], ...], before: DataSet | None
    ) -> DataSet:
        schema = SocrataSchema(id)
        selects: list[str] = []
        values: list[str] = []
        found: dict[str, None] = {}  # in the order of the files
        for path in files:
            source, header = self._source(path)
            names = {schema.api_name(text): text for text in header}
            found |= dict.fromkeys(names)
            texts = ", ".join(f"{_text_of(path, text)} AS {quoted(name)}" for name, text in names.items())
            selects.append(f'SELECT {texts}, ? AS ":file_updated_at" FROM {source}')
            values += [_utc_text(path), path_pattern(path)]
        served = [name for name in found if name not in SYSTEM_COLUMNS]
        columns = tuple(schema.column(name) for name in served)
        dates = [column.field_name for column in columns if column.type == "calendar_date"]
        own = {name: quoted(name) if name in found else "NULL" for name in SYSTEM_COLUMNS}
        self._loads += 1
        table = f"{id} {self._loads}"
        derived = [
            f"coalesce({own[':id']}, printf('row-%09d', row_number() OVER ())) AS \":id\"",
            f'coalesce({own[":updated_at"]}, ":file_updated_at") AS ":updated_at"',
            *(f"{_parsed(quoted(name))} AS {quoted(companion(name))}" for name in dates),
        ]
        expressions = ", ".join([quoted(name) for name in served] + derived)
        union = " UNION ALL BY NAME ".join(selects)
        self._database.execute(f"CREATE TABLE {quoted(table)} AS SELECT {expressions} FROM ({union})", values)
        for retired in self._retired:
            self._database.execute(f"DROP TABLE {quoted(retired)}")
        # A request in flight may still read the table before this one, so that goes with the next load.
        self._retired = [before.table.name] if before else []
        newest = max(modified for _, _, modified in stamp) // 1_000_000_000
        return DataSet(
            id=id,
            title=schema.title + (" (synthetic sample)" if self.is_synthetic else ""),
            table=Table(table, tuple(served), SYSTEM_COLUMNS, frozenset(dates)),
            columns=columns,
            # Whole seconds do not tell two versions of the same second apart.
            rows_updated_at=newest if before is None else max(newest, before.rows_updated_at + 1),
            stamp=stamp,
        )

    def _source(self, path: Path) -> tuple[str, list[str]]:
        """A table function over the file, with one question mark for its path, and the file's own column names."""
        if path.suffix == ".json":
            found = self._database.execute(
                # A null is an absent key, so the columns are those of all rows together.
                "SELECT key FROM (SELECT unnest(json_keys(json)) AS key, row_number() OVER () AS row, "
                "generate_subscripts(json_keys(json), 1) AS position FROM read_json_objects(?, format = 'array')) "
                "GROUP BY key ORDER BY min((row, position))",
                [path_pattern(path)],
            ).fetchall()
            header = [name for (name,) in found]
            columns = ", ".join(f"{literal(name)}: 'JSON'" for name in header)
            return f"read_json(?, format = 'array', columns = {{{columns}}})", header
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream), [])
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
        return (
            "read_csv(?, auto_detect = false, header = false, skip = 1, delim = ',', quote = '\"', escape = '\"', "
            f"nullstr = '', columns = {{{columns}}})",
            header,
        )


def _text_of(path: Path, name: str) -> str:
    """The SQL for a column of a file as the text that Socrata's CSV has."""
    column = quoted(name)
    if path.suffix == ".csv":
        return column
    point = f"format('({{}}, {{}})', {column} ->> '$.latitude', {column} ->> '$.longitude')"
    return f"CASE json_type({column}) WHEN 'OBJECT' THEN {point} ELSE {column} ->> '$' END"


def _parsed(column: str) -> str:
    """The SQL that parses every way in which dates have been published; a spreadsheet's are days since 1899-12-30."""
    formats = ", ".join(literal(text) for text in DATE_FORMATS)
    serial = f"TIMESTAMP '1899-12-30' + to_days(try_cast({column} AS INTEGER))"
    return (
        f"CASE WHEN regexp_full_match({column}, '\\d{{5}}') THEN {serial} ELSE try_strptime({column}, [{formats}]) END"
    )


def _utc_text(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
