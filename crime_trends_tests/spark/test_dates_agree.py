"""The month that ingest counts a row to (DuckDB) is the month that cleaning files it under (Spark)."""

from __future__ import annotations

import duckdb
from crime_cleaning.rules import wall_clock
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812

from crime_trends.lake.checksums import date_sql

TEXTS = [
    "2023-12-22T22:00:00.000",
    "2023-01-01 00:00:05",
    "2025-01-01 00:00:00.000",
    "2026-06-30",
    "01/08/2020 12:00:00 AM",
    "01/08/2020 11:59:59 PM",
    "01/08/2020 00:00",
    "1/8/2020 0:00",
    "1/8/2020 0:5",
    "10/15/2020 0:00",
    "44119",
    "44119.75",
    "11/27/2005  14:00",
    "11/27/2005   14:00",
    "11/27/2005",
    "2014 Dec 22 11:31:16 AM",
    "2014 Dec 22",
    "1800-01-06T00:00:00.000",
    "02/30/2024 12:00:00 AM",
    "2023-13-01",
    "13/01/2020 0:00",
    "01/08/2020 13:00:00 PM",
    "4411",
    "-1",
    "not a date",
    "\u00a02023-01-01",
    "",
]


def test_spark_and_duckdb_read_the_same_day_in_every_text(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(text,) for text in TEXTS], "text string")
    cleaned = frame.select("text", wall_clock(F.nullif(F.trim("text"), F.lit(""))).cast("date").alias("day"))
    by_spark = {row["text"]: row["day"] for row in cleaned.collect()}
    with duckdb.connect() as connection:
        by_duckdb = {
            text: (connection.execute(f"select {date_sql('$text')}", {"text": text}).fetchone() or (None,))[0]
            for text in TEXTS
        }
    assert by_spark == by_duckdb
    assert sum(day is not None for day in by_spark.values()) == 18
