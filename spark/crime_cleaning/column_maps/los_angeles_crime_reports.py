"""Los Angeles Crime Data (Socrata 63jg-8b9z for 2010-2019, 2nrs-mtv8 for 2020-2024): one row per report, legacy codes."""

from crime_cleaning.columns import Column, ColumnMap
from crime_cleaning.columns import ColumnType as T

# fmt: off
COLUMN_MAP = ColumnMap(
    dataset="los_angeles_crime_reports",
    id_column="incident_id",
    month_column="occurred_date",
    columns=(
        Column("incident_id", T.TEXT, ("dr_no", "DR Number"), "Division of Records number; leading zeros matter.", needed=True, former_name="incident_num"),
        Column("occurred_at", T.TIMESTAMP, (), "When it happened, local time: day and HHMM joined.", former_name="crime_datetime"),
        Column("occurred_date", T.DATE, ("date_occ", "DATE OCC", "Date Occurred"), "The day it happened; the first of the month where it is not known.", needed=True, former_name="crime_date"),
        Column("occurred_time", T.TEXT, ("time_occ", "TIME OCC", "Time Occurred"), "The time it happened as HHMM; 0001 and 1200 are heaped.", needed=True),
        Column("report_date", T.DATE, ("date_rptd", "Date Rptd", "Date Reported"), "The day it was reported.", former_name="report_date"),
        Column("area_code", T.TEXT, ("area", "Area ID"), "The police area, 01 to 21.", former_name="area_code"),
        Column("area_name", T.TEXT, ("area_name", "AREA NAME"), "The name of the police area.", former_name="area_name"),
        Column("reporting_district_code", T.TEXT, ("rpt_dist_no", "Rpt Dist No", "Reporting District"), "The reporting district: area and two digits.", former_name="rpt_dist_num"),
        Column("ucr_part", T.INTEGER, ("part_1_2", "Part 1-2"), "1 for a Part I offense, 2 for a Part II offense.", former_name="part_1_2"),
        Column("offense_code", T.TEXT, ("crm_cd", "Crm Cd", "Crime Code"), "The legacy offense code; never compare it with a NIBRS code.", needed=True, former_name="crime_code"),
        Column("offense_name", T.TEXT, ("crm_cd_desc", "Crm Cd Desc", "Crime Code Description"), "The name of the offense.", needed=True, former_name="crime_description"),
        Column("mo_codes", T.TEXT, ("mocodes", "Mocodes", "MO Codes"), "Codes of the modus operandi, four digits each, separated by spaces.", former_name="mocodes"),
        Column("victim_age", T.INTEGER, ("vict_age", "Vict Age", "Victim Age"), "The victim's age; 0 and below mean unknown and become null, above 110 is an issue.", unit="years", former_name="vict_age"),
        Column("victim_sex_code", T.TEXT, ("vict_sex", "Vict Sex", "Victim Sex"), "The victim's sex as published."),
        Column("victim_sex_name", T.TEXT, (), "Female (F), Male (M), Non-binary or undisclosed (X), else Unknown.", former_name="vict_sex"),
        Column("victim_descent_code", T.TEXT, ("vict_descent", "Vict Descent", "Victim Descent"), "The victim's descent as published."),
        Column("victim_descent_name", T.TEXT, (), "The publisher's word for the descent's letter, else Unknown.", former_name="vict_descent"),
        Column("premise_code", T.TEXT, ("premis_cd", "Premis Cd", "Premise Code"), "The code of the kind of place.", former_name="premis_code"),
        Column("premise_name", T.TEXT, ("premis_desc", "Premis Desc", "Premise Description"), "The kind of place.", former_name="premis_description"),
        Column("weapon_code", T.TEXT, ("weapon_used_cd", "Weapon Used Cd", "Weapon Used Code"), "The code of the weapon.", former_name="weapon_code"),
        Column("weapon_name", T.TEXT, ("weapon_desc", "Weapon Desc", "Weapon Description"), "The weapon.", former_name="weapon_description"),
        Column("status_code", T.TEXT, ("status", "Status", "Status Code"), "The status of the case.", former_name="status"),
        Column("status_name", T.TEXT, ("status_desc", "Status Desc", "Status Description"), "The name of the status.", former_name="status_description"),
        Column("offense_code_1", T.TEXT, ("crm_cd_1", "Crm Cd 1", "Crime Code 1"), "The most serious offense.", former_name="crime_code_1"),
        Column("offense_code_2", T.TEXT, ("crm_cd_2", "Crm Cd 2", "Crime Code 2"), "A further offense, less serious.", former_name="crime_code_2"),
        Column("offense_code_3", T.TEXT, ("crm_cd_3", "Crm Cd 3", "Crime Code 3"), "A further offense, less serious.", former_name="crime_code_3"),
        Column("offense_code_4", T.TEXT, ("crm_cd_4", "Crm Cd 4", "Crime Code 4"), "A further offense, less serious.", former_name="crime_code_4"),
        Column("address", T.TEXT, ("location", "LOCATION", "Address"), "The address, rounded to the hundred block; the padding inside is made one space.", former_name="location"),
        Column("cross_street", T.TEXT, ("cross_street", "Cross Street"), "The cross street; the padding inside is made one space.", former_name="cross_street"),
        Column("latitude", T.NUMBER, ("lat", "LAT", "Location "), "Latitude, WGS 84, of the hundred block; 0, 0 means missing and becomes null. In the oldest exports a point, latitude and longitude.", unit="degrees", former_name="latitude"),
        Column("longitude", T.NUMBER, ("lon", "LON"), "Longitude, WGS 84, of the hundred block; 0, 0 means missing and becomes null.", unit="degrees", former_name="longitude"),
    ),
)
