"""``crime-trends backfill``: hands months of several datasets to the running Dagster as one backfill.

One backfill in the web UI can't hold datasets of different spans; over GraphQL it can, with a range for each asset. The
daemon makes of it one run per dataset and step, one for the facts, one for the marts, and shows it as one backfill.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import requests

from crime_trends.commands.agreement import agree
from crime_trends.commands.progress import say
from crime_trends.commands.run import RunRequest
from crime_trends.datasets import DATASETS, Dataset
from crime_trends.errors import CrimeTrendsError
from crime_trends.months import years_of
from crime_trends.portals.http import is_loopback
from crime_trends.settings import PREFIX, Settings

SECONDS = 60.0
WHOLE_LAYERS = ("facts", "marts", "reports")
FACTS_LEDGER = ("facts", "month_ledger")
TABLES = {("warehouse", key) for key in DATASETS}
ASSETS = "{ assetNodes { assetKey { path } dependencyKeys { path } isPartitioned isMaterializable } }"
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


Path: TypeAlias = tuple[str, ...]
"""The parts of an asset's key."""


@dataclass(frozen=True)
class Asset:
    """An asset as the running Dagster knows it: whether it has partitions, and what it depends on."""

    has_partitions: bool
    parents: frozenset[Path]


def backfill(request: RunRequest) -> int:
    """Launches the backfill and prints its id and its page; returns the exit code.

    Raises:
        UsageError: the range is empty, a named dataset has no month in it, or it is large and nobody said yes.
        CrimeTrendsError: no Dagster answers, or it refuses.
    """
    asked = request.months()
    settings = Settings.load()
    agree(settings, asked, yes=request.yes)
    server = DagsterServer(settings)
    nodes = server.ask(ASSETS)["assetNodes"]
    made = {
        tuple(node["assetKey"]["path"]): Asset(
            node["isPartitioned"], frozenset(tuple(key["path"]) for key in node["dependencyKeys"])
        )
        for node in nodes
        if node["isMaterializable"]
    }
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


def partitions_by_assets(asked: Mapping[Dataset, Sequence[str]], made: Mapping[Path, Asset]) -> list[dict[str, Any]]:
    """What of which assets a backfill makes: years of raw data, months of the rest, each within its dataset's span.

    The daemon starts an asset as soon as what it reads of the backfill is there, and the monthly models are made
    together, whichever of them were asked for. So the one that waits for the most tables stands for all of them;
    otherwise they would be made several times. Marts wait for the ledger.

    Arguments:
        asked: dataset -> its months.
        made: all assets.
    """
    selected: dict[Path, Sequence[str]] = {}
    for dataset, months in asked.items():
        selected[("raw", dataset.key)] = years_of(months)
        for path in (("clean", dataset.key), ("clean", f"{dataset.key}_rejects"), ("warehouse", dataset.key)):
            selected[path] = months
        for path in (("raw", outside := dataset.outside_key), ("clean", f"{outside}_rejects"), ("warehouse", outside)):
            selected[path] = ()
    for lookup in {key for dataset in asked for key in dataset.lookups}:
        selected[("raw", lookup)] = selected[("warehouse", lookup)] = ()
    for boundary in {dataset.areas.boundary for dataset in asked}:
        selected[("raw", boundary)] = ()

    facts = max(made, key=lambda path: len(made[path].parents & TABLES) * made[path].has_partitions)
    months = [month for months in asked.values() for month in months]
    whole = {path for path, asset in made.items() if path[0] in WHOLE_LAYERS and not asset.has_partitions}
    selected |= {facts: months, FACTS_LEDGER: months, **dict.fromkeys(whole, ())}
    return [
        {"assetKey": {"path": list(path)}, "partitions": _range(partitions)}
        for path, partitions in sorted(selected.items())
        if path in made
    ]


def _range(partitions: Sequence[str]) -> dict[str, dict[str, str]] | None:
    return {"range": {"start": min(partitions), "end": max(partitions)}} if partitions else None


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
            answer = None
        except requests.RequestException:
            raise CrimeTrendsError(
                f"no Dagster answers at {self.url}; start it with make dev, or set {PREFIX}WEB_URL to where it is"
            ) from None
        if not isinstance(answer, dict) or not answer.keys() & {"data", "errors"}:
            raise CrimeTrendsError(f"what answers at {self.url} is no Dagster; set {PREFIX}WEB_URL")
        if answer.get("errors"):
            raise CrimeTrendsError(f"the Dagster at {self.url} answers: {answer['errors'][0]['message']}")
        data: dict[str, Any] = answer["data"]
        return data
