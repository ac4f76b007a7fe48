"""A Spark session for all tests of this folder, and jobs over small hand-written files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from crime_cleaning.job import run, session
from crime_cleaning.spec import CleaningJob, CleaningReport, YearInput
from pyspark.sql import SparkSession

from crime_trends.datasets import DATASETS
from crime_trends.resources.pyspark import PySparkResource


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session as the resource would start it."""
    resource = PySparkResource(memory="1g", temporary_dir=str(tmp_path_factory.mktemp("spark")))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in resource.environment().items():
            patch.setenv(name, value)
        spark = session(resource.session_settings(input_bytes=0))
        yield spark
        spark.stop()


Row = Mapping[str, str]


def csv_text(rows: Sequence[Row], header: Sequence[str] | None = None) -> str:
    """A CSV of rows that name only the fields that matter; the header is all names that occur, or the one given."""
    names = list(header or dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@dataclass
class Cleaned:
    """What a job made, read by DuckDB from its files.

    Arguments:
        report: what the job counted.
        rows: the clean rows, each under its column names.
        rejects: the rejected rows, their ``raw`` parsed.
    """

    report: CleaningReport
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)

    def by(self, column: str) -> dict[Any, dict[str, Any]]:
        """The clean rows by their value of a column that is unique in the test."""
        found = {row[column]: row for row in self.rows}
        assert len(found) == len(self.rows)
        return found


def read_parquet(folder: Path) -> list[dict[str, Any]]:
    """All rows below a folder, without what its folders' names say."""
    files = [str(file) for file in sorted(folder.rglob("*.parquet"))]
    if not files:
        return []
    with duckdb.connect() as connection:
        result = connection.execute("from read_parquet($files, hive_partitioning = false)", {"files": files})
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


Clean = Callable[..., Cleaned]


@pytest.fixture(scope="session")
def clean(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Runs a job over a CSV: ``clean(dataset, text, months, known_months=…, undated_month=…, has_line_breaks=…)``."""

    def clean(
        dataset: str,
        text: str,
        months: Sequence[str],
        *,
        known_months: Sequence[str] | None = None,
        undated_month: str | None = None,
        has_line_breaks: bool = False,
    ) -> Cleaned:
        folder = tmp_path_factory.mktemp(dataset)
        raw = folder / "raw [1].csv"
        raw.write_text(text, encoding="utf-8", newline="")
        header = next(csv.reader([text.splitlines()[0]]))
        assert not DATASETS[dataset].column_map.unknown_columns(header), "a slip in the test's header"
        year = YearInput(
            year=months[0][:4],
            files=[str(raw)],
            header=header,
            has_line_breaks=has_line_breaks,
            known_months=list(known_months or months),
            months=list(months),
            undated_month=undated_month,
        )
        job = CleaningJob(dataset, [year], str(folder / "clean"), str(folder / "rejects"), partitions=2)
        report = run(spark, CleaningJob.from_json(json.loads(json.dumps(job.to_json()))), lambda message: None)
        rejects = read_parquet(folder / "rejects")
        for reject in rejects:
            if reject["raw"].startswith("{"):
                reject["raw"] = json.loads(reject["raw"])
        return Cleaned(CleaningReport.from_json(report.to_json()), read_parquet(folder / "clean"), rejects)

    return clean
