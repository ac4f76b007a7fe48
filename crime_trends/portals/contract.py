"""What a download owes besides status, type and length: a CSV with its columns and the rows that the portal counts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from crime_trends.datasets import Dataset
from crime_trends.errors import PortalBusyError, PortalError
from crime_trends.lake.checksums import Measured, measure
from crime_trends.settings import Settings

MOST_UNDATED = 0.05
FEW_UNDATED = 20
"""The share of a yearly file's rows, or the rows if that is more, that may belong to none of the year's months."""


def measured_download(
    settings: Settings, dataset: Dataset, label: str, months: Collection[str], file: Path, address: str
) -> Measured:
    """Rows and checksums of a finished download, by month.

    Arguments:
        settings: the memory that it may take, and where it puts what does not fit.
        dataset: whose column map names what counts.
        label: what was downloaded, for messages.
        months: those that are told apart, ``YYYY-MM``.
        file, address: what was downloaded, and from where.

    Raises:
        PortalError: it is no CSV.
    """
    try:
        return measure(
            file,
            dataset.column_map,
            months,
            memory_limit=settings.duckdb_memory,
            temporary_dir=settings.temporary_dir,
        )
    except ValueError as error:
        raise PortalError(
            f"{label}, {address}: expected a CSV in UTF-8, got what can't be read as such ({error}); "
            "the last good data stay"
        ) from None


def new_columns(dataset: Dataset, header: list[str], address: str) -> list[str]:
    """The columns that the portal added, which are worth a warning.

    Raises:
        PortalError: a column that the cleaning needs is missing.
    """
    missing = dataset.column_map.missing_columns(header)
    if missing:
        raise PortalError(
            f"{dataset.key}, {address}: expected the columns {', '.join(missing)}, which are missing; got "
            f"{', '.join(header)}. If the portal renamed them, add the new names to the column map"
        )
    return dataset.column_map.unknown_columns(header)


def check_counts(dataset: Dataset, measured: Measured, portal_rows: dict[str, int], address: str) -> None:
    """Compares the rows of a download with the portal's own counts, month by month.

    Raises:
        PortalError: a month has other rows than the portal counts; the message names each.
    """
    got = {month: rows for month, (rows, _) in measured.months.items()}
    differing = [
        f"{month}: expected {portal_rows.get(month, 0)}, got {got.get(month, 0)}"
        for month in sorted(portal_rows.keys() | got.keys())
        if portal_rows.get(month, 0) != got.get(month, 0)
    ]
    if measured.undated_rows:
        differing.append(f"outside the year: expected 0, got {measured.undated_rows}")
    if differing:
        raise PortalBusyError(
            f"{dataset.key}, {address}: the rows that came are not as many as the portal itself counts ("
            f"{sum(portal_rows.values())} in all): {'; '.join(differing)}; try again later"
        )


def check_dates(dataset: Dataset, measured: Measured, year: int, address: str) -> None:
    """Refuses a yearly file of which a good part belongs to no month, where the portal counts no rows by month.

    A few rows without a usable date are rejects of the file's first month. Many are a new way of writing dates, or
    another year's file: published, they would empty the months that were good.

    Raises:
        PortalError: the share is larger than ``MOST_UNDATED``.
    """
    if measured.undated_rows > max(FEW_UNDATED, MOST_UNDATED * measured.rows):
        column = dataset.column_map.source_columns(measured.header)[dataset.column_map.month_column]
        raise PortalError(
            f"{dataset.key}, {address}: {measured.undated_rows} of {measured.rows} rows belong to no month of {year} "
            f"by their {column}, more than {MOST_UNDATED:.0%}; the last good data stay. If the portal writes its dates "
            "in a new way, add it to spark/crime_cleaning/date_texts.py"
        )
