"""Until when a raw asset counts as fresh: as long as its portal is looked at as often as it publishes.

Only raw assets have a policy: everything behind them may rightly stay as it is. Freshness says that somebody looked (a
look that finds nothing new reports the newest year again, with the same data version); that the portal publishes is
what the check ``data_age`` says. It is judged by the asset's last report alone, so a backfill of an old year renews it.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from crime_trends.datasets import Dataset

GRACE = timedelta(days=1)
"""How much later than usual a look may come: a portal that is down for a night turns nothing red."""


def raw_freshness(dataset: Dataset) -> dg.FreshnessPolicy | None:
    """The policy of a dataset's raw years; none for a dataset that ended."""
    if dataset.update_interval_days is None:
        return None
    interval = timedelta(days=dataset.update_interval_days)
    return dg.FreshnessPolicy.time_window(fail_window=interval + GRACE, warn_window=interval + GRACE / 2)
