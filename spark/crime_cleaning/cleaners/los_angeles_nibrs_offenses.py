"""Cleans the LAPD's NIBRS offenses."""

from pyspark.sql import DataFrame

from crime_cleaning import rules
from crime_cleaning.cleaners.los_angeles_crime_reports import BOX
from crime_cleaning.column_maps.los_angeles_nibrs_offenses import COLUMN_MAP


def clean(rows: DataFrame) -> DataFrame:
    """The clean columns. Areas and districts are padded as the legacy reports have them; some days carry a time."""
    return rules.apply(
        rows,
        COLUMN_MAP,
        {
            "occurred_at": rules.day_and_time_or("occurred_at", "occurred_date", "occurred_time"),
            "occurred_time": rules.hhmm("occurred_time"),
            "area_code": rules.code("area_code", width=2),
            "reporting_district_code": rules.code("reporting_district_code", width=4),
            **rules.coordinates(BOX),
        },
    )
