"""What automation asks for when something changes, over the project's own graph: events are reported, nothing runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import pytest

from crime_trends.assets.common import data_version_tags
from crime_trends.datasets import DATASETS
from crime_trends.months import month_range, trailing_months

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
        of_datasets = ("raw", "clean", "warehouse")
        return sorted(
            it.key.to_user_string() for it in nodes if it.partitions_def and it.key.path[0] not in of_datasets
        )


@pytest.fixture
def automation(definitions: dg.Definitions) -> Iterator[Automation]:
    """A graph in which San Diego's calls of two years are built, and a first tick that asks for nothing."""
    with dg.DagsterInstance.ephemeral() as instance:
        automation = Automation(definitions, instance)
        automation.build(CALLS, month_range("2018-01", "2019-12"))
        for key in automation.graph.materializable_asset_keys:
            if (
                key.path[0] in ("facts", "intermediate", "marts", "reports")
                and automation.graph.get(key).partitions_def is None
            ):
                automation.report(key.to_user_string(), "1")
        assert automation.tick() == {}
        yield automation


def test_a_fresh_start_makes_the_reference_models_and_then_the_recent_months_and_only_then_the_marts(
    definitions: dg.Definitions,
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        automation = Automation(definitions, instance)
        reference = automation.tick()
        assert {automation.graph.get(dg.AssetKey(key.split("/"))).tags["layer"] for key in reference} == {"reference"}
        assert {"facts/dim_datasets", "facts/austin_offense_crosswalk"} <= reference.keys()
        automation.report(f"raw/{AUSTIN}_outside", "1")
        for key in (*reference, *automation.tick()):
            automation.report(key, "1")
        assert automation.tick() == {}

        recent = trailing_months(DATASETS[AUSTIN])
        automation.report(f"raw/{AUSTIN}", "1", sorted({month[:4] for month in recent}))
        asked = automation.tick()
        assert asked[f"clean/{AUSTIN}"] == asked[FACTS] == asked["facts/month_ledger"] == recent
        assert of_layer(asked, "marts") == {}
        for key in asked:
            automation.report(key, "1", recent)
        asked = automation.tick()
        assert {"marts/mart_reconciliation", "marts/mart_monthly_counts", "reports/dashboard"} <= asked.keys()
        assert of_layer(asked, "facts") == {}


def of_layer(asked: Requested, layer: str) -> Requested:
    """What is asked for in one layer."""
    return {key: partitions for key, partitions in asked.items() if key.startswith(f"{layer}/")}


def test_the_same_bytes_again_move_nothing(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "1", ["2019"])
    assert automation.tick() == {}


def test_a_changed_old_year_is_asked_for_as_a_whole_at_once_and_nothing_else(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "2", ["2019"])
    asked = automation.tick()
    following = (f"clean/{CALLS}", f"clean/{CALLS}_rejects", f"warehouse/{CALLS}", *automation.facts)
    assert asked == dict.fromkeys(following, YEAR_2019)
    assert automation.tick() == {}


def test_years_that_changed_together_are_one_range_over_the_new_year(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "2", ["2018", "2019"])
    assert automation.tick()[f"clean/{CALLS}"] == month_range("2018-01", "2019-12")


def test_what_was_asked_for_and_done_is_not_asked_for_again_and_the_marts_follow(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "2", ["2019"])
    automation.tick()
    for key in (f"clean/{CALLS}", f"clean/{CALLS}_rejects", f"warehouse/{CALLS}", *automation.facts):
        automation.report(key, "1", YEAR_2019)
        automation.report(key, "2", ["2019-02", "2019-11"])
    asked = automation.tick()
    assert {key.split("/")[0] for key in asked} <= {"intermediate", "marts", "reports"}
    assert {"marts/mart_daily_counts", "marts/mart_reconciliation", "reports/dashboard"} <= asked.keys()
    for key in asked:
        automation.report(key, "2")
    assert automation.tick() == {}


def test_facts_that_came_out_the_same_leave_the_marts_alone(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "2", ["2019"])
    automation.tick()
    for key in (f"clean/{CALLS}", f"clean/{CALLS}_rejects", f"warehouse/{CALLS}", *automation.facts):
        automation.report(key, "1", YEAR_2019)
    assert automation.tick() == {}


def test_marts_wait_for_the_facts_when_a_table_changed_by_hand(automation: Automation) -> None:
    automation.report(f"warehouse/{CALLS}", "2", ["2019-02"])
    asked = automation.tick()
    assert asked == {key: ["2019-02"] for key in automation.facts}


def test_rows_outside_that_changed_go_to_the_reconciliation_and_no_month_is_made_for_them(
    automation: Automation,
) -> None:
    for key in (f"raw/{AUSTIN}_outside", f"clean/{AUSTIN}_outside_rejects", f"warehouse/{AUSTIN}_outside"):
        automation.report(key, "1")
    for key in automation.tick():
        automation.report(key, "2")
    assert automation.tick() == {}
    automation.report(f"raw/{AUSTIN}_outside", "2")
    asked = automation.tick()
    assert of_layer(asked, "clean").keys() == {f"clean/{AUSTIN}_outside_rejects"}
    assert of_layer(asked, "warehouse").keys() == {f"warehouse/{AUSTIN}_outside"}
    assert {"marts/mart_reconciliation", "reports/dashboard"} <= asked.keys()
    assert not set(automation.facts) & asked.keys()


def test_a_failing_dataset_holds_the_facts_of_another_back_only_until_its_table_has_new_months(
    automation: Automation,
) -> None:
    automation.build(AUSTIN, YEAR_2019)
    automation.tick()
    for dataset in (AUSTIN, CALLS):
        automation.report(f"raw/{dataset}", "2", ["2019"])
    assert automation.tick()[FACTS] == YEAR_2019
    assert automation.tick() == {}
    # The cleaning of one of them fails, so that the facts that were asked for are never made.
    for key in (f"clean/{CALLS}", f"clean/{CALLS}_rejects", f"warehouse/{CALLS}"):
        automation.report(key, "2", ["2019-02"])
    assert automation.tick() == {key: ["2019-02"] for key in automation.facts}


def test_months_that_nobody_built_stay_unbuilt(automation: Automation) -> None:
    automation.build(CALLS, month_range("2017-03", "2017-06"))
    automation.tick()
    automation.report(f"raw/{CALLS}", "2", ["2017"])
    asked = automation.tick()
    assert asked[f"clean/{CALLS}"] == asked[f"warehouse/{CALLS}"] == asked[FACTS] == month_range("2017-03", "2017-06")


def test_a_year_that_only_its_raw_data_are_brought_of_stays_unbuilt(automation: Automation) -> None:
    automation.report(f"raw/{CALLS}", "1", ["2016"])
    automation.report(f"raw/{CLOSED}", "1", ["2024"])
    assert automation.tick() == {}


def test_recent_months_are_built_though_they_never_were(automation: Automation) -> None:
    recent = trailing_months(DATASETS[AUSTIN])
    automation.report(f"raw/{AUSTIN}", "1", sorted({month[:4] for month in recent}))
    asked = automation.tick()
    assert asked[f"clean/{AUSTIN}"] == asked[f"warehouse/{AUSTIN}"] == asked[FACTS] == recent


@pytest.mark.parametrize(
    ("changed", "following"),
    [
        ("warehouse/san_diego_beats", "facts/dim_san_diego_beats"),
        ("facts/austin_offense_crosswalk", FACTS),
    ],
    ids=["look-up", "crosswalk"],
)
def test_a_changed_look_up_or_crosswalk_asks_for_built_months_only(
    automation: Automation, changed: str, following: str
) -> None:
    """Over the whole chain a look-up is changed in ``test_with_daemon``.

    A crosswalk is a file of the code and no setting, so a running code location never sees another one; that another
    one makes months stale is tested with the versions of the models.
    """
    automation.report(changed, "2")
    asked = automation.tick()
    assert following in asked
    if following != FACTS:
        assert of_layer(asked, "facts").keys() == {following}
        automation.report(following, "2")
        asked = automation.tick()
    assert asked[FACTS] == month_range("2018-01", "2019-12")
    assert of_layer(asked, "clean") == of_layer(asked, "warehouse") == {}
