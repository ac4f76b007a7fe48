"""Before a large backfill on Google Cloud: what it is, and that whoever asks for it means it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crime_trends.commands.progress import say
from crime_trends.datasets import Dataset
from crime_trends.errors import UsageError
from crime_trends.settings import Settings
from crime_trends.warehouse.estimates import estimated_bytes
from crime_trends.warehouse.opening import warehouse_of

LARGE_MONTHS = 60
"""More months than this, of all datasets together, are a large backfill: a year of five datasets is none."""


def agree(settings: Settings, asked: Mapping[Dataset, Sequence[str]], *, yes: bool) -> None:
    """Prints the months and estimated bytes of a large backfill; where data cost nothing, nothing is asked.

    Raises:
        UsageError: it is large, and ``--yes`` was not said.
    """
    months = sum(map(len, asked.values()))
    if settings.target == "local" or months <= LARGE_MONTHS:
        return
    estimates = estimated_bytes(warehouse_of(settings), asked)
    for dataset, estimate in estimates.items():
        listed = asked[dataset]
        say(f"{dataset.key}: {len(listed)} months, {listed[0]} to {listed[-1]}, about {estimate / 1e6:,.0f} MB")
    total = f"{months} months, about {sum(estimates.values()) / 1e9:,.2f} GB in BigQuery"
    say(f"{total}, which bills each reading of them")
    if not yes:
        raise UsageError(f"this is a large backfill ({total}); say --yes to go on")
