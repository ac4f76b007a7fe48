"""LAPD NIBRS Offenses (Socrata k7nn-b2ep), from 2024-03-07: one row per offense of a case."""

from crime_cleaning.columns import Column, ColumnMap
from crime_cleaning.columns import ColumnType as T

# fmt: off
COLUMN_MAP = ColumnMap(
    dataset="los_angeles_nibrs_offenses",
    id_column="offense_id",
    month_column="occurred_date",
    columns=(
        Column("offense_id", T.TEXT, ("uniquenibrno",), "The offense: case, NIBRS code and sequence.", needed=True),
        Column("case_id", T.TEXT, ("caseno",), "The case; several offenses can share one.", needed=True),
        Column("occurred_at", T.TIMESTAMP, (), "When it happened, local time: day and HHMM joined; where HHMM is missing, the time that the day carries."),
        Column("occurred_date", T.DATE, ("date_occ",), "The day it happened.", needed=True),
        Column("occurred_time", T.TEXT, ("time_occ",), "The time it happened as HHMM; 0000 and 1200 are heaped.", needed=True),
        Column("report_date", T.DATE, ("date_rptd",), "The day it was reported."),
        Column("area_code", T.TEXT, ("area",), "The police area, 01 to 21."),
        Column("area_name", T.TEXT, ("area_name",), "The name of the police area."),
        Column("reporting_district_code", T.TEXT, ("rpt_dist_no",), "The reporting district: area and two digits."),
        Column("case_offense_count", T.INTEGER, ("totaloffensecount",), "Offenses in the case.", unit="offenses"),
        Column("nibrs_group_code", T.TEXT, ("group",), "NIBRS group: A or B."),
        Column("offense_code", T.TEXT, ("nibr_code",), "The NIBRS code.", needed=True),
        Column("offense_name", T.TEXT, ("nibr_description",), "The statute text behind the offense, not the NIBRS name."),
        Column("crime_against", T.TEXT, ("crime_against",), "Person, Property or Society, sometimes several with commas."),
        Column("premise_code", T.TEXT, ("premis_cd",), "The code of the kind of place; letters occur."),
        Column("premise_name", T.TEXT, ("premis_desc",), "The kind of place."),
        Column("weapon_code", T.TEXT, ("weapon_used_cd",), "The code of the weapon."),
        Column("weapon_name", T.TEXT, ("weapon_desc",), "The weapon."),
        Column("status_code", T.TEXT, ("status",), "The status of the case."),
        Column("status_name", T.TEXT, ("status_desc",), "The name of the status."),
        Column("case_victim_count", T.INTEGER, ("totalvictimcount",), "Victims in the case.", unit="victims"),
        Column("is_victim_shot", T.BOOLEAN, ("victim_shot",), "Whether a victim was shot."),
        Column("is_domestic_violence", T.BOOLEAN, ("domestic_violence_crime",), "Whether it is domestic violence."),
        Column("is_hate_crime", T.BOOLEAN, ("hate_crime",), "Whether it is a hate crime."),
        Column("is_gang_related", T.BOOLEAN, ("gang_related_crime",), "Whether it is gang related."),
        Column("is_transit_related", T.BOOLEAN, ("transit_related_crime",), "Whether it is related to public transit."),
        Column("is_homeless_victim", T.BOOLEAN, ("homeless_victim_crime",), "Whether a victim is homeless."),
        Column("is_homeless_suspect", T.BOOLEAN, ("homeless_suspect_crime",), "Whether a suspect is homeless."),
        Column("is_homeless_arrestee", T.BOOLEAN, ("homeless_arrestee_crime",), "Whether an arrestee is homeless."),
        Column("address", T.TEXT, ("hndrdth_loc_chk", "location"), "The address, rounded to the hundred block; runs of spaces are made one."),
        Column("latitude", T.NUMBER, ("hndrdth_lat", "lat"), "Latitude, WGS 84, of the hundred block; 0, 0 means missing and becomes null.", unit="degrees"),
        Column("longitude", T.NUMBER, ("hndrdth_lon", "lon"), "Longitude, WGS 84, of the hundred block; 0, 0 means missing and becomes null.", unit="degrees"),
    ),
)
