"""Schemas come from the column maps: each header that a portal has had is understood whole, and each layer's types."""

from __future__ import annotations

import pytest
from crime_cleaning.column_maps import COLUMN_MAPS
from crime_cleaning.columns import ColumnType
from crime_cleaning.job import cleaned
from crime_cleaning.spec import CleaningJob, YearInput
from pyspark.sql import SparkSession

from crime_trends.warehouse.schema import dataset_columns

AUSTIN_27 = (
    "Incident Number,Highest Offense Description,Highest Offense Code,Family Violence,Occurred Date Time,Occurred Date,"
    "Occurred Time,Report Date Time,Report Date,Report Time,Location Type,Address,Zip Code,Council District,APD Sector,"
    "APD District,PRA,Census Tract,Clearance Status,Clearance Date,UCR Category,Category Description,X-coordinate,"
    "Y-coordinate,Latitude,Longitude,Location"
)
AUSTIN_27_API = (
    "incident_report_number,crime_type,ucr_code,family_violence,occ_date_time,occ_date,occ_time,rep_date_time,rep_date,"
    "rep_time,location_type,address,zip_code,council_district,sector,district,pra,census_tract,clearance_status,"
    "clearance_date,ucr_category,category_description,x_coordinate,y_coordinate,latitude,longitude,location"
)
AUSTIN_19 = (
    "Incident Number,Highest Offense Description,Highest Offense Code,Family Violence,Occurred Date Time,Occurred Date,"
    "Occurred Time,Report Date Time,Report Date,Report Time,Location Type,Council District,APD Sector,APD District,"
    "Clearance Status,Clearance Date,UCR Category,Category Description,Census Block Group"
)
AUSTIN_19_API = (
    "incident_report_number,crime_type,ucr_code,family_violence,occ_date_time,occ_date,occ_time,rep_date_time,rep_date,"
    "rep_time,location_type,council_district,sector,district,clearance_status,clearance_date,ucr_category,"
    "category_description,census_block_group"
)
LOS_ANGELES_28 = (
    "DR_NO,Date Rptd,DATE OCC,TIME OCC,AREA ,AREA NAME,Rpt Dist No,Part 1-2,Crm Cd,Crm Cd Desc,Mocodes,Vict Age,"
    "Vict Sex,Vict Descent,Premis Cd,Premis Desc,Weapon Used Cd,Weapon Desc,Status,Status Desc,Crm Cd 1,Crm Cd 2,"
    "Crm Cd 3,Crm Cd 4,LOCATION,Cross Street,LAT,LON"
)
LOS_ANGELES_28_API = (
    "dr_no,date_rptd,date_occ,time_occ,area,area_name,rpt_dist_no,part_1_2,crm_cd,crm_cd_desc,mocodes,vict_age,vict_sex,"
    "vict_descent,premis_cd,premis_desc,weapon_used_cd,weapon_desc,status,status_desc,crm_cd_1,crm_cd_2,crm_cd_3,"
    "crm_cd_4,location,cross_street,lat,lon"
)
LOS_ANGELES_2018 = (
    "DR Number,Date Reported,Date Occurred,Time Occurred,Area ID,Area Name,Reporting District,Crime Code,"
    "Crime Code Description,MO Codes,Victim Age,Victim Sex,Victim Descent,Premise Code,Premise Description,"
    "Weapon Used Code,Weapon Description,Status Code,Status Description,Crime Code 1,Crime Code 2,Crime Code 3,"
    "Crime Code 4,Address,Cross Street,Location "
)
LOS_ANGELES_NIBRS = (
    "caseno,uniquenibrno,date_rptd,date_occ,time_occ,area,area_name,rpt_dist_no,totaloffensecount,group,nibr_code,"
    "nibr_description,crime_against,premis_cd,premis_desc,weapon_used_cd,weapon_desc,status,status_desc,"
    "totalvictimcount,victim_shot,domestic_violence_crime,hate_crime,gang_related_crime,transit_related_crime,"
    "homeless_victim_crime,homeless_suspect_crime,homeless_arrestee_crime,hndrdth_loc_chk,hndrdth_lat,hndrdth_lon"
)
SAN_DIEGO_CALLS = (
    "incident_num,date_time,day_of_week,address_number_primary,address_dir_primary,address_road_primary,"
    "address_sfx_primary,address_dir_intersecting,address_road_intersecting,address_sfx_intersecting,call_type,"
    "disposition,beat,priority"
)
SAN_DIEGO_NIBRS = (
    "objectid,nibrs_uniq,case_number,occured_on,approved_on,day_of_week,month,year,code_section,group_type,ibr_category,"
    "crime_against,ibr_offense,ibr_offense_description,pd_offense_category,violent_crime,property_crime,beat,"
    "neighborhood,service_area,division_number,division,block_addr,city,state,zip,geocode_status,geocode_score,latitude,"
    "longitude"
)
GONE_IN_AUSTIN = {
    *("address", "zip_code", "pra_code", "census_tract", "x_coordinate", "y_coordinate", "latitude", "longitude")
}

