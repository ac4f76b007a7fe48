"""Months that were cleaned but not published, because their numbers did not add up: noted until they are published.

A month that was refused leaves no trace in the manifests; without a note, nobody who looks at the dataset later could
tell that it is still missing.
"""

from __future__ import annotations

from crime_trends.lake.base import Lake

REFUSED = "refused"


def refuse(lake: Lake, dataset: str, month: str, why: str) -> None:
    """Notes that a month was not published."""
    lake.write_text(f"{REFUSED}/{dataset}/{month}", why)


def accept(lake: Lake, dataset: str, month: str) -> None:
    """Forgets the note of a month, which was published now."""
    lake.remove(f"{REFUSED}/{dataset}/{month}")


def refusals(lake: Lake, dataset: str) -> dict[str, str]:
    """Month -> why it was not published, of the months with a note, oldest first."""
    notes = {file.path.rpartition("/")[2]: lake.read_text(file.path) for file in lake.files(f"{REFUSED}/{dataset}")}
    return {month: why for month, why in notes.items() if why is not None}
