"""The sensors on the portals, called as Dagster calls them, with a real HTTP server behind them."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.assets.raw import raw_version
from crime_trends.automation.schedules import SWEEP_WEEKS
from crime_trends.automation.sensors import LOOKUPS_SENSOR, look_interval, portal_sensors, sensor_name
from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.errors import PortalError
from crime_trends.lake.local import LocalLake
from crime_trends.months import current_month, trailing_months, years_of
from crime_trends.portals.fetch import RawIngest
from crime_trends.resources.portals import PortalsResource
from crime_trends.resources.storage import LocalLakeResource
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import Settings

pytestmark = pytest.mark.xdist_group("code_location")

CALLS = DATASETS["san_diego_calls_for_service"]
REPORTS = DATASETS["los_angeles_crime_reports"]
THIS_YEAR = current_month()[:4]
HEADER = ["incident_num", "date_time", "call_type", "disposition", "beat", "priority"]


def write_calls(folder: Path, year: str, rows: int) -> None:
    """San Diego's file of a year, another whenever it has another number of rows."""
    file = folder / f"san_diego/police_calls_for_service/pd_calls_for_service_{year}_datasd.csv"
    lines = [[f"E{number}", f"{year}-01-01 00:00:05", "FD", "K", "523", "2"] for number in range(rows)]
    write_csv(file, HEADER, lines)
    os.utime(file, (1_700_000_000 + rows, 1_700_000_000 + rows))


def write_csv(file: Path, header: list[str], rows: list[list[str]]) -> None:
    """A CSV file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


class Sensors:
    """The sensors of a home whose portals are the sample portal."""

    def __init__(self, folder: Path, portal: SamplePortal) -> None:
        self.folder = folder
        self.portal = portal
        self.settings = Settings.load()
        self.lake = LocalLake(self.settings.lake_dir)
        self.sensors = {sensor.name: sensor for sensor in portal_sensors()}

    def tick(self, name: str, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
        """One tick of a sensor."""
        resources = {"portals": PortalsResource(), "lake": LocalLakeResource(root=str(self.lake.root))}
        with dg.build_sensor_context(cursor=cursor, resources=resources) as context:
            return self.sensors[name](context)

    def fetch(self, *years: str) -> None:
        """Fetches years of San Diego's calls."""
        for year in years:
            RawIngest(self.settings, self.lake).fetch_year(CALLS, int(year))


@pytest.fixture
def sensors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sensors]:
    """Sensors over a portal with San Diego's calls of this year and an old one."""
    folder = tmp_path / "portal"
    write_calls(folder, "2019", 3)
    write_calls(folder, THIS_YEAR, 3)
    for lookup in LOOKUPS.values():
        write_csv(folder / "san_diego" / lookup.files[0].path, [lookup.code_source, lookup.name_source], [["1", "x"]])
    with SamplePortal(folder) as portal:
        monkeypatch.setenv("CRIME_TRENDS_HOME", str(tmp_path / "home"))
        for city, url in portal.urls.items():
            monkeypatch.setenv(f"CRIME_TRENDS_{city.upper()}_URL", url)
        yield Sensors(folder, portal)


def a_while_later(cursor: str | None) -> str:
    """The cursor as if the interval had passed since the look."""
    assert cursor
    return json.dumps({**json.loads(cursor), "looked_at": "2020-01-01T00:00:00+00:00"})


def asked(result: dg.SensorResult | dg.SkipReason) -> list[tuple[str, str | None]]:
    """What a tick asks for."""
    assert isinstance(result, dg.SensorResult), result
    return [
        ("/".join(key.path), request.partition_key)
        for request in result.run_requests or ()
        for key in request.asset_selection or ()
    ]


def test_the_first_tick_asks_for_the_recent_years_and_says_where_the_rest_comes_from(sensors: Sensors) -> None:
    first = sensors.tick(sensor_name(CALLS))
    assert asked(first) == [(f"raw/{CALLS.key}", THIS_YEAR)]
    sensors.fetch(THIS_YEAR)
    again = sensors.tick(sensor_name(CALLS), a_while_later(first.cursor))
    assert asked(again) == []
    assert again.skip_reason.skip_message == "nothing new at the portal"


def test_a_changed_old_year_is_asked_for_with_its_version_in_the_run_key(sensors: Sensors) -> None:
    sensors.fetch("2019")
    first = sensors.tick(sensor_name(CALLS))
    write_calls(sensors.folder, "2019", 4)
    second = sensors.tick(sensor_name(CALLS), a_while_later(first.cursor))
    assert asked(second) == [(f"raw/{CALLS.key}", "2019")]
    write_calls(sensors.folder, "2019", 5)
    third = sensors.tick(sensor_name(CALLS), a_while_later(second.cursor))
    assert second.run_requests[0].run_key != third.run_requests[0].run_key
    assert second.run_requests[0].tags["crime_trends/portal"] == "san_diego"


