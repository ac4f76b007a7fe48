"""Reads a raw year as text, each row under the clean columns' names and with the month that it belongs to.

Spark's own CSV defaults corrupt these files: quotes are escaped by doubling them, types are never inferred, and the
schema comes from the header that the manifest states.
"""

from __future__ import annotations

import re

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import StringType, StructField, StructType

from crime_cleaning import rules
from crime_cleaning.columns import ColumnMap
from crime_cleaning.spec import YearInput

UPDATED_AT = ":updated_at"


def read_year(spark: SparkSession, column_map: ColumnMap, year: YearInput) -> DataFrame:
    """The rows of a year that belong to the months asked for, as usable texts, and:

    ``partition`` the month as ``YYYY-MM``; ``is_dated`` whether the row states it; ``row_id`` the key;
    ``updated_at`` the portal's word for how new the row is, or null; ``row_hash`` of the columns that the map names,
    in which empty and missing are the same; ``raw`` the row as JSON; ``malformed`` the text of a row with too few or
    too many fields, else null.
    """
    header = [name.lstrip("\ufeff") for name in year.header]
    # By position: a header may repeat a name, or differ from another only in case.
    fields = [f"field_{position}" for position in range(len(header))]
    rows = spark.read.csv(
        [_escaped(file) for file in year.files],
        schema=StructType([StructField(name, StringType()) for name in [*fields, "malformed"]]),
        header=True,
        quote='"',
        escape='"',
        multiLine=year.has_line_breaks,
        mode="PERMISSIVE",
        columnNameOfCorruptRecord="malformed",
        encoding="UTF-8",
    )

    source = column_map.source_columns(year.header)
    position = {name: number for number, name in reversed(list(enumerate(year.header)))}
    nothing = F.lit(None).cast("string")
    as_served = {
        column.name: F.col(fields[position[source[column.name]]]) if column.name in source else nothing
        for column in column_map.columns
        if column.sources
    }
    as_json = F.to_json(F.struct(*[F.col(field).alias(name) for field, name in zip(fields, header, strict=True)]))
    hashed = [F.coalesce(text, F.lit("")) for text in (*as_served.values(), F.col("malformed"))]
    return (
        rows.select(
            *[rules.usable(text).alias(rules.text_name(name)) for name, text in as_served.items()],
            (F.col(fields[header.index(UPDATED_AT)]) if UPDATED_AT in header else nothing).alias("updated_at"),
            F.xxhash64(*hashed).alias("row_hash"),
            F.coalesce("malformed", as_json).alias("raw"),
            "malformed",
        )
        .withColumn("row_id", rules.plain(F.col(rules.text_name(column_map.id_column))))
        .withColumn("stated_month", _month(F.col(rules.text_name(column_map.month_column))))
        .withColumn("is_dated", F.coalesce(F.col("stated_month").isin(year.known_months), F.lit(False)))
        .withColumn("partition", F.when(F.col("is_dated"), F.col("stated_month")).otherwise(F.lit(year.undated_month)))
        .where(F.col("partition").isin(year.months))
        .drop("stated_month")
    )


def _month(text: Column) -> Column:
    return F.substring(rules.wall_clock(text).cast("date").cast("string"), 1, 7)


def _escaped(path: str) -> str:
    """The path with the characters escaped that Hadoop would take for a pattern."""
    return re.sub(r"([\\\[\]{}*?])", r"\\\1", path)
