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
from crime_trends.datasets import BOUNDARIES, DATASETS, LOOKUPS
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


LONG_AGO = "2020-01-01T00:00:00+00:00"


def a_while_later(cursor: str | None) -> str:
    """The cursor as if the interval had passed since the look."""
    assert cursor
    return json.dumps({**json.loads(cursor), "looked_at": LONG_AGO})


def run_keys(*results: dg.SensorResult | dg.SkipReason) -> list[str]:
    """The keys of the runs that ticks ask for."""
    return [str(request.run_key) for result in results for request in result.run_requests or ()]


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
    assert "older ones come with a backfill" in sensors.sensors[sensor_name(CALLS)].description
    nothing = sensors.tick(sensor_name(DATASETS["san_diego_nibrs_offenses"]))
    assert nothing.skip_reason.skip_message.startswith("first look; older years come with a backfill")
    sensors.fetch(THIS_YEAR)
    again = sensors.tick(sensor_name(CALLS), a_while_later(first.cursor))
    assert asked(again) == []
    assert again.skip_reason.skip_message == "nothing new at the portal"


def test_each_change_of_an_old_year_is_asked_for_by_a_run_key_of_its_own_though_a_version_comes_back(
    sensors: Sensors,
) -> None:
    """Dagster starts one run of a key and no other, whatever became of it."""
    sensors.fetch("2019")
    tick = sensors.tick(sensor_name(CALLS))
    ticks = []
    file = next(sensors.folder.rglob("*2019_datasd.csv"))
    for rows in (4, 3, 4, 0, 4, 0):
        if rows:
            write_calls(sensors.folder, "2019", rows)
        else:
            file.unlink()
        tick = sensors.tick(sensor_name(CALLS), a_while_later(tick.cursor))
        assert asked(tick) == [(f"raw/{CALLS.key}", "2019")]
        ticks.append(tick)
    keys = run_keys(*ticks)
    assert len(set(keys)) == len(keys)
    version = [key.split()[2] for key in keys]
    assert version[0] == version[2] == version[4] != version[1]
    assert ticks[0].run_requests[0].tags["crime_trends/portal"] == "san_diego"


def test_a_year_whose_run_failed_is_not_reported_and_is_asked_for_again_after_a_day_without_a_look(
    sensors: Sensors, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = sensor_name(CALLS)
    sensors.fetch(THIS_YEAR)
    first = sensors.tick(name)
    write_calls(sensors.folder, THIS_YEAR, 9)
    second = sensors.tick(name, a_while_later(first.cursor))
    assert asked(second) == [(f"raw/{CALLS.key}", THIS_YEAR)]
    third = sensors.tick(name, a_while_later(second.cursor))
    assert (asked(third), third.asset_events) == ([], [])

    sensors.portal.requests.clear()
    assert isinstance(sensors.tick(name, third.cursor), dg.SkipReason)
    with monkeypatch.context() as a_day_later:
        a_day_later.setattr("crime_trends.portals.changes.ASK_AGAIN", timedelta(0))
        again = sensors.tick(name, third.cursor)
    assert (asked(again), again.asset_events) == ([(f"raw/{CALLS.key}", THIS_YEAR)], [])
    assert run_keys(again) != run_keys(second)
    assert sensors.portal.requests == []
    assert json.loads(again.cursor)["looked_at"] == json.loads(third.cursor)["looked_at"]
    assert isinstance(sensors.tick(name, again.cursor), dg.SkipReason)

    sensors.fetch(THIS_YEAR)
    monkeypatch.setattr("crime_trends.portals.changes.ASK_AGAIN", timedelta(0))
    assert isinstance(sensors.tick(name, again.cursor), dg.SkipReason)
    healed = sensors.tick(name, a_while_later(again.cursor))
    assert (asked(healed), len(healed.asset_events)) == ([], 1)


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


def test_a_look_without_news_reports_the_newest_year_again_with_the_version_that_it_was_fetched_in(
    sensors: Sensors,
) -> None:
    sensors.fetch("2019", THIS_YEAR)
    first = sensors.tick(sensor_name(CALLS))
    assert first.asset_events == []
    quiet = sensors.tick(sensor_name(CALLS), a_while_later(first.cursor))
    (event,) = quiet.asset_events
    assert (event.asset_key.path, event.partition) == (["raw", CALLS.key], THIS_YEAR)
    assert event.tags["dagster/data_version"] == raw_version(sensors.lake.raw_manifest(CALLS.key, THIS_YEAR))


def test_a_look_that_fails_ends_its_tick_so_that_its_cursor_stays_and_stops_no_other(sensors: Sensors) -> None:
    first = sensors.tick(sensor_name(CALLS))
    sensors.portal.faults.add(Fault("status", city="los_angeles", status=503))
    with pytest.raises(PortalError, match="503"):  # Dagster takes a cursor only of a tick that does not raise.
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


def test_a_look_up_that_no_run_brought_is_asked_for_again_after_a_day(sensors: Sensors) -> None:
    first = sensors.tick(LOOKUPS_SENSOR)
    for key in list(LOOKUPS)[1:]:
        RawIngest(sensors.settings, sensors.lake).fetch_lookup(LOOKUPS[key])
    known = json.loads(first.cursor)
    later = json.dumps({**known, "looked_at": LONG_AGO, "asked": dict.fromkeys(known["asked"], LONG_AGO)})
    again = sensors.tick(LOOKUPS_SENSOR, later)
    assert asked(again) == [(f"raw/{next(iter(LOOKUPS))}", None)]
    assert not set(run_keys(again)) & set(run_keys(first))


def test_nothing_is_started_and_nothing_but_raw_data_is_asked_for(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {sensor.default_status for sensor in repository.sensor_defs} == {dg.DefaultSensorStatus.STOPPED}
    assert {schedule.default_status for schedule in repository.schedule_defs} == {dg.DefaultScheduleStatus.STOPPED}
    on_portals = {sensor.name for sensor in portal_sensors()}
    asking = [sensor for sensor in repository.sensor_defs if sensor.name in on_portals] + repository.schedule_defs
    assert len(asking) == len(on_portals) + len(repository.schedule_defs)
    for asks in asking:
        keys = definitions.resolve_job_def(asks.job_name).asset_layer.executable_asset_keys
        assert {key.path[0] for key in keys} == {"raw"}, asks.name


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


def test_boundaries_are_downloaded_each_week(definitions: dg.Definitions) -> None:
    weekly = definitions.get_schedule_def("boundaries_weekly")
    with dg.build_schedule_context(scheduled_execution_time=datetime(2026, 1, 4, tzinfo=UTC)) as context:
        requests = weekly.evaluate_tick(context).run_requests
    assert [request.asset_selection for request in requests] == [[dg.AssetKey(["raw", key])] for key in BOUNDARIES]
