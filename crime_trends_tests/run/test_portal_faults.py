"""A portal that lies or fails ends the run in one clear line and a non-zero exit code; the last good data stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import FIRST, LOS_ANGELES, LOS_ANGELES_FILE, SAN_DIEGO, SAN_DIEGO_FILE

pytestmark = pytest.mark.xdist_group("run")

SOCRATA, SESHAT = "/resource/", "calls_for_service_2024"

FAULTS = {
    "404": (LOS_ANGELES, Fault("status", path=SOCRATA, status=404), ["404", "los_angeles"]),
    "500_for_ever": (SAN_DIEGO, Fault("status", path=SESHAT, status=500), ["500", "san_diego"]),
    "429_with_retry_after": (LOS_ANGELES, Fault("status", path=SOCRATA, status=429, retry_after="1"), ["429"]),
    "html_with_status_200": (SAN_DIEGO, Fault("html", path=SESHAT), ["expected CSV, got text/html"]),
    "body_cut_short": (SAN_DIEGO, Fault("cut", path=SESHAT, bytes=500), ["bytes"]),
    "header_without_a_needed_column": (LOS_ANGELES, Fault("drop_column", column="crm_cd"), ["crm_cd"]),
    "count_that_disagrees": (LOS_ANGELES, Fault("wrong_count", path="count", rows=2), ["expected 43, got 41"]),
    "rows_left_out": (LOS_ANGELES, Fault("drop_rows", path=r"\.csv", rows=3), ["expected 41, got 40"]),
}


@pytest.mark.parametrize(("dataset", "fault", "named"), FAULTS.values(), ids=FAULTS)
def test_fault_is_one_clear_line_and_the_last_good_data_stay(
    home: Home, portal: SamplePortal, dataset: str, fault: Fault, named: list[str]
) -> None:
    files = home.published_files()
    tables = home.query("select * from warehouse.month_ledger order by all")
    portal.faults.add(fault)

    result = home.run(FIRST, FIRST, "--dataset", dataset, "--force")

    assert result.returncode == 1
    failures = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failures) == 1, result.stdout
    assert f"raw/{dataset}" in failures[0]
    for word in named:
        assert word in failures[0]
    assert "Traceback" not in result.stdout + result.stderr
    assert home.published_files() == files
    assert home.query("select * from warehouse.month_ledger order by all") == tables


def test_a_dry_run_lists_all_that_was_withdrawn(home: Home, data_dir: Path) -> None:
    for file in (LOS_ANGELES_FILE, SAN_DIEGO_FILE):
        (data_dir / file).unlink()
    result = home.run(FIRST, FIRST, "--dataset", LOS_ANGELES, "--dataset", SAN_DIEGO, "--dry-run")
    assert (result.returncode, result.stderr) == (1, "")
    withdrawn = [line.split(" FAILED ") for line in result.stdout.splitlines() if "FAILED" in line]
    assert [partition for partition, why in withdrawn if ": withdrawn: " in why] == [
        "  raw 2024:",
        "  raw outside:",
        "  raw 2024:",
    ]


def test_one_failing_portal_does_not_stop_the_other_city(empty_home: Home, portal: SamplePortal) -> None:
    portal.faults.add(Fault("status", city="los_angeles", status=503))
    result = empty_home.run(FIRST, FIRST, "--dataset", LOS_ANGELES, "--dataset", SAN_DIEGO)
    assert result.returncode == 1
    assert f"FAILED raw/{LOS_ANGELES}" in result.stdout
    assert empty_home.query("select dataset, count(*) from facts.fct_incidents group by all") == [(SAN_DIEGO, 50)]
    assert (empty_home.path / "reports" / "dashboard.html").exists()


def test_a_portal_that_is_not_there_is_named(empty_home: Home) -> None:
    empty_home.settings["CRIME_TRENDS_SAN_DIEGO_URL"] = "http://127.0.0.1:9"
    result = empty_home.run(FIRST, FIRST, "--dataset", SAN_DIEGO)
    assert result.returncode == 1
    assert "127.0.0.1:9" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_password_in_a_portals_address_is_never_shown(empty_home: Home, portal: SamplePortal) -> None:
    address = portal.urls["san_diego"].replace("http://", "http://reader:canary@")
    empty_home.settings["CRIME_TRENDS_SAN_DIEGO_URL"] = address
    portal.faults.add(Fault("status", path=SESHAT, status=404))
    result = empty_home.run(FIRST, FIRST, "--dataset", SAN_DIEGO)
    assert result.returncode == 1
    assert "404" in result.stdout
    assert "canary" not in result.stdout + result.stderr
    written = [path for path in empty_home.path.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]
    assert written == []
