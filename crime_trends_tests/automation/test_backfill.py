"""What ``crime-trends backfill`` asks of the running Dagster."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from crime_trends.commands.backfill import Asset, partitions_by_assets
from crime_trends.commands.run import RunRequest
from crime_trends.datasets import DATASETS
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.automation.dagster_server import free_port
from crime_trends_tests.conftest import Home

pytestmark = pytest.mark.xdist_group("code_location")

AUSTIN, NIBRS, CALLS = "austin_crime_reports", "los_angeles_nibrs_offenses", "san_diego_calls_for_service"
TABLES = tuple(f"warehouse/{key}" for key in DATASETS)


def asset(key: str, *parents: str, has_partitions: bool = False) -> tuple[tuple[str, ...], Asset]:
    """An asset as the running Dagster lists it."""
    return tuple(key.split("/")), Asset(has_partitions, frozenset(tuple(parent.split("/")) for parent in parents))


MADE = dict(
    [
        *(asset(f"{layer}/{key}", has_partitions=True) for layer in ("raw", "clean", "warehouse") for key in DATASETS),
        asset(f"raw/{AUSTIN}_outside"),
        asset(f"clean/{AUSTIN}_outside_rejects", f"raw/{AUSTIN}_outside"),
        asset(f"warehouse/{AUSTIN}_outside", f"clean/{AUSTIN}_outside_rejects"),
        asset("raw/san_diego_beats"),
        asset("raw/san_diego_police_beats"),
        asset("facts/dim_datasets"),
        asset("intermediate/int_month_counts", "facts/fct_incidents"),
        asset("facts/fct_incidents", *TABLES, "facts/dim_datasets", has_partitions=True),
        asset("facts/fct_san_diego_calls", f"warehouse/{CALLS}", has_partitions=True),
        asset("facts/vintages", "facts/fct_incidents", has_partitions=True),
        asset("facts/month_ledger", "facts/fct_incidents", "facts/fct_san_diego_calls", has_partitions=True),
        asset("marts/mart_daily_counts", "facts/fct_incidents", "facts/month_ledger"),
        asset("marts/mart_of_calls", "facts/fct_san_diego_calls", "facts/month_ledger"),
        asset("reports/dashboard", "marts/mart_daily_counts"),
    ]
)


def selection(first: str, last: str, *datasets: str) -> dict[str, tuple[str, str] | None]:
    """Asset -> the first and the last of its partitions that a backfill makes."""
    return {
        "/".join(entry["assetKey"]["path"]): tuple(entry["partitions"]["range"].values())
        if entry["partitions"]
        else None
        for entry in partitions_by_assets(RunRequest(first, last, datasets).months(), MADE)
    }


def test_each_dataset_gets_its_own_range_and_what_follows_the_whole() -> None:
    assert selection("2023-11", "2024-04", AUSTIN, NIBRS) == {
        f"raw/{AUSTIN}": ("2023", "2024"),
        f"raw/{AUSTIN}_outside": None,
        f"clean/{AUSTIN}_outside_rejects": None,
        f"warehouse/{AUSTIN}_outside": None,
        f"raw/{NIBRS}": ("2024", "2024"),
        f"clean/{AUSTIN}": ("2023-11", "2024-04"),
        f"clean/{NIBRS}": ("2024-03", "2024-04"),
        f"warehouse/{AUSTIN}": ("2023-11", "2024-04"),
        f"warehouse/{NIBRS}": ("2024-03", "2024-04"),
        "facts/dim_datasets": None,
        "facts/fct_incidents": ("2023-11", "2024-04"),
        "facts/month_ledger": ("2023-11", "2024-04"),
        "marts/mart_daily_counts": None,
        "marts/mart_of_calls": None,
        "reports/dashboard": None,
    }


def test_the_model_that_waits_for_the_most_stands_for_all_of_them() -> None:
    selected = selection("2024-03", "2024-04", CALLS)
    assert [key for key in selected if MADE[tuple(key.split("/"))].has_partitions and "/" + CALLS not in key] == [
        "facts/fct_incidents",
        "facts/month_ledger",
    ]
    assert {"raw/san_diego_beats", "raw/san_diego_police_beats"} <= selected.keys()


def test_a_backfill_makes_every_report_there_is(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.materializable_asset_keys]
    made = {
        tuple(node.key.path): Asset(
            node.partitions_def is not None, frozenset(tuple(key.path) for key in node.parent_keys)
        )
        for node in nodes
    }
    asked = RunRequest("2024-03", "2024-04").months()
    selected = {tuple(entry["assetKey"]["path"]) for entry in partitions_by_assets(asked, made)}
    assert {path for path in made if path[0] == "reports"} <= selected
    assert all(("facts", "month_ledger") in made[path].parents for path in selected if path[0] == "marts")
    monthly = {path for path in selected if path[0] in ("facts", "intermediate") and made[path].has_partitions}
    assert monthly == {("facts", "fct_incidents"), ("facts", "month_ledger")}


@pytest.mark.parametrize("runs", ["nothing", "a server that is no Dagster"])
def test_without_a_running_dagster_it_ends_in_one_line(tmp_path: Path, runs: str) -> None:
    (tmp_path / "portal" / "austin").mkdir(parents=True)
    with SamplePortal(tmp_path / "portal") as other:
        address = f"http://127.0.0.1:{free_port()}" if runs == "nothing" else other.urls["austin"]
        home = Home(tmp_path / "home", settings={"CRIME_TRENDS_WEB_URL": address})
        result = home.command("backfill", "--from", "2023-01", "--to", "2023-02")
    assert result.returncode == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("crime-trends: ")]
    assert address in line
    assert "CRIME_TRENDS_WEB_URL" in line
    assert "Traceback" not in result.stderr
