"""What happens by the clock: raw assets grow old and their age is checked, by Dagster's own daemon, weeks from now."""

from __future__ import annotations

import time
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.assets.common import data_version_tags
from crime_trends.automation.conditions import NAME as AUTOMATION
from crime_trends.automation.sensors import look_interval
from crime_trends.datasets import DATASETS
from crime_trends.home import DAGSTER_YAML
from crime_trends.lake.local import LocalLake
from crime_trends.months import current_month
from crime_trends_tests.automation.dagster_server import DagsterServer
from crime_trends_tests.checks.conftest import WrittenLake
from crime_trends_tests.conftest import Home

pytestmark = pytest.mark.xdist_group("code_location")

AUSTIN, CALLS, NIBRS = "austin_crime_reports", "san_diego_calls_for_service", "los_angeles_nibrs_offenses"
CLOSED = "los_angeles_crime_reports"
DAY = 24 * 3600
QUIET_DAYS = 15


def report(instance: dg.DagsterInstance, dataset: str, year: str, days: float, clock: pytest.MonkeyPatch) -> None:
    """A report of a raw year, so many days from now."""
    real = time.time()
    with clock.context() as patch:
        patch.setattr(time, "time", lambda: real + days * DAY)
        instance.report_runless_asset_event(
            dg.AssetMaterialization(["raw", dataset], partition=year, tags=data_version_tags("1"))
        )


def report_reference_models(instance: dg.DagsterInstance, definitions: dg.Definitions) -> None:
    """A report of what automation would make first on a fresh start."""
    graph = definitions.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        if graph.get(key).tags["layer"] == "reference":
            instance.report_runless_asset_event(dg.AssetMaterialization(key))


def set_clock(clock: Path, days: float) -> None:
    """Lets the daemon live so many days from now."""
    aside = clock.with_suffix(".new")
    aside.write_text(str(days * DAY))
    aside.replace(clock)


def test_quiet_weeks_stay_fresh_a_dead_sensor_does_not_and_each_day_the_age_of_the_data_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, definitions: dg.Definitions
) -> None:
    home = Home(tmp_path / "home")
    dagster_home = home.path / "dagster"
    dagster_home.mkdir(parents=True)
    (dagster_home / "dagster.yaml").write_text(DAGSTER_YAML)
    with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
        # San Diego's sensor looks every day and finds nothing new; Austin's and Los Angeles's died after a look.
        interval = look_interval(DATASETS[CALLS]).days
        for day in range(0, QUIET_DAYS, interval):
            report(instance, CALLS, "2026", day, monkeypatch)
        report(instance, AUSTIN, "2026", 0, monkeypatch)
        report(instance, CLOSED, "2024", 0, monkeypatch)
        report(instance, NIBRS, "2026", 0, monkeypatch)
        # A backfill of an old year, long after the last look.
        report(instance, NIBRS, "2024", QUIET_DAYS - 1, monkeypatch)
        report_reference_models(instance, definitions)
    # This year's calls were fetched, and no row of them ever came.
    WrittenLake(LocalLake(home.path / "lake")).fetch(current_month()[:4])

    set_clock(tmp_path / "clock", QUIET_DAYS)
    home.settings |= {"CLOCK": str(tmp_path / "clock"), "FRESHNESS_DAEMON_INTERVAL_SECONDS": "1"}
    with DagsterServer(home, tmp_path / "dagster.log") as dagster:
        judged = dagster.wait_for(
            "judgement of freshness",
            lambda: None if "UNKNOWN" in (found := dagster.freshness(AUSTIN, CALLS, NIBRS, CLOSED)).values() else found,
            600,
        )
        assert judged == {AUSTIN: "DEGRADED", CALLS: "HEALTHY", NIBRS: "HEALTHY", CLOSED: None}

        dagster.start_sensor(AUTOMATION)
        dagster.wait_for("tick of automation", lambda: dagster.last_tick(AUTOMATION), 600)
        assert dagster.runs() == []
        set_clock(tmp_path / "clock", QUIET_DAYS + 1)
        runs = dagster.wait_for(
            "end of the check", lambda: [run for run in dagster.runs() if run["status"] in ("SUCCESS", "FAILURE")], 600
        )
        assert [(run["status"], run["assetSelection"] or None) for run in runs] == [("SUCCESS", None)]
        status = home.command("status")
        assert f"warned    warehouse/{CALLS} data_age: there is no row; usual are 5 days at most" in status.stdout


def test_only_raw_years_of_open_datasets_have_a_policy(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    policies = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy}
    assert policies == {f"raw/{dataset.key}" for dataset in DATASETS.values() if dataset.last_month is None}
