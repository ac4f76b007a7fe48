"""The part of SoQL that the project's clients speak, translated to DuckDB SQL with bound parameters.

Clauses: ``$select $where $order $group $limit $offset``. Expressions: columns, ``'text'``, numbers, comparisons,
``IS [NOT] NULL``, ``AND OR NOT``, brackets, ``count(*)``, ``min``, ``max`` and the date functions below. Whatever lies
outside is refused by name, never guessed. Semantics after dev.socrata.com: 1,000 rows unless ``$limit`` says
otherwise and at most 50,000, nulls last, dates as ``2024-03-01T00:00:00.000``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

DEFAULT_LIMIT = 1_000
MAXIMUM_LIMIT = 50_000
CLAUSES = ("$select", "$where", "$order", "$group", "$limit", "$offset")
DATE_FUNCTIONS = {
    "date_extract_y": "year({})",
    "date_extract_m": "month({})",
    "date_trunc_y": "date_trunc('year', {})::TIMESTAMP",
    "date_trunc_ym": "date_trunc('month', {})::TIMESTAMP",
    "date_trunc_ymd": "date_trunc('day', {})::TIMESTAMP",
}
TYPE_MISMATCH = "query.soql.type-mismatch"
KEYWORDS = {"and", "or", "not", "is", "null", "as", "asc", "desc"}
TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>:?[A-Za-z_]\w*)|(?P<symbol><=|>=|<>|!=|[=<>(),*]))"
)


class SoqlError(Exception):
    """A query outside the subset, or one that is wrong; ``code`` is Socrata's error code for it."""

    def __init__(self, message: str, code: str = "query.compiler.malformed") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Table:
    """A table that can be queried.

    Arguments:
        name: the table's name in DuckDB. All its served columns are text.
        columns: the columns that ``*`` stands for, in order.
        system_columns: further columns, which begin with a colon.
        dates: the columns that are dates; each has a companion ``companion(column)`` of type TIMESTAMP.
    """

    name: str
    columns: tuple[str, ...]
    system_columns: tuple[str, ...]
    dates: frozenset[str]


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


def companion(column: str) -> str:
    """The name of the parsed twin of a date column; no API name can hold an ``@``."""
    return f"@{column}"


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def translate(parameters: Mapping[str, str], table: Table) -> Query:
    """The DuckDB query for the parameters of a request (``$where`` and so on, decoded).

    Raises:
        SoqlError: a parameter, a column or an expression is not in the subset.
    """
    for name in parameters:
        if name not in CLAUSES:
            raise SoqlError(f"Unrecognized arguments [{name}]", "query.soql.unrecognized-argument")
    select = _Parser(parameters.get("$select", "*"), table).selections()
    where, values = translate_condition(parameters["$where"], table) if "$where" in parameters else ("TRUE", [])
    aliases = {
        item.alias: position
        for position, item in enumerate(select, start=1)
        # Without groups a date is sorted as a date, not as the text that is served.
        if "$group" in parameters or item.term.kind != "text"
    }
    group = _Parser(parameters["$group"], table, aliases).groups() if "$group" in parameters else []
    order = _Parser(parameters["$order"], table, aliases).orders() if "$order" in parameters else []
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
    condition = _Parser(where, table).condition()
    return condition.sql, condition.values


Kind = Literal["text", "date", "number", "count", "condition"]


class _Term(NamedTuple):
    sql: str
    kind: Kind
    values: list[object]
    literal: str | None = None


class _Selection(NamedTuple):
    term: _Term
    alias: str


def _as_text(item: _Selection) -> str:
    column = quoted(item.alias)
    if item.term.kind == "date":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%g') AS {column}"
    return f"{column}::VARCHAR AS {column}"


def _whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, str(default))
    if not text.isdecimal():
        raise SoqlError(f"{name} must be a whole number, not {text!r}", "query.soql.invalid-parameter")
    return int(text)


