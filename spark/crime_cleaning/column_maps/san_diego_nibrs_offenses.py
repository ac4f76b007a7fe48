"""San Diego NIBRS offenses (seshat, a file per year): one row per offense of a case; the day only, no time."""

from crime_cleaning.columns import Column, ColumnMap
from crime_cleaning.columns import ColumnType as T

# fmt: off
COLUMN_MAP = ColumnMap(
    dataset="san_diego_nibrs_offenses",
    id_column="offense_id",
    month_column="occurred_date",
    columns=(
        Column("offense_id", T.TEXT, ("nibrs_uniq",), "The offense: case and NIBRS code.", needed=True),
        Column("object_id", T.TEXT, ("objectid",), "The row's number in the city's map service."),
        Column("case_id", T.TEXT, ("case_number",), "The case; several offenses can share one.", needed=True),
        Column("occurred_date", T.DATE, ("occured_on", "occurred_on"), "The day it happened; no time is published.", needed=True),
        Column("approved_at", T.TIMESTAMP, ("approved_on",), "When the report was approved, local time."),
        Column("code_section", T.TEXT, ("code_section",), "The statutes, separated by ||."),
        Column("nibrs_group_code", T.TEXT, ("group_type",), "NIBRS group: A or B."),
        Column("offense_category", T.TEXT, ("ibr_category",), "The NIBRS category."),
        Column("crime_against_code", T.TEXT, ("crime_against",), "PE, PR or SO as published."),
        Column("crime_against", T.TEXT, (), "Person (PE), Property (PR) or Society (SO)."),
        Column("offense_code", T.TEXT, ("ibr_offense",), "The NIBRS code.", needed=True),
        Column("offense_name", T.TEXT, ("ibr_offense_description",), "The NIBRS name of the offense."),
        Column("police_category", T.TEXT, ("pd_offense_category",), "The police's own category."),
        Column("is_violent_crime", T.BOOLEAN, ("violent_crime",), "Whether the police count it as violent crime."),
        Column("is_property_crime", T.BOOLEAN, ("property_crime",), "Whether the police count it as property crime."),
        Column("beat_code", T.TEXT, ("beat",), "The police beat."),
        Column("neighborhood_name", T.TEXT, ("neighborhood",), "The beat's neighborhood."),
        Column("service_area_code", T.TEXT, ("service_area",), "The police service area."),
        Column("division_code", T.TEXT, ("division_number",), "The number of the police division."),
        Column("division_name", T.TEXT, ("division",), "The police division."),
        Column("address", T.TEXT, ("block_addr",), "The address, rounded to the hundred block; runs of spaces are made one."),
        Column("city_name", T.TEXT, ("city",), "The city in the address."),
        Column("state_code", T.TEXT, ("state",), "The state in the address."),
        Column("zip_code", T.TEXT, ("zip",), "The ZIP code."),
        Column("geocode_status", T.TEXT, ("geocode_status",), "How well the address was found."),
        Column("geocode_score", T.NUMBER, ("geocode_score",), "The geocoder's score.", unit="0 to 100"),
        Column("latitude", T.NUMBER, ("latitude",), "Latitude, WGS 84; 0, 0 means missing and becomes null.", unit="degrees"),
        Column("longitude", T.NUMBER, ("longitude",), "Longitude, WGS 84; 0, 0 means missing and becomes null.", unit="degrees"),
    ),
    ignored_sources=("day_of_week", "month", "year"),
)
