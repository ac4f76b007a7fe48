"""``run`` brings the rows that belong to no month: kept with the reason, and counted with the others."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import (
    DATASETS,
    FIRST,
    LAST,
    LOS_ANGELES,
    LOS_ANGELES_FILE,
    LOS_ANGELES_HEADER,
    SAN_DIEGO,
    los_angeles_rows,
    write_rows,
)

pytestmark = pytest.mark.xdist_group("run")


def test_rows_outside_are_rejects_that_keep_the_row(built_home: Path) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(
            "select reason, row_id, month, raw ->> '$.date_occ' from read_parquet(?) order by row_id",
            [f"{built_home}/lake/clean/{LOS_ANGELES}_outside_rejects/*.parquet"],
        ).fetchall()
    assert found == [
        ("no_month", "240000900", None, None),
        ("no_month", "240000901", None, "01/06/1800 12:00:00 AM"),
        ("no_month", "240000902", None, "12/31/2019 12:00:00 AM"),
        ("no_month", "240000903", None, "01/01/2025 12:00:00 AM"),
    ]


def test_rows_outside_and_a_portal_that_can_not_be_had_fail_the_run_and_nothing_else(
    home: Home, portal: SamplePortal, data_dir: Path
) -> None:
    write_rows(data_dir / LOS_ANGELES_FILE, LOS_ANGELES_HEADER, los_angeles_rows()[:-2])
    portal.faults.add(Fault("drop_rows", path=r"\.csv.*IS NULL"))
    portal.faults.add(Fault("status", city="san_diego", status=503))
    dashboard = home.path / "reports" / "dashboard.html"
    dashboard.unlink()

    result = home.run(FIRST, LAST, *DATASETS)

    assert result.returncode == 1
    failures = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failures) == 2, result.stdout
    assert f"FAILED raw/{SAN_DIEGO}: " in failures[0]
    assert f"FAILED raw/{LOS_ANGELES}_outside: " in failures[1]
    assert "expected 3, got 2" in failures[1]
    assert dashboard.exists()
    assert home.query(
        f"select raw_rows, rejected_rows from marts.mart_reconciliation where dataset = '{LOS_ANGELES}' order by month"
    ) == [(40, 0), (40, 0), (4, 4)]


def test_a_damaged_manifest_is_one_line_that_names_it(home: Home) -> None:
    manifest = home.path / "lake" / "clean" / LOS_ANGELES / FIRST / "manifest.json"
    manifest.write_text(manifest.read_text()[:100])
    result = home.run(FIRST, LAST, "--dataset", LOS_ANGELES, "--dry-run")
    assert result.returncode == 1
    assert f"{manifest} is damaged" in result.stderr
    assert len(result.stderr.splitlines()) == 1
