"""What Spark is made to do: each file read once, one shuffle, no Python per row, and files that queries can skip in."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from crime_cleaning.column_maps import COLUMN_MAPS
from crime_cleaning.job import cleaned, in_order, run
from crime_cleaning.outcomes import rejects, tally
from crime_cleaning.spec import CleaningJob, YearInput
from pyspark.sql import DataFrame, SparkSession

from crime_trends.datasets import DATASETS
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.publishing import publish_months
from crime_trends_tests.spark.conftest import csv_text
from crime_trends_tests.spark.test_job import Workplace, row_of

CALLS = "san_diego_calls_for_service"


def job_over(folder: Path, dataset: str, years: tuple[str, ...]) -> CleaningJob:
    """A job over a file for each year, with one row each."""
    header = [column.sources[0] for column in COLUMN_MAPS[dataset].columns if column.needed]
    inputs = []
    for year in years:
        file = folder / f"{year}.csv"
        values = [f"{year}-05-01T00:00:00.000" if "dat" in name else "1" for name in header]
        file.write_text(f"{','.join(header)}\n{','.join(values)}\n")
        inputs.append(YearInput(year, [str(file)], header, False, [f"{year}-05"], [f"{year}-05"], None))
    return CleaningJob(dataset, inputs, str(folder / "clean"), str(folder / "rejects"), partitions=2)


def operators(rows: DataFrame) -> list[str]:
    """The operators of the plan that Spark would execute, those of kept rows included."""
    plan = rows._jdf.queryExecution().executedPlan().toString()
    return re.findall(r"^[ +:*()\d-]*([A-Z]\w+(?: csv| parquet)?)", plan, re.MULTILINE)


@pytest.mark.parametrize("dataset", COLUMN_MAPS)
@pytest.mark.parametrize("years", [("2023",), ("2022", "2023")])
def test_each_file_is_read_once_and_rows_are_shuffled_once(
    spark: SparkSession, tmp_path: Path, dataset: str, years: tuple[str, ...]
) -> None:
    job = job_over(tmp_path, dataset, years)
    rows = cleaned(spark, job).persist()
    try:
        for made in (rows, tally(rows), in_order(rows, COLUMN_MAPS[dataset]), rejects(rows)):
            found = operators(made)
            assert found.count("FileScan csv") == len(years), found
            assert [name for name in found if "Exchange" in name] == ["Exchange"], found
            assert found.count("Window") == 1, found
            assert not [name for name in found if "Python" in name or "Join" in name], found
    finally:
        rows.unpersist()


def test_rows_are_kept_and_counted_in_one_job_and_written_in_another(spark: SparkSession, tmp_path: Path) -> None:
    job = job_over(tmp_path, CALLS, ("2022", "2023"))
    spark.sparkContext.setJobGroup(str(tmp_path), "the whole job")
    run(spark, job, lambda message: None)
    tracker = spark.sparkContext.statusTracker()
    assert len(tracker.getJobIdsForGroup(str(tmp_path))) == 2, "no job more: none infers types or samples rows"


def test_a_big_month_is_several_files_and_all_are_published(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crime_cleaning.job.ROWS_PER_FILE", 2)
    workplace, dataset = Workplace(tmp_path), DATASETS[CALLS]
    workplace.bring(dataset, "2024", csv_text([row_of(dataset, number, "2024-04-10") for number in range(5)]))
    plan = plan_cleaning(workplace.lake, dataset, ["2024-04"])
    report = run(spark, plan.job(workplace.lake.uri, partitions=1), lambda message: None)
    (manifest,) = publish_months(workplace.lake, plan, report)
    assert (manifest.clean_rows, sorted(file.rows for file in manifest.files)) == (5, [1, 2, 2])


def test_a_month_is_one_file_whose_row_groups_are_apart_in_time(spark: SparkSession, tmp_path: Path) -> None:
    file, rows = tmp_path / "raw.csv", 250_000
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'E' || hash(i) as incident_num, date '2023-01-01' + (hash(i) % 31)::integer as date_time, "
            f"hash(i * 7)::varchar as address_road_primary, 'FD' as call_type from range({rows}) t(i)) to '{file}'"
        )
    header = ["incident_num", "date_time", "address_road_primary", "call_type"]
    year = YearInput("2023", [str(file)], header, False, ["2023-01"], ["2023-01"], None)
    run(spark, CleaningJob(CALLS, [year], str(tmp_path / "clean"), str(tmp_path / "rejects"), 1), lambda message: None)
    (written,) = (tmp_path / "clean" / "partition=2023-01").glob("*.parquet")
    with duckdb.connect() as connection:
        groups = connection.execute(
            "select stats_min_value, stats_max_value, row_group_num_rows from parquet_metadata($file) "
            "where path_in_schema = 'occurred_at' order by row_group_id",
            {"file": str(written)},
        ).fetchall()
    assert len(groups) >= 2
    assert sum(number for *_, number in groups) == rows
    assert all(before[1] <= after[0] for before, after in pairwise(groups))
