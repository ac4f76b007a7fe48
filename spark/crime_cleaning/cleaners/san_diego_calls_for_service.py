"""Cleans San Diego's calls for service."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812

from crime_cleaning import rules
from crime_cleaning.column_maps.san_diego_calls_for_service import COLUMN_MAP

UNKNOWN_BEATS = ("-1", "999")

PRIORITIES = {
    "0": "Dispatch immediately",
    "1": "Dispatch immediately",
    "2": "Dispatch as quickly as possible",
    "3": "Dispatch as quickly as possible",
    "4": "Dispatch when no higher priority is waiting",
    "9": "Telephone report unit",
}
"""As the city's priority definitions say; the stray values 5, 7 and 8 are not among them."""


def clean(rows: DataFrame) -> DataFrame:
    """The clean columns. The day of the week is computed: the portal's own numbering changed over the years."""
    day = F.col("occurred_at").cast("date")
    return rules.apply(
        rows,
        COLUMN_MAP,
        {
            "occurred_date": rules.Rule(value=day),
            "day_of_week": rules.Rule(value=F.dayofweek(day).cast("long")),
            "address_number": rules.code("address_number"),
            "beat_code": rules.code("beat_code", unknown=UNKNOWN_BEATS),
            "priority_name": rules.decoded("priority_code", PRIORITIES),
        },
    )
