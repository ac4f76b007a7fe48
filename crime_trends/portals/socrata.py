"""Socrata's SODA API, as much of it as ingest needs: what changed, how many rows there are, and the rows in pages."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from crime_trends.datasets import SocrataSource
from crime_trends.errors import PortalError
from crime_trends.lake.checksums import read_header
from crime_trends.portals.http import PortalSession

GROUPS_LIMIT = "50000"
"""The most rows that SODA 2.0 gives for one request; a query by year or month has far fewer."""


@dataclass(frozen=True)
class YearState:
    """What tells whether a year changed: its rows, and when the last of them was touched (UTC)."""

    rows: int
    updated_at: str | None


class SocrataDataSet:
    """A data set of a Socrata portal. What the first look says is kept: one object serves one run.

    Arguments:
        session: requests to the portal.
        source: the data set.
        page_rows: rows asked for in one request.
    """

    def __init__(self, session: PortalSession, source: SocrataSource, page_rows: int) -> None:
        self.session = session
        self.source = source
        self.page_rows = page_rows
        self._first_update: int | None = None
        self._years: dict[int, dict[int, YearState]] = {}

    @property
    def address(self) -> str:
        """Where the rows are, for messages."""
        return self.session.shown_url(f"resource/{self.source.id}")

    def rows_updated_at(self) -> int:
        """When the data set last changed, Unix seconds, as of now."""
        path = f"api/views/{self.source.id}.json"
        metadata = self.session.json(path)
        try:
            return int(metadata["rowsUpdatedAt"])
        except (KeyError, TypeError, ValueError):
            raise self.session.error(
                self.session.url(path), "expected metadata with rowsUpdatedAt, got JSON without"
            ) from None

    def first_seen_update(self) -> int:
        """When the data set last changed, as this object first saw it."""
        if self._first_update is None:
            self._first_update = self.rows_updated_at()
        return self._first_update

    def years(self, rows_updated_at: int) -> dict[int, YearState]:
        """The state of every year, asked for once per value of ``rows_updated_at``, which the caller just read."""
        if rows_updated_at not in self._years:
            parameters = {
                "$select": f"date_extract_y({self.source.date_column}) as year,count(*) as rows,"
                "max(:updated_at) as updated_at",
                "$group": "year",
                "$order": "year",
                "$limit": GROUPS_LIMIT,
            }
            # A row without a date has no key "year".
            self._years[rows_updated_at] = self._groups(
                parameters,
                lambda group: (int(group["year"]), YearState(int(group["rows"]), group.get("updated_at"))),
                "year",
            )
        return self._years[rows_updated_at]

    def count(self, where: str | None = None) -> int:
        """The portal's own count of the rows that fit the condition, or of all rows."""
        parameters = {"$select": "count(*) as rows", **({"$where": where} if where else {})}
        counted = self._groups(parameters, lambda group: ("", int(group["rows"])), "rows")
        if "" not in counted:
            raise self._error("expected a count, got none")
        return int(counted[""])

    def month_rows(self, where: str) -> dict[str, int]:
        """Month -> the portal's own count of the rows that fit the condition."""
        parameters = {
            "$select": f"date_trunc_ym({self.source.date_column}) as month,count(*) as rows",
            "$where": where,
            "$group": "month",
            "$order": "month",
            "$limit": GROUPS_LIMIT,
        }
        return self._groups(parameters, lambda group: (str(group["month"])[:7], int(group["rows"])), "month")

    def download_pages(self, where: str, file: Path) -> bool:
        """Writes the rows that fit the condition to one CSV, with ``:id`` and ``:updated_at`` before the columns.

        Returns:
            Whether every row came once; False if the pages shifted meanwhile, so that one came twice.

        Raises:
            PortalError: a page can't be had whole, or its header is not the first page's.
        """
        page = file.with_suffix(".page")
        header: list[str] = []
        ids: set[str] = set()
        try:
            with file.open("wb") as output:
                while True:
                    parameters = {
                        "$select": ":id,:updated_at,*",
                        "$where": where,
                        "$order": ":id",
                        "$limit": str(self.page_rows),
                        "$offset": str(len(ids)),
                    }
                    self.session.download(self._path("csv"), page, parameters)
                    page_header, page_ids = self._read_page(page)
                    if header and page_header != header:
                        raise self._error(f"expected the first page's header on every page, got {page_header}")
                    _append(page, output, with_header=not header)
                    header = page_header
                    seen = len(ids)
                    ids.update(page_ids)
                    if len(ids) < seen + len(page_ids):
                        return False
                    if len(page_ids) < self.page_rows:
                        return True
        finally:
            page.unlink(missing_ok=True)

    def _read_page(self, page: Path) -> tuple[list[str], list[str]]:
        try:
            header = read_header(page)
            if ":id" not in header:
                raise self._error(f"expected a CSV with the column :id, got the columns {', '.join(header) or 'none'}")
            position = header.index(":id")
            with page.open(encoding="utf-8-sig", newline="") as stream:
                rows = csv.reader(stream)
                next(rows)
                return header, [row[position] for row in rows if len(row) > position]
        except (csv.Error, UnicodeDecodeError) as error:
            raise self._error(f"expected a CSV in UTF-8, got what can't be read as such ({error})") from None

    def _groups(
        self, parameters: dict[str, str], parse: Callable[[dict[str, Any]], tuple[Any, Any]], key: str
    ) -> dict[Any, Any]:
        groups = self.session.json(self._path("json"), parameters)
        try:
            return dict(parse(group) for group in groups if key in group)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise self._error(f"expected rows by {key}, got other JSON for {parameters['$select']}") from None

    def _path(self, suffix: str) -> str:
        return f"resource/{self.source.id}.{suffix}"

    def _error(self, problem: str) -> PortalError:
        return self.session.error(self.session.url(f"resource/{self.source.id}"), problem)


def _append(page: Path, output: BinaryIO, *, with_header: bool) -> None:
    """Adds a page to the file, ended by a line break even where the portal leaves the last one out."""
    with page.open("rb") as stream:
        header = stream.readline()
        if with_header:
            output.write(header)
        shutil.copyfileobj(stream, output)
        stream.seek(-1, 2)
        if stream.read(1) != b"\n":
            output.write(b"\r\n" if header.endswith(b"\r\n") else b"\n")