@dataclass
class _Parser:
    """A recursive-descent parser of one clause."""

    clause: str
    table: Table
    aliases: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tokens: list[tuple[str, str]] = []
        position = 0
        text = self.clause.rstrip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise SoqlError(f"Could not parse SoQL query at {text[position:].strip()!r} in {self.clause!r}")
            self._tokens.append((str(match.lastgroup), match[match.lastgroup or 0]))
            position = match.end()

    # The clauses.

    def selections(self) -> list[_Selection]:
        selections: list[_Selection] = []
        while True:
            if self._take("*"):
                selections += [_Selection(self._raw(column), column) for column in self.table.columns]
            elif len(self._tokens) > 1 and self._tokens[1][1] == "(":
                term = self._operand()
                self._need("as")
                selections.append(_Selection(term, self._name()))
            else:
                name = self._name()
                selections.append(_Selection(self._raw(name), self._name() if self._take("as") else name))
            if not self._take(","):
                self._end()
                return selections

    def condition(self) -> _Term:
        condition = self._either()
        if condition.kind != "condition":
            raise SoqlError(f"$where must be a condition: {self.clause!r}")
        self._end()
        return condition

    def groups(self) -> list[str]:
        groups = [self._sortable()]
        while self._take(","):
            groups.append(self._sortable())
        self._end()
        return groups

    def orders(self) -> list[str]:
        orders = []
        while True:
            expression = self._sortable()
            direction = "DESC" if self._take("desc") else "ASC"
            if direction == "ASC":
                self._take("asc")
            orders.append(f"{expression} {direction} NULLS LAST")
            if not self._take(","):
                self._end()
                return orders

    # Conditions.

    def _either(self) -> _Term:
        term = self._both()
        while self._take("or"):
            term = self._joined(term, "OR", self._both())
        return term

    def _both(self) -> _Term:
        term = self._negated()
        while self._take("and"):
            term = self._joined(term, "AND", self._negated())
        return term

    def _negated(self) -> _Term:
        if self._take("not"):
            term = self._negated()
            return _Term(f"(NOT {term.sql})", "condition", term.values)
        return self._comparison()

    def _joined(self, left: _Term, word: str, right: _Term) -> _Term:
        if left.kind != "condition" or right.kind != "condition":
            raise SoqlError(f"{word} joins conditions only: {self.clause!r}", TYPE_MISMATCH)
        return _Term(f"({left.sql} {word} {right.sql})", "condition", left.values + right.values)

    def _comparison(self) -> _Term:
        left = self._operand()
        if self._take("is"):
            negation = "NOT " if self._take("not") else ""
            if not self._take("null"):
                raise SoqlError(f"IS must be followed by NULL or NOT NULL: {self.clause!r}")
            return _Term(f"({left.sql} IS {negation}NULL)", "condition", left.values)
        for operator in ("<=", ">=", "<>", "!=", "=", "<", ">"):
            if self._take(operator):
                right = self._operand()
                left, right = self._comparable(left, right)
                return _Term(f"({left.sql} {operator} {right.sql})", "condition", left.values + right.values)
        return left

    def _comparable(self, left: _Term, right: _Term) -> tuple[_Term, _Term]:
        """Both sides of a comparison in one type: text beside a date is read as a date."""
        if left.kind == "date":
            right = self._dated(right)
        elif right.kind == "date":
            left = self._dated(left)
        if left.kind != right.kind or left.kind == "condition":
            raise SoqlError(f"Type mismatch: {left.kind} and {right.kind} in {self.clause!r}", TYPE_MISMATCH)
        return left, right

    def _dated(self, term: _Term) -> _Term:
        if term.literal is None:
            return term
        try:
            return _Term("?", "date", [datetime.fromisoformat(term.literal.removesuffix("Z"))])
        except ValueError:
            raise SoqlError(f"{term.literal!r} is not a timestamp", TYPE_MISMATCH) from None

    # Operands.

    def _operand(self) -> _Term:
        if self._take("("):
            term = self._either()
            self._need(")")
            return term
        kind, text = self._tokens[0] if self._tokens else ("", "")
        if kind == "text":
            self._tokens.pop(0)
            literal = text[1:-1].replace("''", "'")
            return _Term("?", "text", [literal], literal)
        if kind == "number":
            self._tokens.pop(0)
            return _Term("?", "number", [float(text)])
        name = self._name()
        return self._function(name) if self._take("(") else self._typed(name)

    def _function(self, name: str) -> _Term:
        function = name.lower()
        if function == "count" and self._take("*"):
            term = _Term("count(*)", "count", [])
        elif function in ("min", "max"):
            argument = self._typed(self._name())
            term = _Term(f"{function}({argument.sql})", argument.kind, [])
        elif function in DATE_FUNCTIONS:
            argument = self._typed(self._name())
            if argument.kind != "date":
                raise SoqlError(f"{function} needs a date: {self.clause!r}", TYPE_MISMATCH)
            kind: Kind = "number" if "extract" in function else "date"
            term = _Term(DATE_FUNCTIONS[function].format(argument.sql), kind, [])
        else:
            raise SoqlError(f"No such function: {name} in {self.clause!r}", "query.soql.no-such-function")
        self._need(")")
        return term

    def _sortable(self) -> str:
        if self._tokens and self._tokens[0][1] in self.aliases:
            return str(self.aliases[self._tokens.pop(0)[1]])
        return self._operand().sql

    def _typed(self, name: str) -> _Term:
        """A column as what it means: a date as a timestamp."""
        term = self._raw(name)
        return _Term(quoted(companion(name)), "date", []) if name in self.table.dates else term

    def _raw(self, name: str) -> _Term:
        """A column as the text that is served."""
        if name not in self.table.columns and name not in self.table.system_columns:
            raise SoqlError(f"No such column: {name}", "query.soql.no-such-column")
        return _Term(quoted(name), "text", [])

    # Tokens.

    def _name(self) -> str:
        kind, text = self._tokens[0] if self._tokens else ("", "the end")
        if kind != "name" or text.lower() in KEYWORDS:
            raise SoqlError(f"Expected a name but got {text!r} in {self.clause!r}")
        self._tokens.pop(0)
        return text

    def _take(self, text: str) -> bool:
        if self._tokens and self._tokens[0][0] != "text" and self._tokens[0][1].lower() == text:
            self._tokens.pop(0)
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._take(text):
            got = self._tokens[0][1] if self._tokens else "the end"
            raise SoqlError(f"Expected {text!r} but got {got!r} in {self.clause!r}")

    def _end(self) -> None:
        if self._tokens:
            raise SoqlError(f"Unexpected {self._tokens[0][1]!r} in {self.clause!r}")
