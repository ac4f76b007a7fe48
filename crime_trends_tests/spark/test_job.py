"""The real script in a process of its own, started by the resource from within an asset."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from crime_cleaning.columns import ColumnType
from crime_cleaning.job import run
from pyspark.sql import SparkSession

from crime_trends.datasets import DATASETS, Dataset
from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.base import ATTEMPT_SECONDS, ATTEMPTS
from crime_trends.lake.checksums import measure
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import CleanManifest, RawManifest, RawMonth
from crime_trends.lake.publishing import publish_months
from crime_trends.months import months_of_year
from crime_trends.resources.pyspark import PySparkResource
from crime_trends_tests.spark.conftest import csv_text
from crime_trends_tests.spark.test_killed_publishing import rows_if_whole
from crime_trends_tests.spark.test_publishing import cleaned, publish_raw


class Workplace:
    """A lake and a resource in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.lake = LocalLake(folder / "a home" / "lake")
        self.temporary_dir = folder / "a home" / "tmp"
        self.pyspark = PySparkResource(memory="512m", temporary_dir=str(self.temporary_dir))

    def bring(self, dataset: Dataset, year: str, text: str) -> RawManifest:
        """Publishes a raw year as the fetching step would."""
        file = self.temporary_dir / "raw.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        measured = measure(
            file,
            dataset.column_map,
            months_of_year(dataset, year),
            memory_limit="500MB",
            temporary_dir=self.temporary_dir,
        )
        manifest = RawManifest(
            dataset=dataset.key,
            partition=year,
            source="test",
            synthetic=True,
            fetched_at="2024-01-01T00:00:00+00:00",
            portal_version={},
            files=[self.lake.put(file, self.lake.raw_folder(dataset.key, year), measured.rows)],
            header=measured.header,
            has_line_breaks=measured.has_line_breaks,
            months={month: RawMonth(rows, checksum) for month, (rows, checksum) in measured.months.items()},
            undated_rows=measured.undated_rows,
            undated_checksum=measured.undated_checksum,
        )
        self.lake.publish_raw(manifest, self.lake.raw_manifest(dataset.key, year))
        return manifest

    def clean(self, dataset: Dataset, months: list[str]) -> dict[str, CleanManifest]:
        """Cleans and publishes months in a run of an asset; an error of the asset is raised as it was."""
        published: list[CleanManifest] = []

        @dg.asset
        def clean(context: dg.AssetExecutionContext, pyspark: PySparkResource) -> Iterator[dg.MaterializeResult[None]]:
            plan = plan_cleaning(self.lake, dataset, months)
            report = pyspark.clean(context, plan, self.lake)
            published.extend(publish_months(self.lake, plan, report))
            yield dg.MaterializeResult()

        with dg.DagsterInstance.ephemeral() as instance:
            dg.materialize([clean], instance=instance, resources={"pyspark": self.pyspark})
        return {manifest.partition: manifest for manifest in published}


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


def row_of(dataset: Dataset, number: int, day: str) -> dict[str, str]:
    """A row with something usable in each needed column."""
    values = {ColumnType.DATE: f"{day}T00:00:00.000", ColumnType.TIMESTAMP: f"{day} 02:30:00"}
    return {
        column.sources[0]: values.get(column.type, str(1000 + number))
        for column in dataset.column_map.columns
        if column.needed
    }


def outcomes(manifests: Iterable[CleanManifest]) -> dict[str, tuple[int, int, int, int]]:
    """Month -> raw, clean, rejected and duplicate rows."""
    return {m.partition: (m.raw_rows, m.clean_rows, m.rejected_rows, m.duplicate_rows) for m in manifests}


def three_months(dataset: Dataset) -> str:
    """A row in March and three in April, two of them the same."""
    rows = [row_of(dataset, number, "2024-04-10") for number in (1, 2, 2)] + [row_of(dataset, 4, "2024-03-12")]
    return csv_text(rows)


MONTHS = ["2024-03", "2024-04", "2024-05"]
THREE_MONTHS = {"2024-03": (1, 1, 0, 0), "2024-04": (3, 2, 0, 1), "2024-05": (0, 0, 0, 0)}


@pytest.mark.parametrize("key", DATASETS)
def test_months_of_each_dataset_are_cleaned_and_published(key: str, workplace: Workplace, spark: SparkSession) -> None:
    dataset = DATASETS[key]
    workplace.bring(dataset, "2024", three_months(dataset))
    plan = plan_cleaning(workplace.lake, dataset, MONTHS)
    report = run(spark, plan.job(workplace.lake.uri, partitions=2), lambda message: None)
    assert outcomes(publish_months(workplace.lake, plan, report)) == THREE_MONTHS


