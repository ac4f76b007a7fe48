"""Reads a raw year as text, each row under the clean columns' names and with the month that it belongs to.

Spark's own CSV defaults corrupt these files: quotes are escaped by doubling them, types are never inferred, and the
schema comes from the header that the manifest states.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import StringType, StructField, StructType

from crime_cleaning import rules
from crime_cleaning.columns import ColumnMap
from crime_cleaning.spec import YearInput

UPDATED_AT = ":updated_at"
_SERVED = "served_"


def read_years(spark: SparkSession, column_map: ColumnMap, years: Sequence[YearInput]) -> DataFrame:
    """The rows of the years that belong to the months asked for, as they were served, and:

    ``year`` of the file; ``partition`` the month as ``YYYY-MM``; ``is_dated`` whether the row states it; ``row_id`` the
    key; ``updated_at`` the portal's word for how new the row is, or null; ``row_hash`` of the columns that the map
    names, in which empty and missing are the same; ``malformed`` the text of a row with too few or too many fields,
    else null.
    """
    return reduce(DataFrame.unionByName, [as_served(read_csv(spark, year), column_map, year) for year in years])


def texts(rows: DataFrame, column_map: ColumnMap) -> DataFrame:
    """The rows of ``read_years`` with usable texts instead of what was served."""
    usable = [rules.usable(F.col(_SERVED + name)).alias(rules.text_name(name)) for name in _sourced(column_map)]
    kept = [name for name in rows.columns if not name.startswith(_SERVED)]
    return rows.select(*usable, *kept)


def as_json(column_map: ColumnMap, years: Sequence[YearInput]) -> Column:
    """A row of ``read_years`` under its header's own names; the text itself of a row with a wrong number of fields."""
    result = F.col("malformed")
    for header in dict.fromkeys(tuple(year.header) for year in years):
        position = _positions(column_map, header)
        served = {number: F.col(_SERVED + name) for name, number in position.items()}
        others = [number for number in range(len(header)) if number not in served]
        served |= {number: F.col(f"{_SERVED}others")[index] for index, number in enumerate(others)}
        fields = F.struct(*[served[number].alias(name.lstrip("\ufeff")) for number, name in enumerate(header)])
        of_header = F.col("year").isin([year.year for year in years if tuple(year.header) == header])
        result = F.coalesce(result, F.when(of_header, F.to_json(fields)))
    return result


def read_csv(spark: SparkSession, year: YearInput) -> DataFrame:
    """A year's fields as texts, ``field_<position>``: a header may repeat a name, or differ only in case; and
    ``malformed``, the text of a row with too few or too many fields, else null.
    """
    return spark.read.csv(
        [_escaped(file) for file in year.files],
        schema=StructType([StructField(name, StringType()) for name in [*_fields(year), "malformed"]]),
        header=True,
        quote='"',
        escape='"',
        multiLine=year.has_line_breaks,
        mode="PERMISSIVE",
        columnNameOfCorruptRecord="malformed",
        encoding="UTF-8",
    )


def as_served(rows: DataFrame, column_map: ColumnMap, year: YearInput) -> DataFrame:
    """The rows of ``read_csv`` as ``read_years`` describes them."""
    fields = _fields(year)
    nothing = F.lit(None).cast("string")
    position = _positions(column_map, year.header)
    header = [name.lstrip("\ufeff") for name in year.header]
    served = {name: F.col(fields[position[name]]) if name in position else nothing for name in _sourced(column_map)}
    others = [F.col(field) for number, field in enumerate(fields) if number not in position.values()]
    hashed = [F.coalesce(text, F.lit("")) for text in (*served.values(), F.col("malformed"))]
    month = _month(rules.usable(served[column_map.month_column]))
    return (
        rows.select(
            *[text.alias(_SERVED + name) for name, text in served.items()],
            F.array(*others).cast("array<string>").alias(f"{_SERVED}others"),
            F.lit(year.year).alias("year"),
            (F.col(fields[header.index(UPDATED_AT)]) if UPDATED_AT in header else nothing).alias("updated_at"),
            F.xxhash64(*hashed).alias("row_hash"),
            "malformed",
            rules.plain(rules.usable(served[column_map.id_column])).alias("row_id"),
            month.alias("stated_month"),
        )
        .withColumn("is_dated", F.coalesce(F.col("stated_month").isin(year.known_months), F.lit(False)))
        .withColumn("partition", F.when(F.col("is_dated"), F.col("stated_month")).otherwise(F.lit(year.undated_month)))
        .where(F.col("partition").isin(year.months))
        .drop("stated_month")
    )


def _fields(year: YearInput) -> list[str]:
    return [f"field_{position}" for position in range(len(year.header))]


def _sourced(column_map: ColumnMap) -> list[str]:
    return [column.name for column in column_map.columns if column.sources]


def _positions(column_map: ColumnMap, header: Sequence[str]) -> dict[str, int]:
    """Target name -> where its source stands in the header, for each column that the header has."""
    number = {name: number for number, name in reversed(list(enumerate(header)))}
    return {name: number[spelling] for name, spelling in column_map.source_columns(list(header)).items()}


def _month(text: Column) -> Column:
    return F.substring(rules.wall_clock(text).cast("date").cast("string"), 1, 7)


def _escaped(path: str) -> str:
    """The path with the characters escaped that Hadoop would take for a pattern."""
    return re.sub(r"([\\\[\]{}*?])", r"\\\1", path)
