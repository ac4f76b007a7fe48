"""``crime-trends backfill``: hands months of several datasets to the running Dagster as one backfill.

One backfill in the web UI can't hold datasets of different spans; over GraphQL it can, with a range for each asset. The
daemon makes of it one run per dataset and step, one for the facts, one for the marts, and shows it as one backfill.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from crime_trends.commands.progress import say
from crime_trends.commands.run import RunRequest
from crime_trends.datasets import Dataset
from crime_trends.errors import CrimeTrendsError
from crime_trends.months import years_of
from crime_trends.portals.http import is_loopback
from crime_trends.settings import PREFIX, Settings

SECONDS = 60.0
FOLLOWING = ("facts", "marts", "reports")
"""The first parts of the keys of what is made of all datasets together."""

ASSETS = "{ assetNodes { assetKey { path } isPartitioned isMaterializable } }"
LAUNCH = """
mutation launch($backfillParams: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfillParams) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
    ... on UnauthorizedError { message }
  }
}
"""


def backfill(request: RunRequest) -> int:
    """Launches the backfill and prints its id and its page; returns the exit code.

    Raises:
        UsageError: the range is empty, or a named dataset has no month in it.
        CrimeTrendsError: no Dagster answers, or it refuses.
    """
    asked = request.months()
    server = DagsterServer(Settings.load())
    nodes = server.ask(ASSETS)["assetNodes"]
    made = {tuple(node["assetKey"]["path"]): node["isPartitioned"] for node in nodes if node["isMaterializable"]}
    if not made:
        raise CrimeTrendsError(f"the Dagster at {server.url} has no assets; look at its Deployment page for the reason")
    parameters = {
        "partitionsByAssets": partitions_by_assets(asked, made),
        "title": f"{request.first} to {request.last}",
        "description": ", ".join(dataset.key for dataset in asked),
    }
    launched = server.ask(LAUNCH, {"backfillParams": parameters})["launchPartitionBackfill"]
    if "backfillId" not in launched:
        raise CrimeTrendsError(f"Dagster refused the backfill: {launched.get('message', launched['__typename'])}")
    for dataset, months in asked.items():
        say(f"{dataset.key}: {months[0]} to {months[-1]}")
    print(f"backfill {launched['backfillId']}: {server.url}/runs/b/{launched['backfillId']}")
    return 0


def partitions_by_assets(
    asked: Mapping[Dataset, Sequence[str]], made: Mapping[tuple[str, ...], bool]
) -> list[dict[str, Any]]:
    """What of which assets a backfill makes: years of raw data, months of the rest, each within its dataset's span.

    Arguments:
        asked: dataset -> its months.
        made: the path of an asset's key -> whether it has partitions, of all assets.
    """
    selected: list[dict[str, Any]] = []

    def select(path: tuple[str, ...], partitions: Sequence[str] = ()) -> None:
        if path in made:
            chosen = {"range": {"start": min(partitions), "end": max(partitions)}} if partitions else None
            selected.append({"assetKey": {"path": list(path)}, "partitions": chosen})

    for dataset, months in asked.items():
        select(("raw", dataset.key), years_of(months))
        for path in (("clean", dataset.key), ("clean", f"{dataset.key}_rejects"), ("warehouse", dataset.key)):
            select(path, months)
        select(("raw", dataset.outside_key))
        select(("clean", f"{dataset.outside_key}_rejects"))
    for lookup in sorted({key for dataset in asked for key in dataset.lookups}):
        select(("raw", lookup))
        select(("warehouse", lookup))
    all_months = [month for months in asked.values() for month in months]
    for following, has_months in sorted(made.items()):
        if following[0] in FOLLOWING:
            select(following, all_months if has_months else ())
    return selected


class DagsterServer:
    """The running web server of Dagster.

    Arguments:
        settings: where it is.
    """

    def __init__(self, settings: Settings) -> None:
        self.url = settings.web_url
        self._http = requests.Session()
        self._http.trust_env = not is_loopback(self.url)

    def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data that a GraphQL query gives.

        Raises:
            CrimeTrendsError: nothing answers, or no Dagster, or with an error.
        """
        try:
            answer = self._http.post(
                f"{self.url}/graphql", json={"query": query, "variables": variables or {}}, timeout=SECONDS
            ).json()
        except requests.JSONDecodeError:
            raise CrimeTrendsError(f"what answers at {self.url} is no Dagster; set {PREFIX}WEB_URL") from None
        except requests.RequestException:
            raise CrimeTrendsError(
                f"no Dagster answers at {self.url}; start it with make dev, or set {PREFIX}WEB_URL to where it is"
            ) from None
        if answer.get("errors"):
            raise CrimeTrendsError(f"the Dagster at {self.url} answers: {answer['errors'][0]['message']}")
        data: dict[str, Any] = answer["data"]
        return data
