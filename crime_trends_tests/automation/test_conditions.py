"""What automation asks for when something changes, over the project's own graph: events are reported, nothing runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import pytest

from crime_trends.assets.common import data_version_tags
from crime_trends.months import month_range

pytestmark = pytest.mark.xdist_group("code_location")

CALLS, AUSTIN, CLOSED = "san_diego_calls_for_service", "austin_crime_reports", "los_angeles_crime_reports"
FACTS = "facts/fct_incidents"
YEAR_2019 = month_range("2019-01", "2019-12")
Requested = dict[str, list[str]]


class Automation:
    """The graph with a memory of its own, to which one reports what was made and asks what follows."""

    def __init__(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self.definitions = definitions
        self.instance = instance
        self.graph = definitions.resolve_asset_graph()
        self.cursor: object = None

    def report(self, key: str, version: str, partitions: Sequence[str] = ()) -> None:
        """Reports that an asset, or some partitions of it, were made and are of that version."""
        for partition in partitions or [None]:
            event = dg.AssetMaterialization(key.split("/"), partition=partition, tags=data_version_tags(version))
            self.instance.report_runless_asset_event(event)

    def tick(self) -> Requested:
        """Asset -> partitions that are asked for now ("" for one without partitions), in order."""
        result = dg.evaluate_automation_conditions(self.definitions, instance=self.instance, cursor=self.cursor)
        self.cursor = result.cursor
        return {
            key.to_user_string(): sorted(partition or "" for partition in asked)
            for key in self.graph.materializable_asset_keys
            if (asked := result.get_requested_partitions(key))
        }

    def build(self, dataset: str, months: Sequence[str], version: str = "1") -> None:
        """Reports a dataset as made from the raw years to the tables, and the facts of these months."""
        self.report(f"raw/{dataset}", version, sorted({month[:4] for month in months}))
        for key in (f"clean/{dataset}", f"clean/{dataset}_rejects", f"warehouse/{dataset}"):
            self.report(key, version, months)
        for key in self.facts:
            self.report(key, version, months)

    @property
    def facts(self) -> list[str]:
        """The models that are built by month."""
        nodes = (self.graph.get(key) for key in self.graph.materializable_asset_keys)
        return sorted(it.key.to_user_string() for it in nodes if it.partitions_def and it.key.path[0] == "facts")


@pytest.fixture
def automation(definitions: dg.Definitions) -> Iterator[Automation]:
    """A graph in which San Diego's calls of two years are built, and a first tick that asks for nothing."""
    with dg.DagsterInstance.ephemeral() as instance:
        automation = Automation(definitions, instance)
        automation.build(CALLS, month_range("2018-01", "2019-12"))
        for key in ("facts/dim_datasets", "facts/dim_san_diego_beats", "marts/mart_daily_counts", "reports/dashboard"):
            automation.report(key, "1")
        assert automation.tick() == {}
        yield automation


def test_the_same_bytes_again_move_nothing(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "1", ["2019"])
    assert automation.tick() == {}


def test_a_changed_old_year_is_asked_for_as_a_whole_and_nothing_else(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "2", ["2019"])
    asked = automation.tick()
    assert asked.pop(FACTS) == YEAR_2019
    assert asked.pop("facts/fct_san_diego_calls") == YEAR_2019
    assert asked == dict.fromkeys((f"clean/{CALLS}", f"clean/{CALLS}_rejects", f"warehouse/{CALLS}"), YEAR_2019)
    assert automation.tick() == {}
