"""What ingest takes from a Socrata data set: the rows of a year, and the rows outside, which belong to no year.

The conditions of both are made here, so that together they are all rows and none lies in two.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from crime_trends.lake.manifests import PortalRows
from crime_trends.months import first_day, next_month
from crime_trends.portals.http import NotAtPortalError
from crime_trends.portals.socrata import SocrataDataSet, YearState
from crime_trends.portals.source import DOWNLOAD_ATTEMPTS, Download, Look

Counts = TypeVar("Counts")


def within(date_column: str, first_month: str, last_month: str) -> str:
    """The condition of the rows that are dated within some months, both included, ``YYYY-MM``."""
    start, end = _bounds(first_month, last_month)
    return f"{date_column} >= {start} AND {date_column} < {end}"


def outside(date_column: str, first_month: str, last_month: str) -> str:
    """The condition of all other rows: undated, or dated before or after these months."""
    start, end = _bounds(first_month, last_month)
    return f"{date_column} IS NULL OR {date_column} < {start} OR {date_column} >= {end}"


class SocrataYear:
    """The rows of a data set that are dated within some months of a year.

    Arguments:
        data_set: the data set.
        first_month, last_month: both included, of one year, ``YYYY-MM``.
    """

    def __init__(self, data_set: SocrataDataSet, first_month: str, last_month: str) -> None:
        self.data_set = data_set
        self.year = int(first_month[:4])
        self.where = within(data_set.source.date_column, first_month, last_month)

    @property
    def name(self) -> str:
        """The id of the data set."""
        return self.data_set.source.id

    @property
    def address(self) -> str:
        """The data set's address and the year."""
        return f"{self.data_set.address} of {self.year}"

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
        return _download(
            self.data_set,
            self.where,
            file,
            lambda updated: Download(self._version(updated), self.data_set.month_rows(self.where)),
            self.address,
        )

    def _version(self, rows_updated_at: int) -> dict[str, Any]:
        state = self.data_set.years(rows_updated_at).get(self.year, YearState(0, None))
        return {"rowsUpdatedAt": rows_updated_at, "rows": state.rows, "updated_at": state.updated_at}


class SocrataOutside:
    """The rows of a data set that belong to none of the years that are taken from it.

    Arguments:
        data_set: the data set.
        first_month, last_month: what its years span together, both included, ``YYYY-MM``.
    """

    def __init__(self, data_set: SocrataDataSet, first_month: str, last_month: str) -> None:
        self.data_set = data_set
        self.first_month = first_month
        self.last_month = last_month
        self.where = outside(data_set.source.date_column, first_month, last_month)

    @property
    def name(self) -> str:
        """The id of the data set."""
        return self.data_set.source.id

    @property
    def address(self) -> str:
        """The data set's address and the months outside of which the rows lie."""
        return f"{self.data_set.address} outside {self.first_month} to {self.last_month}"

    def look(self, old_version: dict[str, Any] | None) -> Look:
        """Compares the data set's time of change and what its years span, which grows at each New Year."""
        try:
            version = self._version(self.data_set.first_seen_update())
        except NotAtPortalError:
            return Look(version={}, change="" if old_version == {} else "the portal does not have it", missing=True)
        if version == old_version:
            return Look(version, change="")
        change = "the data set changed at the portal" if old_version else "the portal has it"
        return Look(version, change, rows=self.data_set.count(self.where))

    def download(self, file: Path) -> tuple[dict[str, Any], PortalRows]:
        """Downloads the rows as ``SocrataYear`` does; returns the version and what the portal counts in all."""

        def counts(rows_updated_at: int) -> tuple[dict[str, Any], PortalRows]:
            inside = within(self.data_set.source.date_column, self.first_month, self.last_month)
            years: dict[str, int] = {}
            for month, rows in self.data_set.month_rows(inside).items():
                years[month[:4]] = years.get(month[:4], 0) + rows
            counted = PortalRows(self.data_set.count(), years, self.data_set.count(self.where))
            return self._version(rows_updated_at), counted

        return _download(self.data_set, self.where, file, counts, self.address)

    def _version(self, rows_updated_at: int) -> dict[str, Any]:
        return {"rowsUpdatedAt": rows_updated_at, "where": self.where}


def _bounds(first_month: str, last_month: str) -> tuple[str, str]:
    start, end = first_day(first_month), first_day(next_month(last_month))
    return f"'{start}T00:00:00.000'", f"'{end}T00:00:00.000'"


def _download(
    data_set: SocrataDataSet, where: str, file: Path, counts: Callable[[int], Counts], address: str
) -> Counts:
    """Writes the rows that fit the condition to a file, and returns the counts, which are the same before and after."""
    for _ in range(DOWNLOAD_ATTEMPTS):
        updated = data_set.rows_updated_at()
        before = counts(updated)
        each_once = data_set.download_pages(where, file)
        if each_once and data_set.rows_updated_at() == updated and counts(updated) == before:
            return before
    raise data_set.session.busy_error(
        address,
        "expected data that stay the same during the download, got "
        + ("other counts or another rowsUpdatedAt after it" if each_once else "a row (:id) twice")
        + f" (attempts: {DOWNLOAD_ATTEMPTS}); try again later",
    )
