"""``run`` brings up to date what is behind and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from crime_trends import datasets
from crime_trends.lake.local import LocalLake
from crime_trends.portals.fetch import RawIngest
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import Settings
from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import (
    DATASETS,
    FIRST,
    LAST,
    LOS_ANGELES,
    LOS_ANGELES_FILE,
    LOS_ANGELES_HEADER,
    SAN_DIEGO,
    los_angeles_row,
    los_angeles_rows,
    write_portal_folder,
    write_rows,
)

pytestmark = pytest.mark.xdist_group("run")

COUNTS = "select dataset, strftime(month, '%Y-%m'), count(*) from facts.fct_incidents group by all order by all"


def downloads(portal: SamplePortal) -> list[str]:
    """The data that were asked for, without questions about their state."""
    asked = [request.target for request in portal.requests if request.method == "GET"]
    return [target for target in asked if ".csv?" in target or target.endswith("datasd.csv")]


def ledgers(home: Home) -> list[tuple[object, ...]]:
    """All rows of all ledgers and of the vintages."""
    tables = ("warehouse.month_ledger", "warehouse.table_ledger", "facts.month_ledger", "facts.vintages")
    return [row for table in tables for row in home.query(f"select '{table}', * from {table} order by all")]


def test_every_raw_row_is_accounted_for(home: Home) -> None:
    assert home.query(
        "select dataset, strftime(month, '%Y-%m'), raw_rows, clean_rows, rejected_rows, duplicate_rows, "
        "warehouse_rows, fact_rows, portal_rows from marts.mart_reconciliation order by all"
    ) == [
        (LOS_ANGELES, "2024-03", 41, 40, 0, 1, 40, 40, 41),
        (LOS_ANGELES, "2024-04", 40, 40, 0, 0, 40, 40, 40),
        (LOS_ANGELES, None, 4, 0, 4, 0, 0, 0, 4),
        (SAN_DIEGO, "2024-03", 50, 50, 0, 0, 50, 50, None),
        (SAN_DIEGO, "2024-04", 50, 50, 0, 0, 50, 50, None),
    ]


def test_a_second_run_changes_nothing(home: Home, portal: SamplePortal) -> None:
    files, rows = home.published_files(), ledgers(home)
    result = home.run(FIRST, LAST, *DATASETS)
    assert result.returncode == 0, result.stdout + result.stderr
    assert downloads(portal) == []
    assert home.published_files() == files
    assert ledgers(home) == rows
    assert "Spark" not in result.stderr


def test_late_rows_replace_their_month_though_another_is_asked_for_and_nothing_is_doubled(
    home: Home, portal: SamplePortal, data_dir: Path
) -> None:
    rows = los_angeles_rows()
    rows[5] = los_angeles_row(305, 3, offense="BURGLARY")
    late = [los_angeles_row(390 + number, 3) for number in range(3)]
    undated = los_angeles_row(910, 3)
    undated[2] = ""
    write_rows(data_dir / LOS_ANGELES_FILE, LOS_ANGELES_HEADER, [*rows, *late, undated])
    april = home.path / "lake" / "clean" / LOS_ANGELES / "2024-04" / "manifest.json"
    before = april.read_text()

    result = home.run("2024-04", "2024-04", *DATASETS)

    assert result.returncode == 0, result.stdout + result.stderr
    assert home.query(COUNTS) == [
        (LOS_ANGELES, "2024-03", 43),
        (LOS_ANGELES, "2024-04", 40),
        (SAN_DIEGO, "2024-03", 50),
        (SAN_DIEGO, "2024-04", 50),
    ], "months of the fetched year that were built follow, the others stay unbuilt"
    assert home.query("select count(*) from facts.fct_incidents where offense_name = 'BURGLARY'") == [(1,)]
    assert home.query("select rejected_rows from marts.mart_reconciliation where month is null") == [(5,)]
    assert april.read_text() == before
    assert all("2nrs-mtv8" in target for target in downloads(portal))
    vintages = f"select count(distinct as_of) from facts.vintages where dataset = '{LOS_ANGELES}' group by month"
    assert home.query(f"{vintages} order by month") == [(2,), (1,)]


def test_dry_run_says_what_would_be_done_and_why_and_does_nothing(
    home: Home, portal: SamplePortal, data_dir: Path
) -> None:
    files, rows = home.published_files(), ledgers(home)
    current = home.run(FIRST, LAST, *DATASETS, "--dry-run")
    assert current.returncode == 0, current.stderr
    assert "raw 2024: nothing to fetch (unchanged)" in current.stdout
    assert "raw outside: nothing to fetch (unchanged)" in current.stdout
    assert "up to date" in current.stdout

    write_rows(data_dir / LOS_ANGELES_FILE, LOS_ANGELES_HEADER, los_angeles_rows()[:-1])
    behind = home.run(FIRST, "2024-05", *DATASETS, "--dry-run")
    assert "raw 2024: fetch 120 rows" in behind.stdout
    assert "raw outside: fetch 4 rows (the data set changed at the portal)" in behind.stdout
    assert "clean 2024-05: never cleaned" in behind.stdout
    assert downloads(portal) == []
    assert home.published_files() == files
    assert ledgers(home) == rows


def test_force_redoes_a_month_and_boundaries_that_are_gone_are_a_warning(
    home: Home, portal: SamplePortal, data_dir: Path
) -> None:
    beats = datasets.BOUNDARIES["san_diego_police_beats"]
    (data_dir / "san_diego" / beats.file).unlink()
    held = {path: content for path, content in home.published_files().items() if beats.key in path}
    assert held

    def made_at(month: str) -> str:
        manifest = home.path / "lake" / "clean" / SAN_DIEGO / month / "manifest.json"
        return str(json.loads(manifest.read_text())["made_at"])

    before, untouched = made_at("2024-03"), made_at("2024-04")
    result = home.run("2024-03", "2024-03", "--dataset", SAN_DIEGO, "--force")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"raw/{beats.key}: boundary_published" in result.stdout, "a warning; the last good ones stay"
    assert {path: content for path, content in home.published_files().items() if beats.key in path} == held
    assert '"code":"523","geometry"' in (home.path / "reports" / "dashboard.html").read_text()
    assert made_at("2024-03") > before
    assert made_at("2024-04") == untouched
    assert downloads(portal) != []
    query = f"select count(*) from warehouse.month_ledger where dataset = '{SAN_DIEGO}' group by month order by month"
    assert home.query(query) == [(2,), (1,)]
    assert home.query(COUNTS)[-2:] == [(SAN_DIEGO, "2024-03", 50), (SAN_DIEGO, "2024-04", 50)]


def test_the_other_kind_of_portal_is_refused_before_anything_is_fetched(
    home: Home, portal: SamplePortal, data_dir: Path
) -> None:
    (data_dir / "SYNTHETIC").touch()
    files = home.published_files()
    result = home.run(FIRST, LAST, *DATASETS, "--force")
    assert result.returncode == 2
    assert f"{home.path} holds real data, but" in result.stderr
    assert "serves synthetic data" in result.stderr
    assert home.published_files() == files
    assert downloads(portal) == []


def test_a_real_portal_is_refused_by_a_synthetic_home(empty_home: Home, portal: SamplePortal, data_dir: Path) -> None:
    marker = data_dir / "SYNTHETIC"
    marker.touch()
    urls = {f"{city}_url": url for city, url in portal.urls.items()}
    settings = Settings(home=empty_home.path, **urls)
    RawIngest(settings, LocalLake(settings.lake_dir)).fetch_year(datasets.DATASETS[SAN_DIEGO], 2024)
    marker.unlink()
    files = empty_home.published_files()
    result = empty_home.run(FIRST, FIRST, "--dataset", SAN_DIEGO, "--force")
    assert result.returncode == 2
    assert f"{empty_home.path} holds synthetic data, but" in result.stderr
    assert empty_home.published_files() == files


def test_a_wiped_dagster_instance_heals_and_a_lost_dashboard_is_made_again(home: Home, portal: SamplePortal) -> None:
    before = home.published_files()
    shutil.rmtree(home.path / "dagster")
    dashboard = home.path / "reports" / "dashboard.html"
    dashboard.unlink()
    result = home.run(FIRST, LAST, *DATASETS)
    assert result.returncode == 0, result.stdout + result.stderr
    assert downloads(portal) == []
    after = home.published_files()
    assert after.keys() == before.keys()
    assert {path.split("/")[0] for path in after if after[path] != before[path]} == {"reports"}
    assert str(dashboard) in result.stdout


def test_a_missing_historical_lookup_is_a_warning(built_home: Path) -> None:
    manifest = json.loads((built_home / "lake/raw/san_diego_call_types/manifest.json").read_text())
    assert "historical" in manifest["note"]


def test_the_portal_folder_is_the_same_each_time(tmp_path: Path, portal_folder: Path) -> None:
    write_portal_folder(tmp_path)
    assert (tmp_path / LOS_ANGELES_FILE).read_bytes() == (portal_folder / LOS_ANGELES_FILE).read_bytes()