def test_the_script_cleans_whatever_the_environment_says_of_java_and_spark(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JAVA_HOME", "/somewhere/else")
    monkeypatch.setenv("SPARK_HOME", "/somewhere/else")
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "--master spark://somewhere.else:7077 pyspark-shell")
    dataset = DATASETS["los_angeles_crime_reports"]
    workplace.bring(dataset, "2024", three_months(dataset))
    manifests = workplace.clean(dataset, MONTHS)
    assert outcomes(manifests.values()) == THREE_MONTHS
    assert [file.rows for file in manifests["2024-04"].files] == [2]
    terminal = "".join(capfd.readouterr())
    assert "2024-04: 2 clean, 0 rejected, 1 exact duplicates" in terminal
    assert "WARN" not in terminal and "Stage" not in terminal
    assert list(workplace.temporary_dir.glob("spark-*")) == []


def test_late_rows_replace_the_month_and_current_months_start_no_spark(workplace: Workplace) -> None:
    dataset = DATASETS["san_diego_calls_for_service"]
    rows = [row_of(dataset, number, "2024-04-10") for number in (1, 2)]
    workplace.bring(dataset, "2024", csv_text(rows))
    first = workplace.clean(dataset, ["2024-04"])["2024-04"]
    workplace.bring(dataset, "2024", csv_text([*rows, row_of(dataset, 3, "2024-04-11"), row_of(dataset, 4, "no day")]))
    second = workplace.clean(dataset, ["2024-04"])["2024-04"]
    assert (first.clean_rows, second.clean_rows) == (2, 3)
    assert first.version != second.version

    workplace.pyspark = PySparkResource(memory="no memory", temporary_dir=str(workplace.temporary_dir))
    assert workplace.clean(dataset, ["2024-04"]) == {}
    assert plan_cleaning(workplace.lake, dataset, ["2024-01"]).months_with_rows == ["2024-01"], "takes the undated row"


def test_a_failed_job_ends_with_the_end_of_sparks_output(workplace: Workplace) -> None:
    dataset = DATASETS["san_diego_calls_for_service"]
    manifest = workplace.bring(dataset, "2024", csv_text([row_of(dataset, 1, "2024-04-10")]))
    workplace.lake.path(manifest.files[0].path).unlink()
    left_over = workplace.temporary_dir / "spark-left-over.log"
    left_over.touch()
    os.utime(left_over, (time.time() - 2 * ATTEMPT_SECONDS,) * 2)
    with pytest.raises(CrimeTrendsError, match="the Spark job for san_diego_calls_for_service failed") as failure:
        workplace.clean(dataset, ["2024-04"])
    message = str(failure.value)
    assert "does not exist" in message.splitlines()[-1]
    assert len(message.splitlines()) <= 13
    (log,) = workplace.temporary_dir.glob("spark-*.log")
    assert str(log) in message
    assert not list(workplace.lake.path(f"{ATTEMPTS}/{dataset.key}").glob("*"))
    assert workplace.lake.clean_manifest(dataset.key, "2024-04") is None


RUN = """
import sys
from pathlib import Path
from crime_trends.datasets import DATASETS
from crime_trends_tests.spark.test_job import Workplace
Workplace(Path(sys.argv[1])).clean(DATASETS["san_diego_calls_for_service"], ["2024-04"])
"""


def processes_of(folder: Path) -> list[int]:
    """The running processes, Python and Java, whose environment names the folder; not this one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
def test_the_month_stays_the_old_one_and_no_process_lives_on_wherever_a_run_ends(
    workplace: Workplace, tmp_path: Path
) -> None:
    dataset, month, lake = DATASETS["san_diego_calls_for_service"], "2024-04", workplace.lake
    publish_raw(lake, {month: RawMonth(2, "old")}, year="2024")
    cleaned(lake, [month], rows=2)
    before = lake.clean_manifest(dataset.key, month)
    workplace.bring(dataset, "2024", csv_text([row_of(dataset, 1, f"{month}-10")]))
    attempts = lake.path(f"{ATTEMPTS}/{dataset.key}")
    for how, moment in ((signal.SIGINT, "starting"), (signal.SIGKILL, "starting"), (signal.SIGKILL, "writing")):
        end_a_run(how, moment, workplace, tmp_path)
        assert lake.clean_manifest(dataset.key, month) == before
        assert rows_if_whole(lake, month) == (2, 0)
        assert any(attempts.glob("*")) == (moment == "writing")
    assert workplace.clean(dataset, [month])[month].clean_rows == 1
    assert rows_if_whole(lake, month) == (1, 0)
    assert not any(attempts.glob("*")), "the next run sweeps what the killed one left"


def end_a_run(how: signal.Signals, moment: str, workplace: Workplace, folder: Path) -> None:
    """Runs the job and sends the signal while its JVM starts or Spark writes; none of its processes lives on."""
    attempts = workplace.lake.path(f"{ATTEMPTS}/san_diego_calls_for_service")
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        # The job's Python and its JVM both have the temporary folder in their environment.
        wait_until(lambda: len(processes_of(workplace.temporary_dir)) >= 2, "the job never started")
        if moment == "writing":
            wait_until(lambda: any(attempts.glob("*/clean")), "the job never wrote")
        run.send_signal(how)
        run.wait(timeout=30)
        wait_until(lambda: not processes_of(workplace.temporary_dir), "the job lives on", seconds=15)
    finally:
        run.kill()
        run.wait()


def wait_until(condition: Callable[[], bool], message: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.1)
