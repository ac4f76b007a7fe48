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
from crime_trends.months import first_day, next_month
from crime_trends.portals.http import NotAtPortalError, PortalSession
from crime_trends.portals.source import DOWNLOAD_ATTEMPTS, Download, Look

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


class SocrataYear:
    """The rows of a data set that are dated within some months of a year.

    Arguments:
        data_set: the data set.
        first_month, last_month: both included, of one year, ``YYYY-MM``.
    """

    def __init__(self, data_set: SocrataDataSet, first_month: str, last_month: str) -> None:
        self.data_set = data_set
        self.year = int(first_month[:4])
        column = data_set.source.date_column
        self.where = (
            f"{column} >= '{first_day(first_month)}T00:00:00.000' AND "
            f"{column} < '{first_day(next_month(last_month))}T00:00:00.000'"
        )

    @property
    def name(self) -> str:
        """The id of the data set."""
        return self.data_set.source.id

    @property
    def address(self) -> str:
        """The data set's address and the year."""
        return f"{self.data_set.session.shown_url(f'resource/{self.name}')} of {self.year}"

    def look(self, old_version: dict[str, Any] | None) -> Look:
        """Compares first the data set's time of change, and only if it differs the year's rows and latest change."""
        try:
            updated = self.data_set.first_seen_update()
        except NotAtPortalError:
            return Look(version={}, change="the portal does not have it", missing=True)
        if old_version and old_version["rowsUpdatedAt"] == updated:
            return Look(old_version, change="", missing=not old_version["rows"], rows=old_version["rows"])
        version = self._version(updated)
        rows, old_rows = version["rows"], (old_version or {}).get("rows")
        if old_version is None:
            change = "the portal has rows of it"
        elif rows != old_rows:
            change = f"{rows} rows at the portal, {old_rows} before"
        elif version["updated_at"] != old_version["updated_at"]:
            change = f"rows changed at the portal up to {version['updated_at']}"
        else:
            change = ""
        return Look(version, change, missing=rows == 0, rows=rows)

    def download(self, file: Path) -> Download:
        """Downloads the rows page by page; starts again if the data set changed meanwhile.

        Raises:
            PortalError: a page can't be had whole, or the data set changed in every attempt.
        """
        for _ in range(DOWNLOAD_ATTEMPTS):
            updated = self.data_set.rows_updated_at()
            version = self._version(updated)
            month_rows = self.data_set.month_rows(self.where)
            each_once = self.data_set.download_pages(self.where, file)
            unchanged = (
                self.data_set.rows_updated_at() == updated and self.data_set.month_rows(self.where) == month_rows
            )
            if each_once and unchanged:
                return Download(version, month_rows)
        raise self.data_set.session.error(
            self.address,
            "expected data that stay the same during the download, got "
            + ("other counts or another rowsUpdatedAt after it" if each_once else "a row (:id) twice")
            + f" (attempts: {DOWNLOAD_ATTEMPTS}); try again later",
        )

    def _version(self, rows_updated_at: int) -> dict[str, Any]:
        state = self.data_set.years(rows_updated_at).get(self.year, YearState(0, None))
        return {"rowsUpdatedAt": rows_updated_at, "rows": state.rows, "updated_at": state.updated_at}


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
