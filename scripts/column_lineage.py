"""Writes which columns each column of a dbt model is made from, for Dagster's asset pages: ``make docs``.

It reads the models' SQL as dbt compiled it, with sqlglot, and needs no database. The columns of a table are those that
its docs list: dbt's, or for the warehouse's tables the column maps'. A column that only decides which rows there are
(in a join or a condition) is no source of another.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.schema import MappingSchema

from crime_trends.warehouse.schema import tables

DIALECT = "duckdb"
"""Of the compiled SQL; on every target a column is made from the same columns."""

LINEAGE = Path(__file__).resolve().parents[1] / "dbt_project" / "column_lineage.json"


def column_lineage(manifest: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """``schema/model`` -> column -> the columns of tables and models that it is made from, ``schema/name.column``.

    A constant and a count of rows are made from none.

    Arguments:
        manifest: dbt's, of a call that compiled all models for DuckDB.
    """
    nodes = {**manifest["nodes"], **manifest["sources"]}
    warehouse = {f"{table.schema}/{table.name}": list(table.columns) for table in tables()}
    relations = {_place(node): node for node in nodes.values() if node["resource_type"] in ("model", "seed", "source")}
    schema = MappingSchema(dialect=DIALECT)
    for place, node in relations.items():
        columns = warehouse.get(place) or list(node["columns"])
        schema.add_table(place.replace("/", "."), dict.fromkeys(columns, "unknown"), dialect=DIALECT)
    return {
        place: {column: _sources(root, relations) for column, root in _roots(node, schema).items()}
        for place, node in sorted(relations.items())
        if node["resource_type"] == "model"
    }


def _place(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}/{node['name']}"


def _roots(node: Mapping[str, Any], schema: MappingSchema) -> dict[str, Any]:
    """Column -> its node in sqlglot's graph, of a model's documented columns in their order."""
    found = lineage(None, node["compiled_code"], schema, dialect=DIALECT, trim_selects=False)
    return {column: found[column] for column in node["columns"]}


def _sources(root: Any, relations: Mapping[str, Any]) -> list[str]:
    """The columns of other relations at the ends of the graph."""
    sources = set()
    for node in root.walk():
        table = node.expression
        if not node.downstream and isinstance(table, exp.Table):
            place = f"{table.db}/{table.name}"
            if place in relations:
                sources.add(f"{place}.{exp.to_column(node.name).name}")
    return sorted(sources)


def _as_lines(found: Mapping[str, Mapping[str, list[str]]]) -> str:
    """JSON with a line for each column, so that a change of it is one."""
    models = []
    for model, columns in found.items():
        lines = [f"    {json.dumps(column)}: {json.dumps(sources)}" for column, sources in columns.items()]
        models.append(f"  {json.dumps(model)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(models) + "\n}\n"


def main() -> None:
    """Writes the file from a manifest."""
    parser = argparse.ArgumentParser(description="Writes which columns each column of a dbt model is made from.")
    parser.add_argument("manifest", type=Path, help="dbt's manifest.json of a call that compiled all models")
    parser.add_argument("--out", type=Path, default=LINEAGE, help="the file (default: dbt_project/column_lineage.json)")
    options = parser.parse_args()
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    found = column_lineage(json.loads(options.manifest.read_text()))
    options.out.write_text(_as_lines(found))


if __name__ == "__main__":
    main()
