"""Column lineage: which columns of what lies before it a column is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import dagster as dg
from crime_cleaning.columns import Column

from crime_trends.datasets import Dataset, Lookup
from crime_trends.warehouse.models import DBT_DIR


def clean_lineage(dataset: Dataset) -> dg.TableColumnLineage:
    """What each clean column is read from, by the portal's own names, which the raw file has.

    The month comes from the column that decides it, an issue can come from any column. A column that is derived from
    another clean one has no source of its own.
    """
    column_map = dataset.column_map
    read = {column.name: column.sources[:1] for column in column_map.columns}
    everything = tuple(dict.fromkeys(source for sources in read.values() for source in sources))
    return _lineage(
        dg.AssetKey(["raw", dataset.key]),
        {**read, "month": read[column_map.month_column], "issues": everything},
    )


def unchanged_lineage(upstream: dg.AssetKey, columns: Sequence[Column]) -> dg.TableColumnLineage:
    """Columns that are taken over as they are."""
    return _lineage(upstream, {column.name: (column.name,) for column in columns})


def lookup_lineage(lookup: Lookup) -> dg.TableColumnLineage:
    """Code and name from the city's files; the rest is which file and which row of it."""
    read = {lookup.code_column: (lookup.code_source,), lookup.name_column: (lookup.name_source,)}
    return _lineage(dg.AssetKey(["raw", lookup.key]), {**read, "is_historical": (), "position": ()})


def model_lineage() -> dict[str, dg.TableColumnLineage]:
    """``schema/model`` -> what its columns are made from, as ``make docs`` noted it (``scripts/column_lineage.py``)."""
    noted = json.loads((DBT_DIR / "column_lineage.json").read_text(encoding="utf-8"))
    return {
        model: dg.TableColumnLineage(
            {column: [_column_dep(source) for source in sources] for column, sources in columns.items()}
        )
        for model, columns in noted.items()
    }


def _column_dep(source: str) -> dg.TableColumnDep:
    asset, _, column = source.partition(".")
    return dg.TableColumnDep(dg.AssetKey(asset.split("/")), column)


def _lineage(upstream: dg.AssetKey, read: Mapping[str, Sequence[str]]) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        {name: [dg.TableColumnDep(upstream, source) for source in sources] for name, sources in read.items()}
    )
