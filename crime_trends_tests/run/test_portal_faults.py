"""A portal that lies or fails ends the run in one clear line and a non-zero exit code; the last good data stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import DATASETS, FIRST, LOS_ANGELES, LOS_ANGELES_FILE, SAN_DIEGO, SAN_DIEGO_FILE

pytestmark = pytest.mark.xdist_group("run")

SOCRATA, SESHAT = "/resource/", "calls_for_service_2024"

NOT_FOUND = Fault("status", path=SOCRATA, status=404)
TOO_MANY = Fault("status", path=SOCRATA, status=429, retry_after="1")
FAULTS = {
    "404_and_500_for_ever": {
        LOS_ANGELES: (NOT_FOUND, ["404", "los_angeles"]),
        SAN_DIEGO: (Fault("status", path=SESHAT, status=500), ["500", "san_diego"]),
    },
    "429_with_retry_after_and_html_with_status_200": {
        LOS_ANGELES: (TOO_MANY, ["429"]),
        SAN_DIEGO: (Fault("html", path=SESHAT), ["expected CSV, got text/html"]),
    },
    "header_without_a_needed_column_and_body_cut_short": {
        LOS_ANGELES: (Fault("drop_column", column="crm_cd"), ["crm_cd"]),
        SAN_DIEGO: (Fault("cut", path=SESHAT, bytes=500), ["bytes"]),
    },
    "count_that_disagrees": {LOS_ANGELES: (Fault("wrong_count", path="count", rows=2), ["expected 43, got 41"])},
    "rows_left_out": {LOS_ANGELES: (Fault("drop_rows", path=r"\.csv", rows=3), ["expected 41, got 40"])},
}
"""Dataset -> a fault of its portal, and what the line says of it; those of two portals at once need one run."""


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_fault_is_one_clear_line_and_the_last_good_data_stay(
    home: Home, portal: SamplePortal, faults: dict[str, tuple[Fault, list[str]]]
) -> None:
    files = home.published_files()
    tables = home.query("select * from warehouse.month_ledger order by all")
    for fault, _ in faults.values():
        portal.faults.add(fault)

    result = home.run(FIRST, FIRST, *(f"--dataset={dataset}" for dataset in faults), "--force")

    assert result.returncode == 1
    failures = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failures) == len(faults), result.stdout
    for failure, (dataset, (_, named)) in zip(failures, faults.items(), strict=True):
        assert f"raw/{dataset}" in failure
        for word in named:
            assert word in failure
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


def test_a_portal_that_is_not_there_is_named_and_a_password_in_the_address_of_another_is_never_shown(
    empty_home: Home, portal: SamplePortal
) -> None:
    address = portal.urls["los_angeles"].replace("http://", "http://reader:canary@")
    empty_home.settings |= {
        "CRIME_TRENDS_LOS_ANGELES_URL": address,
        "CRIME_TRENDS_SAN_DIEGO_URL": "http://127.0.0.1:9",
    }
    portal.faults.add(NOT_FOUND)
    result = empty_home.run(FIRST, FIRST, *DATASETS)
    assert result.returncode == 1
    of_los_angeles, of_san_diego = (line for line in result.stdout.splitlines() if line.startswith("FAILED raw/"))
    assert "404" in of_los_angeles
    assert "127.0.0.1:9" in of_san_diego
    assert "Traceback" not in result.stdout + result.stderr
    assert "canary" not in result.stdout + result.stderr
    written = [path for path in empty_home.path.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]
    assert written == []
