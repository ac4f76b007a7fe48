"""The benchmark compares like with like: DuckDB's rules make the very rows that the job makes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from crime_cleaning.job import run
from crime_cleaning.spec import CleaningJob, YearInput
from pyspark.sql import SparkSession

from bench import cleaning, floor, los_angeles, report


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
        assert connection.execute("describe floor").fetchall() == connection.execute("describe job").fetchall()
        for one, other in (("floor", "job"), ("job", "floor")):
            assert connection.execute(f"from {one} except all from {other} limit 3").fetchall() == []


def test_a_way_that_made_other_rows_than_the_first_is_refused(tmp_path: Path) -> None:
    place = cleaning.Workplace(tmp_path / "of its own", 4_000)
    place.prepare(cleaning.FLOOR)
    place.floor()
    place.check(cleaning.FLOOR)
    (file, *_) = (tmp_path / "of its own" / "made" / "clean").rglob("*.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"create table made as select * replace ('99' as area_code) from read_parquet('{file}')")
        connection.execute(f"copy (select * exclude (partition) from made) to '{file}' (format parquet)")
    with pytest.raises(ValueError, match="DuckDB made other rows than this project"):
        place.check(cleaning.FLOOR)


def test_a_section_is_printed_and_takes_the_place_of_the_one_of_its_title(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "RESULTS.md"
    for title, body in (("Cleaning", "before"), ("Loading", "other"), ("Cleaning", "anew")):
        report.write_section(title, body, ["duckdb"], page)
    text = page.read_text()
    assert text.index("## Cleaning") < text.index("anew") < text.index("## Loading") < text.index("other")
    assert "before" not in text
    assert text.count("duckdb") == 2
    printed = capsys.readouterr().out
    assert text.partition("## Cleaning")[2].partition("## Loading")[0].strip() in printed
    assert "## Loading\n\nother\n\nMeasured on " in printed


def test_the_results_of_cleaning_are_ratios_and_say_of_how_many_runs_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = {cleaning.OURS: 20.0, cleaning.ONE_MONTH: 5.0, cleaning.PLAIN: 50.0, cleaning.FLOOR: 8.0}
    report.write_section("Cleaning", cleaning.results({1_000_000: times}, repeat=1), ["duckdb"], tmp_path / "page")
    once = capsys.readouterr().out
    for ratio in (
        "| the plain way / this project | 3 or more | 2.50 |",
        "| this project / DuckDB | 3 or less at 1 M, 2 or less at 5 M | 2.50 |",
        "| this project, one changed month of 24 / this project | 0.1 or less | 0.25 |",
    ):
        assert ratio in once
    assert "seconds of one run each" in once and "median" not in once
    assert "medians of 3 runs each" in cleaning.results({1_000_000: times}, repeat=3)
