"""The benchmark compares like with like: DuckDB's rules make the very rows that the job makes."""

from __future__ import annotations

from pathlib import Path

import duckdb
from crime_cleaning.job import run
from crime_cleaning.spec import CleaningJob, YearInput
from pyspark.sql import SparkSession

from bench import floor, los_angeles, report


def test_the_floor_makes_the_rows_that_the_job_makes(spark: SparkSession, tmp_path: Path) -> None:
    file, rows, months = tmp_path / "2022.csv", 25_000, [month for month in los_angeles.MONTHS if month[:4] == "2022"]
    los_angeles.write_year(file, "2022", rows)
    assert floor.clean([file], tmp_path / "floor", memory_limit="1GB") == los_angeles.distinct(rows) == rows - 2
    year = YearInput("2022", [str(file)], los_angeles.HEADER, False, months, months, None)
    job = CleaningJob("los_angeles_crime_reports", [year], str(tmp_path / "job"), str(tmp_path / "rejects"), 2)
    counts = run(spark, job, lambda message: None).months.values()
    assert sum(month.clean_rows for month in counts) == rows - 2
    assert sum(month.duplicate_rows for month in counts) == 2
    assert sum(sum(month.issues.values()) for month in counts) > 0
    with duckdb.connect() as connection:
        for name, folder in (("floor", tmp_path / "floor" / "clean"), ("job", tmp_path / "job")):
            files = f"read_parquet('{folder}/*/*.parquet', hive_partitioning = false)"
            connection.execute(f"create table {name} as from {files}")
        for one, other in (("floor", "job"), ("job", "floor")):
            assert connection.execute(f"from {one} except all from {other} limit 3").fetchall() == []


def test_a_section_takes_the_place_of_the_one_of_its_title(tmp_path: Path) -> None:
    page = tmp_path / "RESULTS.md"
    for title, body in (("Cleaning", "before"), ("Loading", "other"), ("Cleaning", "anew")):
        report.write_section(title, body, ["duckdb"], page)
    text = page.read_text()
    assert text.index("## Cleaning") < text.index("anew") < text.index("## Loading") < text.index("other")
    assert "before" not in text
    assert text.count("duckdb") == 2
