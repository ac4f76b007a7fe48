"""Properties: any text gives a value or an issue and never an error, and ingest and cleaning read the same rows."""

from __future__ import annotations

import csv
import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from crime_cleaning.cleaners import CLEANERS
from crime_cleaning.column_maps import COLUMN_MAPS
from crime_cleaning.columns import ColumnMap, ColumnType
from crime_cleaning.reading import read_years
from crime_cleaning.reading import texts as as_texts
from crime_cleaning.rules import plain, text_name, usable, wall_clock
from crime_cleaning.spec import YearInput
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812

from crime_trends.lake.checksums import date_sql, id_sql, measure
from crime_trends_tests.spark.texts import many_texts

TYPES = {
    ColumnType.TEXT: str,
    ColumnType.INTEGER: int,
    ColumnType.NUMBER: float,
    ColumnType.BOOLEAN: bool,
    ColumnType.DATE: date,
    ColumnType.TIMESTAMP: datetime,
}


def stands_for_unknown(name: str, texts: dict[str, str | None]) -> bool:
    """Whether the text is a publisher's way of writing "unknown", which alone becomes null without an issue."""
    if name in ("latitude", "longitude") and (texts["latitude"] or "").startswith("("):
        return True  # a point states both
    number = float((texts[name] or "").replace(",", ""))
    match name:
        case "victim_age":
            return number <= 0
        case "beat_code":
            return number in (-1, 999)
        case "x_coordinate" | "y_coordinate":
            return number == 0
        case "latitude" | "longitude":
            return abs(number) < 0.01
    return False


def check(column_map: ColumnMap, texts: dict[str, str | None], clean: dict[str, Any]) -> None:
    """Each text of a row became a value of its column's type, an issue, or the null that stands for "unknown"."""
    issues = dict(issue.split(":") for issue in clean["issues"])
    assert len(issues) == len(clean["issues"])
    for column in column_map.columns:
        value = clean[column.name]
        if value is not None:
            assert type(value) is TYPES[column.type]
            assert column.type is not ColumnType.NUMBER or math.isfinite(value)
        elif column.name in texts and texts[column.name] is not None and column.name not in issues:
            assert stands_for_unknown(column.name, texts), (column.name, texts)
        if column.name in issues:
            # The text of the latitude may be a point and state the longitude too.
            assert texts[column.name] is not None or column.name == "longitude", issues
            # The time of day may stand in for a moment that can't be read.
            assert value is None or column.type is ColumnType.TIMESTAMP


@pytest.mark.parametrize("dataset", CLEANERS)
def test_any_text_gives_a_value_or_an_issue_in_every_column(spark: SparkSession, dataset: str) -> None:
    column_map = COLUMN_MAPS[dataset]
    names = [column.name for column in column_map.columns if column.sources]

    texts = many_texts()
    rows = [
        (number, *(texts[(number + 7 * place) % len(texts)] for place in range(len(names))))
        for number in range(len(texts))
    ]
    frame = spark.createDataFrame(rows, ", ".join(["number int", *(f"`{name}` string" for name in names)]))
    frame = frame.select(
        "number",
        *[usable(F.col(name)).alias(text_name(name)) for name in names],
        F.lit("2024-03").alias("partition"),
        F.lit(None).cast("string").alias("malformed"),
    )
    cleaned = {row["number"]: row.asDict() for row in CLEANERS[dataset](frame).collect()}
    assert len(cleaned) == len(rows)
    for number, *row in rows:
        usable_texts = {name: text.strip(" ") or None for name, text in zip(names, row, strict=True)}
        check(column_map, usable_texts, cleaned[number])


def test_spark_and_duckdb_read_the_same_day_and_id_in_any_text(spark: SparkSession) -> None:
    texts = [*many_texts(), "1578-09-16T08:46Z", "1578-09-16T08:46:05Z"]  # of which Spark can read the second
    frame = spark.createDataFrame([(text,) for text in texts], "text string")
    text = usable(F.col("text"))
    by_spark = frame.select("text", wall_clock(text).cast("date"), plain(text)).collect()
    with duckdb.connect() as connection:
        by_duckdb = connection.execute(
            f"select text, {date_sql('text')}, nullif({id_sql('text')}, '') from (select unnest($texts) as text)",
            {"texts": texts},
        ).fetchall()
    differing = [(*a, *b[1:]) for a, b in zip(by_spark, by_duckdb, strict=True) if tuple(a) != b]
    assert differing == [], "text, day and id of Spark, day and id of DuckDB"


def unified(text: str | None) -> str | None:
    """The text with one kind of line break."""
    return text and text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("line_end", "quoting"), [("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)], ids=["all in quotes", "CRLF"]
)
def test_any_text_survives_the_way_through_a_file(
    spark: SparkSession, tmp_path: Path, line_end: str, quoting: int
) -> None:
    """Of a field in quotes only the kind of its line breaks is lost; ingest counts the rows that cleaning reads."""
    column_map = COLUMN_MAPS["san_diego_calls_for_service"]
    header, texts = ["incident_num", "date_time", "address_road_primary", "call_type"], many_texts()
    file = tmp_path / "raw.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator=line_end, quoting=quoting)
        writer.writerow(header)
        writer.writerows([f"E{n}", "2023-01-01 00:00:05", text, texts[-n]] for n, text in enumerate(texts))
    measured = measure(file, column_map, ["2023-01"], memory_limit="200MB", temporary_dir=tmp_path)
    assert measured.months["2023-01"][0] == measured.rows == len(texts)
    year = YearInput("2023", [str(file)], header, measured.has_line_breaks, ["2023-01"], ["2023-01"], None)
    rows = as_texts(read_years(spark, column_map, [year]), column_map)
    read = rows.select("row_id", text_name("address_road"), "malformed").collect()
    expected = {f"E{n}": (unified(text.strip(" ") or None), None) for n, text in enumerate(texts)}
    found = {row_id: (unified(text), malformed) for row_id, text, malformed in read}
    assert len(found) == len(read)
    differing = {key: (expected.get(key), found.get(key)) for key in expected.keys() | found.keys()}
    assert {key: pair for key, pair in differing.items() if pair[0] != pair[1]} == {}, "expected, found"
