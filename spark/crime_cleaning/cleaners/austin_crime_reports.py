"""Cleans Austin's crime reports."""

from pyspark.sql import DataFrame

from crime_cleaning import rules
from crime_cleaning.column_maps.austin_crime_reports import COLUMN_MAP

BOX = rules.Box(south=29.8, north=30.8, west=-98.4, east=-97.2)
CLEARANCE_STATUSES = {"C": "Arrested", "O": "Exception", "N": "Not cleared"}


def clean(rows: DataFrame) -> DataFrame:
    """The clean columns. State plane coordinates of 0 mean that the place is not known."""
    return rules.apply(
        rows,
        COLUMN_MAP,
        {
            "occurred_at": rules.timestamp_or("occurred_at", "occurred_date", "occurred_time"),
            "occurred_time": rules.hhmm("occurred_time"),
            "reported_at": rules.timestamp_or("reported_at", "report_date", "report_time"),
            "report_time": rules.hhmm("report_time"),
            "clearance_status_name": rules.decoded("clearance_status_code", CLEARANCE_STATUSES),
            "council_district": rules.code("council_district"),
            "census_block_group": rules.code("census_block_group"),
            "x_coordinate": rules.number("x_coordinate", unknown=0),
            "y_coordinate": rules.number("y_coordinate", unknown=0),
            **rules.coordinates(BOX),
        },
    )