HEADERS = {
    "Austin, 27 columns": ("austin_crime_reports", AUSTIN_27, {"census_block_group"}),
    "Austin, 27 columns of the API": ("austin_crime_reports", AUSTIN_27_API, {"census_block_group"}),
    "Austin, 19 columns": ("austin_crime_reports", AUSTIN_19, GONE_IN_AUSTIN),
    "Austin, 19 columns of the API": ("austin_crime_reports", AUSTIN_19_API, GONE_IN_AUSTIN),
    "Los Angeles, AREA with a space": ("los_angeles_crime_reports", LOS_ANGELES_28, set()),
    "Los Angeles, API": ("los_angeles_crime_reports", LOS_ANGELES_28_API, set()),
    "Los Angeles before 2019": ("los_angeles_crime_reports", LOS_ANGELES_2018, {"ucr_part", "longitude"}),
    "Los Angeles, NIBRS with spaces": (
        "los_angeles_nibrs_offenses",
        LOS_ANGELES_NIBRS.replace("_", " ").title(),
        set(),
    ),
    "Los Angeles, NIBRS": ("los_angeles_nibrs_offenses", LOS_ANGELES_NIBRS, set()),
    "San Diego, calls": ("san_diego_calls_for_service", SAN_DIEGO_CALLS, set()),
    "San Diego, calls in upper case": ("san_diego_calls_for_service", SAN_DIEGO_CALLS.upper(), set()),
    "San Diego, NIBRS with a BOM": ("san_diego_nibrs_offenses", "\ufeff" + SAN_DIEGO_NIBRS, set()),
    "San Diego, NIBRS in upper case": ("san_diego_nibrs_offenses", SAN_DIEGO_NIBRS.upper(), set()),
}


@pytest.mark.parametrize(("dataset", "text", "absent"), HEADERS.values(), ids=HEADERS)
def test_every_column_of_every_vintage_is_understood(dataset: str, text: str, absent: set[str]) -> None:
    column_map, header = COLUMN_MAPS[dataset], text.split(",")
    assert column_map.missing_columns(header) == []
    assert column_map.unknown_columns(header) == []
    found = column_map.source_columns(header)
    assert {column.name for column in column_map.columns if column.sources} - found.keys() == absent
    assert len(set(found.values())) == len(found), "a column of the portal would be read twice"


def test_location_is_the_address_or_a_point_as_the_vintage_has_it() -> None:
    column_map = COLUMN_MAPS["los_angeles_crime_reports"]
    old, new = (column_map.source_columns(text.split(",")) for text in (LOS_ANGELES_2018, LOS_ANGELES_28))
    assert (old["address"], old["latitude"]) == ("Address", "Location ")
    assert (new["address"], new["latitude"]) == ("LOCATION", "LAT")


def test_a_missing_needed_column_and_a_new_one_are_named() -> None:
    header = [*SAN_DIEGO_CALLS.replace("call_type,", "").split(","), "drone_used"]
    column_map = COLUMN_MAPS["san_diego_calls_for_service"]
    assert column_map.missing_columns(header) == ["call_type"]
    assert column_map.unknown_columns(header) == ["drone_used"]


def test_a_second_spelling_of_a_column_is_named_since_it_is_not_read() -> None:
    column_map = COLUMN_MAPS["los_angeles_nibrs_offenses"]
    header = [":id", *LOS_ANGELES_NIBRS.split(","), "lat"]
    assert column_map.source_columns(header)["latitude"] == "hndrdth_lat"
    assert column_map.unknown_columns(header) == ["lat"]


@pytest.mark.parametrize("column_map", COLUMN_MAPS.values(), ids=COLUMN_MAPS)
def test_every_column_says_what_it_is_and_a_quantity_its_unit(column_map: object) -> None:
    for column in column_map.all_columns:
        assert column.description.endswith("."), column.name
        assert column.unit or column.type is not ColumnType.NUMBER, column.name
    assert column_map.column(column_map.id_column).needed
    assert column_map.column(column_map.month_column).needed


SPARK_TYPES = {
    "string": "VARCHAR",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp_ntz": "TIMESTAMP",
    "array<string>": "VARCHAR[]",
}


@pytest.mark.parametrize("dataset", COLUMN_MAPS)
def test_clean_rows_have_the_warehouses_columns_and_types(spark: SparkSession, tmp_path: object, dataset: str) -> None:
    file = tmp_path / "raw.csv"
    header = [column.sources[0] for column in COLUMN_MAPS[dataset].columns if column.needed]
    file.write_text(",".join(header) + "\n")
    year = YearInput("2023", [str(file)], header, False, ["2023-01"], ["2023-01"], None)
    rows = cleaned(spark, CleaningJob(dataset, [year], "", "", partitions=1))
    columns = {name: SPARK_TYPES.get(kind, kind) for name, kind in rows.dtypes}
    carried = {"outcome", "reason", "row_id", "raw", "malformed", "partition"}
    assert list(columns.items())[: -len(carried)] == list(dataset_columns(dataset).items())
    assert set(list(columns)[-len(carried) :]) == carried
