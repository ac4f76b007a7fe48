"""How files are read: header vintages, quotes, broken rows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from crime_cleaning.job import run
from crime_cleaning.spec import CleaningJob, YearInput
from pyspark.sql import SparkSession

from crime_trends.datasets import DATASETS
from crime_trends.lake.checksums import measure
from crime_trends.warehouse.schema import dataset_columns
from crime_trends_tests.spark.conftest import Clean, read_parquet

CALLS = "san_diego_calls_for_service"
REPORTS = "los_angeles_crime_reports"
ROW = "E1,2023-03-12 02:30:00,FD,CAN,523"


@pytest.mark.parametrize(
    ("header", "has_line_breaks"),
    [
        ("INCIDENT_NUM,DATE_TIME,CALL_TYPE,DISPOSITION,BEAT", False),
        ('"incident_num","date_time","call_type","disposition","beat"', False),
        ('\ufeff"incident_num",date_time,call_type,disposition,beat', False),
        ('\ufeff"incident_num",date_time,call_type,disposition,beat', True),
        ("\ufeffincident_num,date_time, call_type ,disposition,beat", True),
    ],
)
def test_header_vintages(clean: Clean, header: str, has_line_breaks: bool) -> None:
    (row,) = clean(CALLS, f"{header}\n{ROW}\n", ["2023-03"], has_line_breaks=has_line_breaks).rows
    assert (row["call_id"], row["call_type_code"], row["beat_code"]) == ("E1", "FD", "523")


def test_display_names_with_a_trailing_space(clean: Clean) -> None:
    text = (
        "DR_NO,DATE OCC,TIME OCC,AREA ,AREA NAME,Crm Cd,Crm Cd Desc\n"
        "10,01/08/2020 12:00:00 AM,2230,03,Southwest,624,BATTERY\n"
    )
    (row,) = clean(REPORTS, text, ["2020-01"]).rows
    assert (row["area_code"], row["area_name"]) == ("03", "Southwest")


def test_the_order_of_columns_does_not_matter(clean: Clean) -> None:
    text = "beat,disposition,call_type,date_time,incident_num\n523,CAN,FD,2023-03-01 00:00:00,E1\n"
    (row,) = clean(CALLS, text, ["2023-03"]).rows
    assert (row["call_id"], row["beat_code"]) == ("E1", "523")


def test_commas_quotes_and_line_breaks_within_fields(clean: Clean) -> None:
    header = "incident_num,date_time,address_road_primary,call_type,disposition,beat\n"
    texts = {"E1": 'THE ""OLD"" ROAD, EAST', "E2": "two\nlines", "E3": "back\\slash", "E4": '""'}
    rows = "".join(f'{key},2023-03-01 00:00:00,"{text}",FD,CAN,523\n' for key, text in texts.items())
    found = clean(CALLS, header + rows, ["2023-03"], has_line_breaks=True).by("call_id")
    assert {key: row["address_road"] for key, row in found.items()} == {
        "E1": 'THE "OLD" ROAD, EAST',
        "E2": "two\nlines",
        "E3": "back\\slash",
        "E4": '"',
    }


def test_crlf_at_the_end_of_rows_and_within_a_field(clean: Clean) -> None:
    header = "incident_num,date_time,call_type,disposition,address_road_primary,beat\r\n"
    rows = [
        'E1,2023-03-12 02:30:00,FD,CAN,"Burglary / \r\nBreaking & Entering",523\r\n',
        'E2,2023-03-12 02:30:00,FD,CAN,,"523"\r\n',
        "E3,2023-03-12 02:30:00,FD,CAN,,",
    ]
    found = clean(CALLS, header + "".join(rows), ["2023-03"], has_line_breaks=True).by("call_id")
    assert [row["beat_code"] for row in found.values()] == ["523", "523", None]
    assert found["E1"]["address_road"] == "Burglary / \nBreaking & Entering"
    plain = clean(CALLS, header + "".join(rows[1:]), ["2023-03"]).by("call_id")
    assert [row["beat_code"] for row in plain.values()] == ["523", None]


@pytest.mark.parametrize("line", ["   ", "\x1a", "\t"], ids=["blanks", "the end of a file of DOS", "a tab"])
def test_a_line_of_nothing_but_blanks_is_a_row_to_ingest_and_to_cleaning(
    clean: Clean, tmp_path: Path, line: str
) -> None:
    text = f"incident_num,date_time,call_type,disposition,beat\n{ROW}\n{line}\n"
    (tmp_path / "raw.csv").write_text(text)
    measured = measure(
        tmp_path / "raw.csv", DATASETS[CALLS].column_map, ["2023-03"], memory_limit="200MB", temporary_dir=tmp_path
    )
    assert (measured.rows, measured.undated_rows) == (2, 1)
    result = clean(CALLS, text, ["2023-03"], undated_month="2023-03", has_line_breaks=measured.has_line_breaks)
    assert (len(result.rows), [reject["reason"] for reject in result.rejects]) == (1, ["no_month"])


@pytest.mark.parametrize("has_line_breaks", [False, True])
def test_too_few_and_too_many_fields_are_issues(clean: Clean, has_line_breaks: bool) -> None:
    header = "incident_num,date_time,call_type,disposition,beat\n"
    rows = [
        ROW,
        "E2,2023-03-01 00:00:00,FD",
        "E3,2023-03-01 00:00:00,FD,CAN,523,more",
        ",2023-03-02 00:00:00,x,y,z,more",
    ]
    result = clean(CALLS, header + "\n".join(rows) + "\n", ["2023-03"], has_line_breaks=has_line_breaks)
    found = result.by("call_id")
    assert {key: row["issues"] for key, row in found.items()} == {
        "E1": [],
        "E2": ["row:field_count"],
        "E3": ["row:field_count"],
    }
    assert (found["E2"]["beat_code"], found["E3"]["beat_code"]) == (None, "523")
    assert result.report.months["2023-03"].issues == {"row": 2}
    assert [(reject["reason"], reject["raw"]) for reject in result.rejects] == [("no_id", rows[3])]


def test_years_with_different_headers_are_cleaned_in_one_job(spark: SparkSession, tmp_path: Path) -> None:
    inputs = []
    for year, names in (
        ("2022", "incident_num,date_time,call_type,disposition,beat"),
        ("2023", "BEAT,DATE_TIME,INCIDENT_NUM"),
    ):
        file = tmp_path / f"{year}.csv"
        values = {"incident_num": f"E{year}", "date_time": f"{year}-12-31 23:00:00", "beat": "523"}
        file.write_text(names + "\n" + ",".join(values.get(name.lower(), "") for name in names.split(",")) + "\n")
        month = f"{year}-12"
        inputs.append(YearInput(year, [str(file)], names.split(","), False, [month], [month], None))
    run(spark, CleaningJob(CALLS, inputs, str(tmp_path / "clean"), str(tmp_path / "rejects"), 2), lambda message: None)
    assert [row["call_id"] for row in read_parquet(tmp_path / "clean")] == ["E2022", "E2023"]


def test_the_files_have_the_warehouses_columns_and_local_times_without_a_zone(
    spark: SparkSession, tmp_path: Path
) -> None:
    file = tmp_path / "raw.csv"
    header = "incident_num,date_time,call_type,disposition,beat"
    file.write_text(f"{header}\n{ROW}\n")
    inputs = [YearInput("2023", [str(file)], header.split(","), False, ["2023-03"], ["2023-03"], None)]
    run(spark, CleaningJob(CALLS, inputs, str(tmp_path / "clean"), str(tmp_path / "rejects"), 2), lambda message: None)
    (written,) = (tmp_path / "clean" / "partition=2023-03").glob("*.parquet")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/Los_Angeles'")
        described = connection.execute(
            "describe from read_parquet($file, hive_partitioning = false)", {"file": str(written)}
        ).fetchall()
        (found,) = connection.execute("select occurred_at from read_parquet($file)", {"file": str(written)}).fetchall()
    assert {name: column_type for name, column_type, *_ in described} == dataset_columns(CALLS)
    assert found == (datetime(2023, 3, 12, 2, 30),)
