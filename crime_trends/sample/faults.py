"""Faults that the sample portal can be told to have, so that tests see what a client makes of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from crime_trends.errors import UsageError

FaultKind = Literal[
    "status", "html", "cut", "reset", "slow", "wrong_count", "drop_column", "drop_rows", "touch", "insert_row"
]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Arguments:
        kind: what goes wrong:
            ``status``: an error answer with ``status`` (and ``Retry-After: <retry_after>`` if given);
            ``html``: an HTML page with status 200;
            ``cut``: the connection ends after ``bytes`` bytes of a body that was announced to be longer;
            ``reset``: the connection is reset before anything is answered;
            ``slow``: the answer comes after ``seconds``;
            ``wrong_count``: each ``count(*)`` is off by ``rows``;
            ``drop_column``: the CSV lacks ``column``;
            ``drop_rows``: the CSV lacks its last ``rows`` rows, though the answer is whole;
            ``touch``: the portal says from now on that the rows, or the file, changed (once, before the answer);
            ``insert_row``: a row that sorts before all others appears (once, before the answer).
        city: only requests to this city's portal; empty is all.
        path: only requests whose decoded path and query match this regular expression.
        after: how many such requests are answered rightly first.
        times: how many requests it hits; None is for ever. ``touch`` and ``insert_row`` hit one.
    """

    kind: FaultKind
    city: str = ""
    path: str = ""
    after: int = 0
    times: int | None = None
    status: int = 503
    retry_after: str | None = None
    bytes: int = 0
    seconds: float = 0
    rows: int = 1
    column: str = ""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Fault:
        """The fault that a JSON object describes.

        Raises:
            UsageError: a field or the kind is unknown, or the pattern is none.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(values.keys() - known)
        if unknown:
            raise UsageError(f"a fault has no field {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        if values.get("kind") not in get_args(FaultKind):
            raise UsageError(f"a fault's kind is one of {', '.join(get_args(FaultKind))}, not {values.get('kind')!r}")
        try:
            re.compile(values.get("path", ""))
        except re.error as error:
            raise UsageError(f"a fault's path must be a regular expression: {error}") from None
        return cls(**values)


class Faults:
    """The faults that are set, and how many requests each has met. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Sets a fault."""
        with self._lock:
            self._met.append((fault, [0]))

    def clear(self) -> None:
        """Takes all faults away."""
        with self._lock:
            self._met.clear()

    def meet(self, city: str, target: str) -> list[Fault]:
        """The faults that hit a request, which counts as met."""
        hits = []
        with self._lock:
            for fault, met in self._met:
                if (fault.city and fault.city != city) or not re.search(fault.path, target):
                    continue
                times = 1 if fault.kind in ("touch", "insert_row") else fault.times
                if met[0] >= fault.after and (times is None or met[0] < fault.after + times):
                    hits.append(fault)
                met[0] += 1
        return hits
