"""The parser of the SoQL that ``crime_trends.sample.soql`` translates: clauses to terms of DuckDB SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

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


def companion(column: str) -> str:
    """The name of the parsed twin of a date column; no API name can hold an ``@``."""
    return f"@{column}"


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


# What a term is: a count is told from other numbers so that it can be found in the answer.
Kind = Literal["text", "date", "number", "count", "condition"]


class Term(NamedTuple):
    """A piece of SQL with what is bound in it; ``literal`` is the text of a text literal."""

    sql: str
    kind: Kind
    values: list[object]
    literal: str | None = None


class Selection(NamedTuple):
    """A term of ``$select`` and what it is called in the answer."""

    term: Term
    alias: str


@dataclass
class Parser:
    """A recursive-descent parser of one clause; each method for a clause raises ``SoqlError`` if it is none.

    Arguments:
        clause: the text.
        table: what its columns are.
        aliases: names of selections -> their positions, for ``$group`` and ``$order``.
    """

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

    def selections(self) -> list[Selection]:
        """The clause as a ``$select``."""
        selections: list[Selection] = []
        while True:
            if self._take("*"):
                selections += [Selection(self._raw(column), column) for column in self.table.columns]
            elif len(self._tokens) > 1 and self._tokens[1][1] == "(":
                term = self._operand()
                self._need("as")
                selections.append(Selection(term, self._name()))
            else:
                name = self._name()
                selections.append(Selection(self._raw(name), self._name() if self._take("as") else name))
            if not self._take(","):
                self._end()
                return selections

    def condition(self) -> Term:
        """The clause as a ``$where``."""
        condition = self._either()
        if condition.kind != "condition":
            raise SoqlError(f"$where must be a condition: {self.clause!r}")
        self._end()
        return condition

    def groups(self) -> list[str]:
        """The clause as a ``$group``: SQL expressions or positions of selections."""
        groups = [self._sortable()]
        while self._take(","):
            groups.append(self._sortable())
        self._end()
        return groups

    def orders(self) -> list[str]:
        """The clause as an ``$order``: SQL expressions or positions, with their direction."""
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

    def _either(self) -> Term:
        term = self._both()
        while self._take("or"):
            term = self._joined(term, "OR", self._both())
        return term

    def _both(self) -> Term:
        term = self._negated()
        while self._take("and"):
            term = self._joined(term, "AND", self._negated())
        return term

    def _negated(self) -> Term:
        if self._take("not"):
            term = self._negated()
            return Term(f"(NOT {term.sql})", "condition", term.values)
        return self._comparison()

    def _joined(self, left: Term, word: str, right: Term) -> Term:
        if left.kind != "condition" or right.kind != "condition":
            raise SoqlError(f"{word} joins conditions only: {self.clause!r}", TYPE_MISMATCH)
        return Term(f"({left.sql} {word} {right.sql})", "condition", left.values + right.values)

    def _comparison(self) -> Term:
        left = self._operand()
        if self._take("is"):
            negation = "NOT " if self._take("not") else ""
            if not self._take("null"):
                raise SoqlError(f"IS must be followed by NULL or NOT NULL: {self.clause!r}")
            return Term(f"({left.sql} IS {negation}NULL)", "condition", left.values)
        for operator in ("<=", ">=", "<>", "!=", "=", "<", ">"):
            if self._take(operator):
                right = self._operand()
                left, right = self._comparable(left, right)
                return Term(f"({left.sql} {operator} {right.sql})", "condition", left.values + right.values)
        return left

    def _comparable(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both sides of a comparison in one type: text beside a date is read as a date."""
        if left.kind == "date":
            right = self._dated(right)
        elif right.kind == "date":
            left = self._dated(left)
        if left.kind != right.kind or left.kind == "condition":
            raise SoqlError(f"Type mismatch: {left.kind} and {right.kind} in {self.clause!r}", TYPE_MISMATCH)
        return left, right

    def _dated(self, term: Term) -> Term:
        if term.literal is None:
            return term
        try:
            return Term("?", "date", [datetime.fromisoformat(term.literal.removesuffix("Z"))])
        except ValueError:
            raise SoqlError(f"{term.literal!r} is not a timestamp", TYPE_MISMATCH) from None

    # Operands.

    def _operand(self) -> Term:
        if self._take("("):
            term = self._either()
            self._need(")")
            return term
        kind, text = self._tokens[0] if self._tokens else ("", "")
        if kind == "text":
            self._tokens.pop(0)
            literal = text[1:-1].replace("''", "'")
            return Term("?", "text", [literal], literal)
        if kind == "number":
            self._tokens.pop(0)
            return Term("?", "number", [float(text)])
        name = self._name()
        return self._function(name) if self._take("(") else self._typed(name)

    def _function(self, name: str) -> Term:
        function = name.lower()
        if function == "count" and self._take("*"):
            term = Term("count(*)", "count", [])
        elif function in ("min", "max"):
            argument = self._typed(self._name())
            term = Term(f"{function}({argument.sql})", argument.kind, [])
        elif function in DATE_FUNCTIONS:
            argument = self._typed(self._name())
            if argument.kind != "date":
                raise SoqlError(f"{function} needs a date: {self.clause!r}", TYPE_MISMATCH)
            kind: Kind = "number" if "extract" in function else "date"
            term = Term(DATE_FUNCTIONS[function].format(argument.sql), kind, [])
        else:
            raise SoqlError(f"No such function: {name} in {self.clause!r}", "query.soql.no-such-function")
        self._need(")")
        return term

    def _sortable(self) -> str:
        if self._tokens and self._tokens[0][1] in self.aliases:
            return str(self.aliases[self._tokens.pop(0)[1]])
        return self._operand().sql

    def _typed(self, name: str) -> Term:
        """A column as what it means: a date as a timestamp."""
        term = self._raw(name)
        return Term(quoted(companion(name)), "date", []) if name in self.table.dates else term

    def _raw(self, name: str) -> Term:
        """A column as the text that is served."""
        if name not in self.table.columns and name not in self.table.system_columns:
            raise SoqlError(f"No such column: {name}", "query.soql.no-such-column")
        return Term(quoted(name), "text", [])

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
