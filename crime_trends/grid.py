"""Counts on a grid: how many records of a year and an offense group lie in each cell, with Spark.

A cell is a square of about 500 meters. Where fewer than five records lie, cells are merged into one of twice the side,
again and again, up to the whole city; what is then still fewer than five is counted with other groups of its year. So
no cell counts fewer than five, and of a year at most four records are left out. Sensitive offenses are left out, and
calls have no coordinates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import cos, radians
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812

from crime_trends.datasets import DATASETS, Dataset
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.schema import GRID_COUNTS

FEWEST = 5
CELL_METERS = 500
METERS_OF_A_DEGREE = 111_320
"""Of latitude."""

SIDES = 6
"""So many sizes of cells: 500 meters to 16 kilometers. Then comes the whole city, then the city for several groups."""

CITY, SEVERAL = SIDES, SIDES + 1
SEVERAL_GROUPS = "several"
NO_OFFENSE = "not_a_crime"


@dataclass(frozen=True)
class Place:
    """What is known of a dataset's coordinates.

    Arguments:
        latitude: of the middle of the city, where a cell is as wide as it is high.
        basis: what the coordinates are of, as the portal says.
    """

    latitude: float
    basis: str


PLACES: Mapping[str, Place] = {
    "austin_crime_reports": Place(30.27, "as published, until 2025"),
    "los_angeles_crime_reports": Place(34.05, "hundred block"),
    "los_angeles_nibrs_offenses": Place(34.05, "hundred block"),
    "san_diego_nibrs_offenses": Place(32.72, "block"),
}
"""The datasets with coordinates. Los Angeles moves each to the middle of its hundred block, so that records heap."""


def grid_records(spark: SparkSession, warehouse: Warehouse, folder: Path) -> DataFrame:
    """The records that count: non-sensitive offenses and reports with coordinates.

    Arguments:
        spark: the session.
        warehouse: holds facts, which know what is sensitive, and tables, which know where.
        folder: of this machine, for tables on their way; it must stay until the frame was evaluated.

    Raises:
        NoTableError: facts were never built.
    """
    facts = warehouse.frame(
        spark,
        ("facts", "fct_incidents"),
        ("dataset", "city", "record_type", "month", "incident_id", "offense_group", "is_sensitive"),
        folder,
    ).where(~F.col("is_sensitive") & (F.col("offense_group") != NO_OFFENSE))
    found = []
    for dataset in map(DATASETS.__getitem__, PLACES):
        key = dataset.column_map.id_column
        places = (
            warehouse.frame(spark, ("warehouse", dataset.key), (key, "month", "latitude", "longitude"), folder)
            .where(F.col("latitude").isNotNull() & F.col("longitude").isNotNull())
            .withColumnRenamed(key, "incident_id")
        )
        found.append(facts.where(F.col("dataset") == dataset.key).join(places, ["month", "incident_id"]))
    return reduce(DataFrame.unionByName, found).withColumn("calendar_year", F.year("month").cast("long"))


def grid_counts(records: DataFrame) -> DataFrame:
    """The cells, in the columns of the table.

    Arguments:
        records: with dataset, city, record_type, calendar_year, offense_group, latitude, longitude.
    """
    year = ["dataset", "city", "record_type", "calendar_year"]
    points = records.groupBy(*year, "offense_group", "latitude", "longitude").agg(F.count("*").alias("point_count"))
    points = points.withColumns(
        {
            "row": F.floor(F.col("latitude") / _height()),
            "column": F.floor(F.col("longitude") / _width()),
            "size": F.lit(None).cast("int"),
        }
    )
    for size in range(SEVERAL + 1):
        cell = Window.partitionBy(*year, *_cell(size))
        is_open = F.col("size").isNull()
        enough = F.sum(F.when(is_open, F.col("point_count"))).over(cell) >= FEWEST
        points = points.withColumn("size", F.when(is_open & enough, F.lit(size)).otherwise(F.col("size")))

    counted = points.where(F.col("size").isNotNull()).withColumns(
        {
            "offense_group": F.when(F.col("size") == SEVERAL, F.lit(SEVERAL_GROUPS)).otherwise(F.col("offense_group")),
            **{name: _merged(name) for name in ("row", "column")},
        }
    )
    cells = counted.groupBy(*year, "offense_group", "size", "row", "column").agg(
        F.sum("point_count").alias("record_count"), F.max("point_count").alias("greatest")
    )
    sides = F.pow(F.lit(2), F.col("size")).cast("long")
    is_square = F.col("size") < CITY
    named = cells.withColumns(
        {
            "cell_id": F.when(is_square, F.concat_ws("/", sides * CELL_METERS, "row", "column")).otherwise("city"),
            "cell_meters": F.when(is_square, sides * CELL_METERS),
            "cell_latitude": F.when(is_square, F.round((F.col("row") + 0.5) * sides * _height(), 6)),
            "cell_longitude": F.when(is_square, F.round((F.col("column") + 0.5) * sides * _width(), 6)),
            "is_heaped": F.col("greatest") * 2 > F.col("record_count"),
            "location_basis": _by_dataset({key: place.basis for key, place in PLACES.items()}),
        }
    )
    return named.select(*GRID_COUNTS)


def _cell(size: int) -> list[Column | str]:
    """What the records of one cell have in common, within a year."""
    if size == SEVERAL:
        return []
    if size == CITY:
        return ["offense_group"]
    return ["offense_group", *(F.shiftright(F.col(name), size) for name in ("row", "column"))]


def _merged(name: str) -> Column:
    """Row or column of the cell of its size; 0 for the city."""
    sizes = [F.when(F.col("size") == size, F.shiftright(F.col(name), size)) for size in range(SIDES)]
    return F.coalesce(*sizes, F.lit(0).cast("long"))


def _height() -> float:
    return CELL_METERS / METERS_OF_A_DEGREE


def _width() -> Column:
    """Degrees of longitude that are as long as a cell is high, in the middle of the dataset's city."""
    return _by_dataset({key: _height() / cos(radians(place.latitude)) for key, place in PLACES.items()})


def _by_dataset(values: Mapping[str, str | float]) -> Column:
    return F.coalesce(*(F.when(F.col("dataset") == key, F.lit(value)) for key, value in values.items()))


def eligible_sql(warehouse: Warehouse, dataset: Dataset) -> str:
    """SQL: year, offense group and number of a dataset's records that count, as the database counts them."""
    return (
        "select extract(year from facts.month) as calendar_year, facts.offense_group, count(*) as record_count "
        f"from {warehouse.table('facts', 'fct_incidents')} as facts "
        f"inner join {warehouse.table('warehouse', dataset.key)} as located "
        f"on facts.month = located.month and facts.incident_id = located.{dataset.column_map.id_column} "
        f"where facts.dataset = '{dataset.key}' and not facts.is_sensitive "
        f"and facts.offense_group <> '{NO_OFFENSE}' "
        "and located.latitude is not null and located.longitude is not null group by 1, 2"
    )
