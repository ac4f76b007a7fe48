"""What a downloaded year owes besides status, type and length: its columns, and as many rows as the portal counts."""

from __future__ import annotations

from crime_trends.datasets import Dataset
from crime_trends.errors import PortalError
from crime_trends.lake.checksums import Measured


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
        raise PortalError(
            f"{dataset.key}, {address}: the rows that came are not as many as the portal itself counts ("
            f"{sum(portal_rows.values())} in all): {'; '.join(differing)}; try again later"
        )
