"""Tables as short JSON: column by column, each in the shortest of three forms.

The page's script (``page/tables.js``) reads them back. With the whole history of all datasets they hold some 300,000
rows, which would be 30 MB as JSON objects. Sorted by their keys, most columns are runs of one value, or steps of 1.

A column is ``[form, values]``, with texts as ``[form, values, texts]`` where the values are places in ``texts``:

- ``plain``: the values.
- ``runs``: value, number of times, value, number of times, …
- ``steps``: runs of the differences between one value and the next, from 0 on.

A month is its number since year 0, a day its number since 1970-01-01, so that no time zone enters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

Number = int | float | None
Row = Sequence[Any]


def encoded_table(names: Sequence[str], rows: Sequence[Row]) -> dict[str, Any]:
    """A table as what becomes JSON: its length and its columns by name.

    Arguments:
        names: of the columns; those that are or end with ``month`` hold first days of months.
        rows: the rows, sorted by the first columns.
    """
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {
        "length": len(rows),
        "columns": {name: _encoded(name, list(column)) for name, column in zip(names, columns, strict=True)},
    }


def _encoded(name: str, values: list[Any]) -> list[Any]:
    if any(isinstance(value, str) for value in values):
        texts = sorted({value for value in values if value is not None})
        places = {text: place for place, text in enumerate(texts)}
        return [*_shortest([None if value is None else places[value] for value in values]), texts]
    return _shortest([_number(name, value) for value in values])


def _number(name: str, value: Any) -> Number:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        is_month = name == "month" or name.endswith("_month")
        return value.year * 12 + value.month - 1 if is_month else (value - date(1970, 1, 1)).days
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float | Decimal):
        return int(value) if value == int(value) else float(value)
    return value  # type: ignore[no-any-return]


def _shortest(values: list[Number]) -> list[Any]:
    forms: list[list[Any]] = [["plain", values], ["runs", _runs(values)]]
    if all(isinstance(value, int) for value in values):
        forms.append(["steps", _runs(_differences(values))])
    return min(forms, key=lambda form: len(json.dumps(form, separators=(",", ":"))))


def _runs(values: Iterable[Number]) -> list[Number]:
    return [part for value, run in groupby(values) for part in (value, sum(1 for _ in run))]


def _differences(values: list[Any]) -> list[int]:
    return [value - before for before, value in zip([0, *values], values, strict=False)]
