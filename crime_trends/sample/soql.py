"""The part of SoQL that the project's clients speak, translated to DuckDB SQL with bound parameters.

Clauses: ``$select $where $order $group $limit $offset``. Expressions: columns, ``'text'``, numbers, comparisons,
``IS [NOT] NULL``, ``AND OR NOT``, brackets, ``count(*)``, ``min``, ``max`` and the date functions below. Whatever lies
outside is refused by name, never guessed. Semantics after dev.socrata.com: 1,000 rows unless ``$limit`` says
otherwise and at most 50,000, nulls last, dates as ``2024-03-01T00:00:00.000``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crime_trends.sample.soql_parser import Parser, Selection, SoqlError, Table, quoted

DEFAULT_LIMIT = 1_000
MAXIMUM_LIMIT = 50_000
CLAUSES = ("$select", "$where", "$order", "$group", "$limit", "$offset")


@dataclass(frozen=True)
class Query:
    """A translated query.

    Arguments:
        sql: yields ``fields``, all as text.
        values: what is bound to its question marks.
        fields: the names of the answer's columns.
        counts: those of them that are a ``count(*)``.
    """

    sql: str
    values: list[object]
    fields: list[str]
    counts: frozenset[str]


def translate(parameters: Mapping[str, str], table: Table) -> Query:
    """The DuckDB query for the parameters of a request (``$where`` and so on, decoded).

    Raises:
        SoqlError: a parameter, a column or an expression is not in the subset.
    """
    for name in parameters:
        if name not in CLAUSES:
            raise SoqlError(f"Unrecognized arguments [{name}]", "query.soql.unrecognized-argument")
    select = Parser(parameters.get("$select", "*"), table).selections()
    where, values = translate_condition(parameters["$where"], table) if "$where" in parameters else ("TRUE", [])
    aliases = {
        item.alias: position
        for position, item in enumerate(select, start=1)
        # Without groups a date is sorted as a date, not as the text that is served.
        if "$group" in parameters or item.term.kind != "text"
    }
    group = Parser(parameters["$group"], table, aliases).groups() if "$group" in parameters else []
    order = Parser(parameters["$order"], table, aliases).orders() if "$order" in parameters else []
    limit = _whole_number(parameters, "$limit", DEFAULT_LIMIT)
    if limit > MAXIMUM_LIMIT:
        raise SoqlError(f"$limit is {limit}, the maximum is {MAXIMUM_LIMIT}", "query.soql.limit-too-large")
    sql = (
        f"SELECT {', '.join(f'{item.term.sql} AS {quoted(item.alias)}' for item in select)} FROM {quoted(table.name)}"
        + f" WHERE {where}"
        + (f" GROUP BY {', '.join(group)}" if group else "")
        + (f" ORDER BY {', '.join(order)}" if order else "")
        + f" LIMIT {limit} OFFSET {_whole_number(parameters, '$offset', 0)}"
    )
    fields = [item.alias for item in select]
    as_text = ", ".join(_as_text(item) for item in select)
    return Query(
        sql=f"SELECT {as_text} FROM ({sql})",
        values=values,
        fields=fields,
        counts=frozenset(item.alias for item in select if item.term.kind == "count"),
    )


def translate_condition(where: str, table: Table) -> tuple[str, list[object]]:
    """The DuckDB condition for a ``$where``, and what is bound to its question marks. Raises as ``translate``."""
    condition = Parser(where, table).condition()
    return condition.sql, condition.values


def _as_text(item: Selection) -> str:
    column = quoted(item.alias)
    if item.term.kind == "date":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%g') AS {column}"
    return f"{column}::VARCHAR AS {column}"


def _whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, str(default))
    if not text.isdecimal():
        raise SoqlError(f"{name} must be a whole number, not {text!r}", "query.soql.invalid-parameter")
    return int(text)
