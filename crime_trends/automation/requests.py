"""What sensors and schedules ask for: raw years, rows outside, look-ups, boundaries; never what lies behind them."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from crime_trends.datasets import BOUNDARIES, LOOKUPS, Dataset
from crime_trends.months import trailing_months, years_of

PORTAL_TAG = "crime_trends/portal"
"""The city whose portal a run asks; the run queue lets two of each portal start (``home.py``)."""


def raw_targets(dataset: Dataset) -> dg.AssetSelection:
    """What of a dataset comes from its portal."""
    keys = [dataset.key, *([dataset.outside_key] if dataset.socrata_sources else [])]
    return dg.AssetSelection.assets(*(["raw", key] for key in keys))


def year_request(dataset: Dataset, year: str, version: str = "", *, force: bool = False) -> dg.RunRequest:
    """A run that brings a raw year up to date; forced, it is downloaded though the portal says that nothing changed.

    Arguments:
        version: what a sensor adds to the run's key, of which Dagster starts one run and no other: the version at the
            portal, and when it was asked for.
    """
    key = dg.AssetKey(["raw", dataset.key])
    return dg.RunRequest(
        run_key=f"{dataset.key} {year} {version}".strip(),
        asset_selection=[key],
        partition_key=year,
        run_config={"ops": {key.to_python_identifier(): {"config": {"force": True}}}} if force else None,
        tags={PORTAL_TAG: dataset.city},
    )


def outside_request(dataset: Dataset, version: str = "") -> dg.RunRequest:
    """A run that brings the rows outside of a dataset's years up to date. Arguments as those of ``year_request``."""
    return _whole_request(dataset.outside_key, dataset.city, version)


def lookup_request(key: str, version: str = "") -> dg.RunRequest:
    """A run that brings a look-up up to date. Arguments as those of ``year_request``."""
    return _whole_request(key, LOOKUPS[key].city, version)


def boundary_request(key: str) -> dg.RunRequest:
    """A run that brings boundaries up to date."""
    return _whole_request(key, BOUNDARIES[key].city, "")


def recent_requests(dataset: Dataset, *, force: bool = False) -> Iterator[dg.RunRequest]:
    """Runs for the recent years of a dataset and for its rows outside; none for one that ended."""
    years = years_of(trailing_months(dataset))
    yield from (year_request(dataset, year, force=force) for year in years)
    if years and dataset.socrata_sources:
        yield outside_request(dataset)


def _whole_request(key: str, city: str, version: str) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"{key} {version}".strip(),
        asset_selection=[dg.AssetKey(["raw", key])],
        tags={PORTAL_TAG: city},
    )
