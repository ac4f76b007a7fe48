"""What is known of a Socrata data set from the registry and the column maps: its title, column names and types."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crime_cleaning.columns import Column, ColumnType, normalized_header

from crime_trends.datasets import DATASETS, Dataset, SocrataSource

SOCRATA_TYPES = {
    ColumnType.DATE: "calendar_date",
    ColumnType.TIMESTAMP: "calendar_date",
    ColumnType.INTEGER: "number",
    ColumnType.NUMBER: "number",
}


@dataclass(frozen=True)
class SocrataColumn:
    """A column as the metadata of a data set describe it."""

    field_name: str
    name: str
    type: str


class SocrataSchema:
    """The schema of a data set; of one that the registry does not know, only what the headers say."""

    def __init__(self, id: str) -> None:
        self.id = id
        self._dataset = _dataset(id)

    @property
    def title(self) -> str:
        """The name for people."""
        return self._dataset.title if self._dataset else self.id

    @property
    def key_column(self) -> str | None:
        """The API name of the column that names a row."""
        if self._dataset is None:
            return None
        return self._dataset.column_map.column(self._dataset.column_map.id_column).sources[0]

    def api_name(self, header: str) -> str:
        """What the API calls a column whose header is a display name or already an API name."""
        name = normalized_header(header)
        if name.startswith(":"):
            return name
        for column in self._columns:
            if header in column.sources:
                return column.sources[0]
        for column in self._columns:
            if name in (normalized_header(source) for source in column.sources):
                return column.sources[0]
        return re.sub(r"\W+", "_", name).strip("_")

    def column(self, api_name: str) -> SocrataColumn:
        """The column as the metadata describe it; one that no map names is text."""
        for column in self._columns:
            if column.sources[:1] == (api_name,):
                return SocrataColumn(api_name, (column.sources * 2)[1], SOCRATA_TYPES.get(column.type, "text"))
        return SocrataColumn(api_name, api_name, "text")

    @property
    def _columns(self) -> tuple[Column, ...]:
        return self._dataset.column_map.columns if self._dataset else ()


def _dataset(id: str) -> Dataset | None:
    for dataset in DATASETS.values():
        if any(isinstance(source, SocrataSource) and source.id == id for source in dataset.sources):
            return dataset
    return None
