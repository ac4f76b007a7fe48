"""A full disk, a missing right or a locked file ends in one line, with the old data as they were."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crime_trends_tests.conftest import Home
from crime_trends_tests.run.conftest import FIRST, LOS_ANGELES

pytestmark = pytest.mark.xdist_group("run")


@pytest.fixture
def full_disk(home: Home) -> Iterator[Path]:
    """The raw folder of a dataset on a disk of its own that has no room left for another download."""
    folder = home.path / "lake" / "raw" / LOS_ANGELES
    kept = shutil.copytree(folder, home.path / "kept")
    pages = sum(-(-path.stat().st_size // 4096) for path in kept.rglob("*") if path.is_file())
    size = f"size={4 * (pages + 3)}k"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a disk of its own can't be mounted here")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def one_failure(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that says what failed."""
    assert result.returncode == 1
    assert "Traceback" not in result.stdout + result.stderr
    failures = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failures) == 1, result.stdout
    return failures[0]


def test_a_full_disk(home: Home, full_disk: Path) -> None:
    before = {path.name: path.read_bytes() for path in full_disk.rglob("*") if path.is_file()}
    failure = one_failure(home.run(FIRST, FIRST, "--dataset", LOS_ANGELES, "--force"))
    assert "No space left on device" in failure
    assert {path.name: path.read_bytes() for path in full_disk.rglob("*") if path.is_file()} == before


def test_a_folder_of_the_lake_that_cannot_be_written(home: Home) -> None:
    folder = home.path / "lake" / "clean" / f"{LOS_ANGELES}_rejects"
    if folder.exists():
        shutil.rmtree(folder)
    attempts = home.path / "lake" / "attempts"
    shutil.rmtree(attempts)
    attempts.write_text("not a folder")
    tables = home.query("select * from warehouse.month_ledger order by all")
    failure = one_failure(home.run(FIRST, FIRST, "--dataset", LOS_ANGELES, "--force"))
    assert f"clean/{LOS_ANGELES}" in failure
    assert home.query("select * from warehouse.month_ledger order by all") == tables


def test_records_of_dagster_that_cannot_be_read(home: Home) -> None:
    (runs,) = (home.path / "dagster").rglob("runs.db")
    runs.write_text("not a database, as after a disk that was full")
    for command in (["run", "--from", FIRST, "--to", FIRST, "--dataset", LOS_ANGELES], ["status"]):
        result = home.command(*command)
        assert result.returncode == 1
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr
        assert f"Dagster's records in {home.path / 'dagster'} can't be read or written: " in result.stderr


def test_a_warehouse_that_another_process_holds(home: Home) -> None:
    home.settings["CRIME_TRENDS_LOCK_TIMEOUT_SECONDS"] = "0.5"
    file = home.path / "crime_trends.duckdb"
    holder = "import duckdb, sys, time; held = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        result = home.run(FIRST, FIRST, "--dataset", LOS_ANGELES)
        process.kill()
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert str(file) in result.stderr
