"""Cleans San Diego's NIBRS offenses."""

from pyspark.sql import DataFrame

from crime_cleaning import rules
from crime_cleaning.column_maps.san_diego_nibrs_offenses import COLUMN_MAP

BOX = rules.Box(south=32.4, north=33.5, west=-117.6, east=-116.0)
"""San Diego and its county's west."""

CRIMES_AGAINST = {"PE": "Person", "PR": "Property", "SO": "Society"}


def clean(rows: DataFrame) -> DataFrame:
    """The clean columns."""
    return rules.apply(
        rows,
        COLUMN_MAP,
        {
            "crime_against": rules.decoded("crime_against_code", CRIMES_AGAINST),
            **rules.coordinates(BOX),
        },
    )
