"""What a failing check stops and what it does not, for how long, and how ``status`` tells of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import (
    DATASETS,
    LOS_ANGELES,
    SAN_DIEGO,
    SAN_DIEGO_FILE,
    SAN_DIEGO_HEADER,
    san_diego_row,
    write_rows,
)

pytestmark = pytest.mark.xdist_group("run")

MARCH, APRIL = "2024-03", "2024-04"


def lose_a_row(home: Home, dataset: str, month: str) -> None:
    """Makes the numbers of a clean month not add up."""
    manifest = home.path / "lake" / "clean" / dataset / month / "manifest.json"
    numbers = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**numbers, "raw_rows": numbers["raw_rows"] + 1}))


def add_a_call(data_dir: Path) -> None:
    """One more call in April, so that there are 51."""
    with (data_dir / SAN_DIEGO_FILE).open(newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    write_rows(data_dir / SAN_DIEGO_FILE, SAN_DIEGO_HEADER, [*rows, san_diego_row(490, 4)])


def mix_cities(home: Home, dataset: str) -> None:
    """A fault in the facts of a dataset that a test of the models finds."""
    with duckdb.connect(home.path / "crime_trends.duckdb") as connection:
        connection.execute("update facts.fct_incidents set city = 'austin' where dataset = ?", [dataset])


def double_a_population(home: Home) -> None:
    """A fault in a reference table, of which no fact is made."""
    with duckdb.connect(home.path / "crime_trends.duckdb") as connection:
        connection.execute("insert into facts.populations from facts.populations limit 1")


def line_of(dataset: str, output: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(dataset))


def test_a_check_stays_red_for_the_month_that_failed_and_stops_the_marts_but_no_facts_of_another_dataset(
    home: Home, data_dir: Path
) -> None:
    lose_a_row(home, LOS_ANGELES, MARCH)
    mix_cities(home, LOS_ANGELES)
    double_a_population(home)
    add_a_call(data_dir)

    april = home.run(APRIL, APRIL, *DATASETS)

    assert april.returncode == 1, april.stdout + april.stderr
    assert f"FAILED check failed: clean/{LOS_ANGELES}: reconciliation" in april.stdout
    assert f"rows got lost or doubled while cleaning {LOS_ANGELES}, {MARCH}: 42 raw rows, but 41" in april.stdout
    assert "FAILED check failed: facts/populations: populations_city_has_a_year_once" in april.stdout
    of_april = f"where dataset = '{SAN_DIEGO}' and month = date '2024-04-01'"
    assert home.query(f"select count(*) from facts.fct_incidents {of_april}") == [(51,)]
    assert home.query(f"select sum(record_count) from intermediate.int_recorded_days {of_april}") == [(51,)]
    assert home.query(f"select sum(measure_count) from marts.mart_monthly_counts {of_april} ") == [(50,)]

    latest = "select max_by(version, made_at) from warehouse.table_ledger where table_name = 'reference'"
    assert home.query(latest) == [("faulty",)]

    march = home.run(MARCH, MARCH, "--dataset", LOS_ANGELES)
    assert march.returncode == 1, march.stdout + march.stderr
    assert f"FAILED check failed: clean/{LOS_ANGELES}: reconciliation" in march.stdout

    status = home.command("status")
    assert status.returncode == 0, status.stderr
    assert "1 failed" in line_of(LOS_ANGELES, status.stdout)
    assert "failed" not in line_of(SAN_DIEGO, status.stdout)
    assert f"FAILED    clean/{LOS_ANGELES} reconciliation: rows got lost or doubled" in status.stdout
    assert "FAILED    facts/fct_incidents fct_incidents_record_types_are_not_mixed" in status.stdout
    assert "FAILED    facts/populations populations_city_has_a_year_once" in status.stdout


@pytest.mark.parametrize("options", [[], ["--sample"]])
def test_status_of_a_home_in_which_nothing_was_done_is_one_line(tmp_path: Path, options: list[str]) -> None:
    home = Home(tmp_path / "home")
    status = home.command("status", *options)
    assert status.returncode == 0, status.stderr
    assert status.stdout == f"nothing was ever fetched into {home.path}; crime-trends run brings months into it\n"
    assert not home.path.exists()


def test_status_says_how_new_each_dataset_is(home: Home) -> None:
    with duckdb.connect(home.path / "crime_trends.duckdb") as connection:
        connection.execute("delete from facts.month_ledger where dataset = ? and month = '2024-03-01'", [SAN_DIEGO])
    status = home.command("status")
    assert (status.returncode, status.stderr) == (0, "")
    header, *_ = status.stdout.splitlines()[2:]
    assert header.split("  ")[0] == "dataset"
    assert line_of(LOS_ANGELES, status.stdout).split()[1:3] == ["2024-04-28", "2024-04-28"]
    assert line_of(LOS_ANGELES, status.stdout).split()[-3:] == ["2", "0", "passed"]
    assert line_of(SAN_DIEGO, status.stdout).split()[-3:] == ["2", "1", "passed"]
    assert line_of("austin_crime_reports", status.stdout).split() == ["austin_crime_reports", *"---", "0", "0", "-"]
    assert f"stale     facts/{SAN_DIEGO} 2024-03: never built" in status.stdout
