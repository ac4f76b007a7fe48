"""Cleans Los Angeles's crime reports with legacy codes."""

from pyspark.sql import DataFrame

from crime_cleaning import rules
from crime_cleaning.column_maps.los_angeles_crime_reports import COLUMN_MAP

BOX = rules.Box(south=33.3, north=34.9, west=-119.0, east=-117.6)
"""Los Angeles and what lies around it."""

OLDEST_VICTIM = 110
"""Years; 120 occurs and is no age."""

SEXES = {"F": "Female", "M": "Male", "X": "Non-binary or undisclosed"}

DESCENTS = {
    "A": "Other Asian",
    "B": "Black",
    "C": "Chinese",
    "D": "Cambodian",
    "F": "Filipino",
    "G": "Guamanian",
    "H": "Hispanic/Latin/Mexican",
    "I": "American Indian/Alaskan Native",
    "J": "Japanese",
    "K": "Korean",
    "L": "Laotian",
    "O": "Other",
    "P": "Pacific Islander",
    "S": "Samoan",
    "U": "Hawaiian",
    "V": "Vietnamese",
    "W": "White",
    "X": "Unknown",
    "Z": "Asian Indian",
}
"""The publisher's own words."""


def clean(rows: DataFrame) -> DataFrame:
    """The clean columns. An age of 0 or below means that it is not known, as do coordinates of 0, 0."""
    return rules.apply(
        rows,
        COLUMN_MAP,
        {
            "occurred_at": rules.day_and_time("occurred_date", "occurred_time"),
            "occurred_time": rules.hhmm("occurred_time"),
            "area_code": rules.code("area_code", width=2),
            "reporting_district_code": rules.code("reporting_district_code", width=4),
            "victim_age": rules.integer("victim_age", lowest=1, highest=OLDEST_VICTIM),
            "victim_sex_name": rules.decoded("victim_sex_code", SEXES, otherwise="Unknown"),
            "victim_descent_name": rules.decoded("victim_descent_code", DESCENTS, otherwise="Unknown"),
            **{f"offense_code_{number}": rules.code(f"offense_code_{number}") for number in (1, 2, 3, 4)},
            **rules.coordinates(BOX),
        },
    )
