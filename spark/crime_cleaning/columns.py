"""The vocabulary of a column map: what a column is called at the portal, what it becomes, and what it means.

Everything that needs a dataset's schema (Spark, Parquet, the warehouse, Dagster's metadata, the docs) derives it from
the column maps, so that each fact about a column is written once. No import of Spark or Dagster here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """The types a clean column can have. Times are local wall-clock times without a zone."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TEXTS = "texts"


@dataclass(frozen=True)
class Column:
    """One column of a clean table.

    Arguments:
        name: what it is called in the clean table and the warehouse.
        type: its type there.
        sources: every spelling of it in a portal's header, the API's name first; empty for a derived column.
            Compared as ``ColumnMap.source_columns`` says.
        description: one sentence for the docs, Dagster and the warehouse.
        unit: the unit of a number, else empty.
        needed: whether the download is refused when the portal's header lacks it.
        former_name: its name in the project that this one replaces, else empty.
    """

    name: str
    type: ColumnType
    sources: tuple[str, ...]
    description: str
    unit: str = ""
    needed: bool = False
    former_name: str = ""


@dataclass(frozen=True)
class ColumnMap:
    """The columns of one dataset, and which of them carry its key and its month.

    Arguments:
        dataset: the dataset's key.
        id_column: the target column that names a row; a row without it is rejected.
        month_column: the target column whose source decides the month; a row without it belongs to no month.
        columns: in the order of the clean table, without the common ones.
        ignored_sources: source columns that are known and carry nothing of their own.
    """

    dataset: str
    id_column: str
    month_column: str
    columns: tuple[Column, ...]
    ignored_sources: tuple[str, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns of the clean table: the dataset's own, then those that every clean table has."""
        return self.columns + COMMON_COLUMNS

    def column(self, name: str) -> Column:
        """The column of that target name; ``KeyError`` if there is none."""
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.dataset} has no column {name!r}")

    def source_columns(self, header: list[str]) -> dict[str, str]:
        """Target name -> the header's own spelling, for each column that the header has.

        A spelling that the map lists letter for letter counts before one that is only alike: in the oldest exports of
        Los Angeles ``Location `` is a point beside ``Address``, in the later ones ``LOCATION`` is the address.
        """
        listed = {source for column in self.columns for source in column.sources}
        exact = {text: text for text in header if text in listed}
        alike = {normalized_header(text): text for text in reversed(header) if text not in listed}
        found = {}
        for column in self.columns:
            spellings = [exact.get(source) for source in column.sources]
            spellings += [alike.get(normalized_header(source)) for source in column.sources]
            if spelling := next(filter(None, spellings), None):
                found[column.name] = spelling
        return found

    def missing_columns(self, header: list[str]) -> list[str]:
        """The API names of the needed columns that the header lacks."""
        found = self.source_columns(header)
        return [column.sources[0] for column in self.columns if column.needed and column.name not in found]

    def unknown_columns(self, header: list[str]) -> list[str]:
        """The header's columns that are not read: what the portal added, and a second spelling of a column that is
        there. System fields (``:id``) and ignored sources are known.
        """
        read = set(self.source_columns(header).values())
        ignored = {normalized_header(source) for source in self.ignored_sources}
        others = [text for text in header if text not in read and not text.startswith(":")]
        return [text for text in others if normalized_header(text) not in ignored]


COMMON_COLUMNS = (
    Column("month", ColumnType.DATE, (), "First day of the month that the row belongs to."),
    Column("issues", ColumnType.TEXTS, (), "Values that could not be used, as column:reason; empty for most rows."),
)


def normalized_header(text: str) -> str:
    """A header cell as it is compared: without byte-order mark, quotes and outer spaces, in lower case, and with ``_``
    for spaces and hyphens, as the API makes its names of those that are displayed.
    """
    return re.sub("[ -]", "_", text.lstrip("\ufeff").strip().strip('"').strip().lower())
