"""Austin Crime Reports (Socrata fdj4-gpfu): one row per report, its highest offense only.

API and display names: the 27 columns of the vintage up to 2024 and the 19 of the vintage since 2025.
"""

from crime_cleaning.columns import Column, ColumnMap
from crime_cleaning.columns import ColumnType as T

# fmt: off
COLUMN_MAP = ColumnMap(
    dataset="austin_crime_reports",
    id_column="incident_id",
    month_column="occurred_date",
    columns=(
        Column("incident_id", T.TEXT, ("incident_report_number", "Incident Number"), "The report's number, 9 to 13 digits.", needed=True, former_name="incident_num"),
        Column("occurred_at", T.TIMESTAMP, ("occ_date_time", "Occurred Date Time"), "When it happened, local time; from date and time where the portal leaves it out.", former_name="crime_datetime"),
        Column("occurred_date", T.DATE, ("occ_date", "Occurred Date"), "The day it happened.", needed=True, former_name="crime_date"),
        Column("occurred_time", T.TEXT, ("occ_time", "Occurred Time"), "The time it happened as HHMM, padded to four digits; 2400 is midnight at the end of the day."),
        Column("reported_at", T.TIMESTAMP, ("rep_date_time", "Report Date Time"), "When it was reported, local time.", former_name="report_datetime"),
        Column("report_date", T.DATE, ("rep_date", "Report Date"), "The day it was reported.", former_name="report_date"),
        Column("report_time", T.TEXT, ("rep_time", "Report Time"), "The time it was reported as HHMM, padded to four digits."),
        Column("offense_code", T.TEXT, ("ucr_code", "Highest Offense Code"), "The police's own code of the highest offense, as published (not padded).", needed=True, former_name="crime_code"),
        Column("offense_name", T.TEXT, ("crime_type", "Highest Offense Description"), "The police's own name of the highest offense.", needed=True, former_name="crime_description"),
        Column("is_family_violence", T.BOOLEAN, ("family_violence", "Family Violence"), "Whether the report involves family violence.", former_name="family_violence"),
        Column("location_type", T.TEXT, ("location_type", "Location Type"), "The kind of place.", former_name="location_type"),
        Column("address", T.TEXT, ("address", "Address"), "The address; runs of spaces are made one. Not published since 2025.", former_name="address"),
        Column("zip_code", T.TEXT, ("zip_code", "Zip Code"), "The ZIP code; not published since 2025.", former_name="zip_code"),
        Column("council_district", T.TEXT, ("council_district", "Council District"), "The city council's district.", former_name="council_district"),
        Column("sector_code", T.TEXT, ("sector", "APD Sector"), "The police sector.", former_name="apd_sector"),
        Column("district_code", T.TEXT, ("district", "APD District"), "The police district within the sector.", former_name="apd_district"),
        Column("pra_code", T.TEXT, ("pra", "PRA"), "The police reporting area; not published since 2025.", former_name="pra"),
        Column("census_tract", T.TEXT, ("census_tract", "Census Tract"), "The census tract; not published since 2025.", former_name="census_tract"),
        Column("census_block_group", T.TEXT, ("census_block_group", "Census Block Group"), "The census block group without the state's 48; published since 2025."),
        Column("clearance_status_code", T.TEXT, ("clearance_status", "Clearance Status"), "C, O or N as published; empty is not stated."),
        Column("clearance_status_name", T.TEXT, (), "Arrested (C), Exception (O) or Not cleared (N).", former_name="clearance_status"),
        Column("clearance_date", T.DATE, ("clearance_date", "Clearance Date"), "The day the report was cleared or closed.", former_name="clearance_date"),
        Column("ucr_category_code", T.TEXT, ("ucr_category", "UCR Category"), "The NIBRS code of an index offense; filled for about a third of the rows.", former_name="ucr_category"),
        Column("ucr_category_name", T.TEXT, ("category_description", "Category Description"), "The name of the UCR category.", former_name="category_description"),
        Column("x_coordinate", T.NUMBER, ("x_coordinate", "X-coordinate"), "State plane coordinate, Texas central zone; 0 means missing and becomes null. Not published since 2025.", unit="US survey feet"),
        Column("y_coordinate", T.NUMBER, ("y_coordinate", "Y-coordinate"), "State plane coordinate, Texas central zone; 0 means missing and becomes null. Not published since 2025.", unit="US survey feet"),
        Column("latitude", T.NUMBER, ("latitude", "Latitude"), "Latitude, WGS 84; nearly 0, 0 means missing and becomes null. Not published since 2025.", unit="degrees"),
        Column("longitude", T.NUMBER, ("longitude", "Longitude"), "Longitude, WGS 84; nearly 0, 0 means missing and becomes null. Not published since 2025.", unit="degrees"),
    ),
    ignored_sources=("location",),
)
