"""Months that were cleaned but not published, because their numbers did not add up: noted until they are published.

A month that was refused leaves no trace in the manifests; without a note, nobody who looks at the dataset later could
tell that it is still missing.
"""

from __future__ import annotations

from crime_trends.lake.local import LocalLake

REFUSED = "refused"


def refuse(lake: LocalLake, dataset: str, month: str, why: str) -> None:
    """Notes that a month was not published."""
    path = lake.path(f"{REFUSED}/{dataset}/{month}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(why)


def accept(lake: LocalLake, dataset: str, month: str) -> None:
    """Forgets the note of a month, which was published now."""
    lake.path(f"{REFUSED}/{dataset}/{month}").unlink(missing_ok=True)


def refusals(lake: LocalLake, dataset: str) -> dict[str, str]:
    """Month -> why it was not published, of the months with a note, oldest first."""
    return {path.name: path.read_text() for path in sorted(lake.path(f"{REFUSED}/{dataset}").glob("*"))}
