"""San Diego police calls for service (seshat, a file per year): one row per call to the police, not a crime."""

from crime_cleaning.columns import Column, ColumnMap
from crime_cleaning.columns import ColumnType as T

# fmt: off
COLUMN_MAP = ColumnMap(
    dataset="san_diego_calls_for_service",
    id_column="call_id",
    month_column="occurred_at",
    columns=(
        Column("call_id", T.TEXT, ("incident_num",), "The call's number, with its prefix P (2015) or E.", needed=True, former_name="incident_num"),
        Column("occurred_at", T.TIMESTAMP, ("date_time",), "When the call came in, local time.", needed=True, former_name="crime_datetime"),
        Column("occurred_date", T.DATE, (), "The day the call came in.", former_name="crime_date"),
        Column("day_of_week", T.INTEGER, (), "1 (Sunday) to 7 (Saturday), computed from the day: the portal's numbering changed.", former_name="day_of_week"),
        Column("address_number", T.TEXT, ("address_number_primary",), "House number, rounded to the hundred; 0 where there is none.", former_name="address_number_primary"),
        Column("address_direction", T.TEXT, ("address_dir_primary",), "Direction before the road's name.", former_name="address_dir_primary"),
        Column("address_road", T.TEXT, ("address_road_primary",), "The road, or a pseudo-road such as CHP INFO LOG.", former_name="address_road_primary"),
        Column("address_suffix", T.TEXT, ("address_sfx_primary",), "The kind of road.", former_name="address_sfx_primary"),
        Column("intersecting_direction", T.TEXT, ("address_dir_intersecting",), "Direction of the intersecting road; always empty.", former_name="address_dir_intersecting"),
        Column("intersecting_road", T.TEXT, ("address_road_intersecting",), "The intersecting road.", former_name="address_road_intersecting"),
        Column("intersecting_suffix", T.TEXT, ("address_sfx_intersecting",), "The kind of the intersecting road; always empty.", former_name="address_sfx_intersecting"),
        Column("call_type_code", T.TEXT, ("call_type",), "The type of the call; some are not in the city's list.", needed=True, former_name="call_type"),
        Column("disposition_code", T.TEXT, ("disposition",), "The outcome of the call.", needed=True, former_name="disposition"),
        Column("beat_code", T.TEXT, ("beat",), "The police beat; -1 and 999 mean unknown and become null.", needed=True, former_name="beat"),
        Column("priority_code", T.TEXT, ("priority",), "The dispatch priority: 0 to 4 or 9, a few stray values.", former_name="priority"),
        Column("priority_name", T.TEXT, (), "What the priority means.", former_name="priority_description"),
    ),
    ignored_sources=("day_of_week",),
)
