"""What all tests share: the repository's place, real rows where they are at hand, and the command as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from crime_trends.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

    from crime_trends.sample.portal import SamplePortal
    from crime_trends_tests.cloud.bigquery import BigQuery
    from crime_trends_tests.cloud.dataproc import Dataproc
    from crime_trends_tests.cloud.storage import Storage

REPOSITORY = Path(__file__).resolve().parents[1]
REAL_PORTAL = REPOSITORY.parent / "shared" / "real_portal"


YEAR = ["--from", "2023-01", "--to", "2023-12" if REAL_PORTAL.is_dir() else "2023-02"]
YEAR += [
    f"--dataset={key}" for key in ("austin_crime_reports", "los_angeles_crime_reports", "san_diego_calls_for_service")
]
"""The months of three cities of which real rows are at hand; where they are not, two of the sample's."""


MEMORY, ROOM = Path("/dev/shm"), 8 * 1024**3  # noqa: S108


OWN_SETTINGS = ("CRIME_TRENDS_", "DAGSTER_")


def pytest_configure() -> None:
    """Takes the developer's own settings away, and puts the folders of tests into memory where there is room.

    Settings are read when modules are imported, so no fixture would be early enough. Memory, since Dagster waits for
    the disk with each event.
    """
    for variable in [name for name in os.environ if name.startswith(OWN_SETTINGS)]:
        del os.environ[variable]
    Settings.model_config["env_file"] = None
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def real_portal_dir() -> Path:
    """The portal folder of real rows, which lies beside the repository and is not part of it."""
    if not REAL_PORTAL.is_dir():
        pytest.skip(f"no real rows beside the repository ({REAL_PORTAL.name} is absent)")
    return REAL_PORTAL


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.Definitions]:
    """The code location, loaded once over a home of its own."""
    from crime_trends.definitions import build_definitions

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRIME_TRENDS_HOME", str(tmp_path_factory.mktemp("home")))
        for name in ("DAGSTER_HOME", "DBT_TARGET_PATH"):
            patch.delenv(name, raising=False)
        yield build_definitions(Settings.load())


@pytest.fixture(scope="session")
def bigquery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigQuery]:
    """BigQuery's emulator; the folders of tests are its buckets."""
    from crime_trends_tests.cloud.bigquery import running_emulator

    with running_emulator(tmp_path_factory.getbasetemp()) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """Cloud Storage's server, over the same folders."""
    from crime_trends_tests.cloud.storage import running_storage

    with running_storage(tmp_path_factory.getbasetemp()) as server:
        yield server


@pytest.fixture(scope="session")
def dataproc(storage: Storage) -> Iterator[Dataproc]:
    """Dataproc's stand-in, which runs the Spark jobs that it is given."""
    from crime_trends_tests.cloud.dataproc import running_dataproc

    with running_dataproc(storage) as stand_in:
        yield stand_in


@dataclass
class Home:
    """A home of its own and the command that works on it, as a user would run it.

    Arguments:
        path: the home.
        urls: city -> base address of its portal.
        settings: further environment variables.
    """

    path: Path
    urls: Mapping[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What the command sees of the environment: no setting of a test's own process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}
        urls = {f"CRIME_TRENDS_{city.upper()}_URL": url for city, url in self.urls.items()}
        return {
            **kept,
            "CRIME_TRENDS_HOME": str(self.path),
            "CRIME_TRENDS_HTTP_ATTEMPTS": "2",
            "CRIME_TRENDS_HTTP_TIMEOUT_SECONDS": "10",
            **urls,
            **self.settings,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command, started and left running, in a working directory that holds no settings: beside the home."""
        return subprocess.Popen(
            [sys.executable, "-m", "crime_trends.cli", *arguments],
            env=self.environment(),
            cwd=next(folder for folder in self.path.parents if folder.is_dir()),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def command(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """The command, run to its end."""
        with self.start(*arguments) as process:
            try:
                output, errors = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                output, errors = process.communicate()
                raise AssertionError(f"still running after {timeout} s:\n{output}\n{errors}") from None
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def run(self, first: str, last: str, *more: str) -> subprocess.CompletedProcess[str]:
        """``crime-trends run`` over some months."""
        return self.command("run", "--from", first, "--to", last, *more)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(self.path / "crime_trends.duckdb", read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def published_files(self) -> dict[str, tuple[int, int]]:
        """Path -> (size, time of change in ns) of every file of the lake and the reports."""
        return {
            str(path.relative_to(self.path)): (path.stat().st_size, path.stat().st_mtime_ns)
            for folder in ("lake/raw", "lake/clean", "reports")
            for path in sorted((self.path / folder).rglob("*"))
            if path.is_file()
        }


@pytest.fixture(scope="session")
def year_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePortal]:
    """A portal of real rows where they are at hand, else of the sample."""
    from crime_trends.sample.generator import write_sample
    from crime_trends.sample.portal import SamplePortal

    folder = REAL_PORTAL
    if not folder.is_dir():
        folder = tmp_path_factory.mktemp("sample")
        write_sample(folder)
    with SamplePortal(folder) as portal:
        yield portal


@pytest.fixture(scope="session")
def year_home(year_portal: SamplePortal, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of this machine that one run filled with the year. Never run anything on it: take a copy."""
    home = Home(tmp_path_factory.mktemp("year"), year_portal.urls)
    result = home.command("run", *YEAR, timeout=900)
    assert result.returncode == 0, result.stdout + result.stderr
    return home