def test_the_portal_is_left_alone_until_the_next_look_is_due(sensors: Sensors) -> None:
    first = sensors.tick(sensor_name(CALLS))
    sensors.portal.requests.clear()
    early = sensors.tick(sensor_name(CALLS), first.cursor)
    assert isinstance(early, dg.SkipReason)
    assert "the next look is due" in early.skip_message
    assert sensors.portal.requests == []
    just_due = (datetime.now(UTC) - look_interval(CALLS) - timedelta(seconds=1)).isoformat()
    sensors.tick(sensor_name(CALLS), json.dumps({**json.loads(first.cursor), "looked_at": just_due}))
    assert sensors.portal.requests != []


def test_a_look_without_news_reports_the_newest_year_again_with_the_same_version(sensors: Sensors) -> None:
    sensors.fetch("2019", THIS_YEAR)
    first = sensors.tick(sensor_name(CALLS))
    assert first.asset_events == []
    quiet = sensors.tick(sensor_name(CALLS), a_while_later(first.cursor))
    (event,) = quiet.asset_events
    assert (event.asset_key.path, event.partition) == (["raw", CALLS.key], THIS_YEAR)
    assert event.tags["dagster/data_version"] == raw_version(sensors.lake.raw_manifest(CALLS.key, THIS_YEAR))


def test_a_failing_portal_keeps_its_cursor_and_stops_no_other(sensors: Sensors) -> None:
    first = sensors.tick(sensor_name(CALLS))
    sensors.portal.faults.add(Fault("status", city="los_angeles", status=503))
    with pytest.raises(PortalError, match="503"):
        sensors.tick(sensor_name(REPORTS))
    write_calls(sensors.folder, THIS_YEAR, 9)
    assert asked(sensors.tick(sensor_name(CALLS), a_while_later(first.cursor))) != []


def test_look_ups_that_changed_are_asked_for_and_one_that_fails_is_asked_again(sensors: Sensors) -> None:
    beats = LOOKUPS["san_diego_beats"]
    sensors.portal.faults.add(Fault("status", path="beat", status=503))
    first = sensors.tick(LOOKUPS_SENSOR)
    assert asked(first) == [(f"raw/{key}", None) for key in LOOKUPS if key != beats.key]
    sensors.portal.clear_faults()
    second = sensors.tick(LOOKUPS_SENSOR, first.cursor)
    assert asked(second) == [(f"raw/{beats.key}", None)]
    assert isinstance(sensors.tick(LOOKUPS_SENSOR, second.cursor), dg.SkipReason)
    third = sensors.tick(LOOKUPS_SENSOR, a_while_later(second.cursor))
    assert third.skip_reason.skip_message == "nothing new at the portal"


def test_nothing_is_started_and_nothing_but_raw_data_is_asked_for(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {sensor.default_status for sensor in repository.sensor_defs} == {dg.DefaultSensorStatus.STOPPED}
    assert {schedule.default_status for schedule in repository.schedule_defs} == {dg.DefaultScheduleStatus.STOPPED}


def test_the_daily_schedule_asks_for_the_recent_years(definitions: dg.Definitions) -> None:
    daily = definitions.get_schedule_def(f"{CALLS.key}_daily")
    assert (daily.cron_schedule, daily.execution_timezone) == ("0 2 * * *", "America/Los_Angeles")
    data = daily.evaluate_tick(
        dg.build_schedule_context(
            scheduled_execution_time=datetime.now(UTC), repository_def=definitions.get_repository_def()
        )
    )
    assert [request.partition_key for request in data.run_requests] == years_of(trailing_months(CALLS))


def test_the_sweep_downloads_recent_years_anew_and_visits_every_older_one_in_its_turn(
    sensors: Sensors, definitions: dg.Definitions
) -> None:
    sensors.fetch("2019", THIS_YEAR)
    sweep = definitions.get_schedule_def(f"{CALLS.key}_weekly_sweep")
    visited = []
    for week in range(SWEEP_WEEKS):
        moment = datetime(2026, 1, 4, tzinfo=UTC) + timedelta(weeks=week)
        resources = {"lake": LocalLakeResource(root=str(sensors.lake.root))}
        with dg.build_schedule_context(
            scheduled_execution_time=moment, resources=resources, repository_def=definitions.get_repository_def()
        ) as context:
            requests = sweep.evaluate_tick(context).run_requests
        forced = [request.partition_key for request in requests if "force" in str(request.run_config)]
        assert forced == years_of(trailing_months(CALLS))
        visited += [request.partition_key for request in requests if request.partition_key not in forced]
    assert visited == ["2019"]
