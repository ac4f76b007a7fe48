"""The quirks that occur in each dataset, each with the value that really occurs."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from crime_trends.datasets import DATASETS
from crime_trends_tests.spark.conftest import Clean, Cleaned, csv_text
from crime_trends_tests.spark.test_schemas import AUSTIN_19, GONE_IN_AUSTIN

Found = dict[str, dict[str, Any]]

UNPADDED_TIMES = {"0": "0000", "7": "0007", "45": "0045", "930": "0930", "2200": "2200"}
INVALID_TIMES = ("60", "80", "170", "1970")
WITHOUT_CLOCK = {
    "day and time": ({"occ_date_time": "12/31/2023", "occ_time": "1400"}, datetime(2023, 12, 31, 14)),
    "serial number and time": ({"occ_date_time": "45291", "occ_time": "1400"}, datetime(2023, 12, 31, 14)),
    "day and 2400": ({"occ_date_time": "12/31/2023", "occ_time": "2400"}, datetime(2024, 1, 1)),
    "day and midnight": ({"occ_date_time": "12/31/2023", "occ_time": "0"}, datetime(2023, 12, 31)),
    "day and no time": ({"occ_date_time": "12/31/2023"}, datetime(2023, 12, 31)),
    "a clock and another time": (
        {"occ_date_time": "12/31/2023  13:05", "occ_time": "1400"},
        datetime(2023, 12, 31, 13, 5),
    ),
}
AUSTIN = {"crime_type": "THEFT", "ucr_code": "600", "occ_date": "2023-12-31T00:00:00.000"}
AUSTIN_ROWS = [
    {"incident_report_number": "20238001001", "occ_date_time": "2023-12-22T22:00:00.000", "occ_time": "2200"},
    *(
        {"incident_report_number": f"time {text}", "occ_time": text}
        for text in (*UNPADDED_TIMES, *INVALID_TIMES, "2400")
    ),
    {"incident_report_number": "20238001006"},
    {
        "incident_report_number": "20238001007",
        "latitude": "0.00011857",
        "longitude": "-0.00013208",
        "address": "UNKNOWN",
    },
    {"incident_report_number": "20238001008", "x_coordinate": "0", "y_coordinate": "0"},
    {"incident_report_number": "20238001009", "x_coordinate": "16,776,960", "y_coordinate": "13,070,668.4453125"},
    {"incident_report_number": "20238001010", "latitude": "30.2672", "longitude": "-97.7431"},
    {"incident_report_number": "20238001011", "latitude": "34.05", "longitude": "-118.24"},
    {"incident_report_number": "20238001012", "clearance_status": "O", "clearance_date": "2024-01-05T00:00:00.000"},
    {"incident_report_number": "20238001013", "clearance_date": "soon"},
    {"incident_report_number": "20238001014", "crime_type": "DWI  .15 BAC OR ABOVE", "family_violence": "Y"},
    {"incident_report_number": "20,238,001,015"},
    {"incident_report_number": "20238001016", "rep_date": "2024-01-02T00:00:00.000", "rep_time": "27"},
    {
        "incident_report_number": "20238001017",
        "sector": "88",
        "district": "UT",
        "council_district": "7.0",
        "census_tract": "21.13",
        "census_block_group": "4530452001",
        "ucr_category": "13A",
        "ucr_code": "2405",
    },
    {
        "incident_report_number": "20238001018",
        "census_block_group": "4,530,452,001",
        "clearance_status": "C",
        "sector": "UT",
    },
    {
        "incident_report_number": "20238001019",
        "latitude": "30.27",
        "longitude": "-97.74",
        "location": '{"latitude": "29.99", "human_address": "{\\"address\\": \\"\\", \\"city\\": \\"\\"}"}',
    },
    {
        "incident_report_number": "20238001020",
        "latitude": "30.27",
        "longitude": "-97.74",
        "location": "(0, nonsense)",
    },
    {"incident_report_number": "20238001021", "address": "5500  TUMBLEWEED DR ", "zip_code": "78744.0"},
    {"incident_report_number": "20238001022", "latitude": " ", "occ_time": " ", "clearance_status": ""},
    {"incident_report_number": "20238001023", "clearance_status": "N"},
    {"incident_report_number": "20238001024", "clearance_date": "2024-01-05T00:00:00.000"},
    {"incident_report_number": "200512345"},
    {"incident_report_number": "2023800100123"},
    *({"incident_report_number": text, **fields} for text, (fields, _) in WITHOUT_CLOCK.items()),
]


@pytest.fixture(scope="module")
def austin(clean: Clean) -> Found:
    rows = [{**AUSTIN, **row} for row in AUSTIN_ROWS]
    return clean("austin_crime_reports", csv_text(rows), ["2023-12"]).by("incident_id")


def test_austin_takes_the_published_time(austin: Found) -> None:
    assert austin["20238001001"]["occurred_at"] == datetime(2023, 12, 22, 22)


@pytest.mark.parametrize("text", UNPADDED_TIMES)
def test_austin_joins_day_and_unpadded_time_where_the_time_is_missing(austin: Found, text: str) -> None:
    row, padded = austin[f"time {text}"], UNPADDED_TIMES[text]
    assert (row["occurred_time"], row["issues"]) == (padded, [])
    assert row["occurred_at"] == datetime(2023, 12, 31, int(padded[:2]), int(padded[2:]))


@pytest.mark.parametrize("name", WITHOUT_CLOCK)
def test_austin_time_beside_a_moment_without_a_clock_stands_in(austin: Found, name: str) -> None:
    assert (austin[name]["occurred_at"], austin[name]["issues"]) == (WITHOUT_CLOCK[name][1], [])


def test_austin_joins_day_and_time_of_the_report(austin: Found) -> None:
    assert austin["20238001016"]["reported_at"] == datetime(2024, 1, 2, 0, 27)


def test_austin_2400_is_midnight_of_the_next_day_and_the_row_stays_in_its_month(austin: Found) -> None:
    row = austin["time 2400"]
    assert row["occurred_at"] == datetime(2024, 1, 1)
    assert (row["occurred_date"], row["month"], row["issues"]) == (date(2023, 12, 31), date(2023, 12, 1), [])


@pytest.mark.parametrize("text", INVALID_TIMES)
def test_austin_invalid_time_is_an_issue(austin: Found, text: str) -> None:
    row = austin[f"time {text}"]
    assert (row["occurred_at"], row["occurred_time"], row["issues"]) == (None, None, ["occurred_time:not_a_time"])


def test_austin_without_any_time_has_none_and_no_issue(austin: Found) -> None:
    assert (austin["20238001006"]["occurred_at"], austin["20238001006"]["issues"]) == (None, [])


def test_austin_zero_and_nearly_zero_coordinates_are_unknown(austin: Found) -> None:
    for incident in ("20238001007", "20238001008"):
        row = austin[incident]
        assert [row[name] for name in ("latitude", "longitude", "x_coordinate", "y_coordinate")] == [None] * 4
        assert row["issues"] == []


def test_austin_thousands_commas(austin: Found) -> None:
    row = austin["20238001009"]
    assert (row["x_coordinate"], row["y_coordinate"]) == (16776960.0, 13070668.4453125)
    assert "20238001015" in austin


def test_austin_coordinates_outside_the_city_are_issues(austin: Found) -> None:
    assert (austin["20238001010"]["latitude"], austin["20238001010"]["longitude"]) == (30.2672, -97.7431)
    row = austin["20238001011"]
    assert (row["latitude"], row["longitude"]) == (None, None)
    assert row["issues"] == ["latitude:outside_city", "longitude:outside_city"]


def test_austin_clearance(austin: Found) -> None:
    row = austin["20238001012"]
    assert (row["clearance_status_code"], row["clearance_status_name"]) == ("O", "Exception")
    assert row["clearance_date"] == date(2024, 1, 5)
    assert austin["20238001013"]["clearance_status_name"] is None
    assert austin["20238001013"]["issues"] == ["clearance_date:not_a_date"]
    not_cleared = austin["20238001023"]
    assert (not_cleared["clearance_status_code"], not_cleared["clearance_status_name"]) == ("N", "Not cleared")
    assert (not_cleared["clearance_date"], not_cleared["issues"]) == (None, [])


def test_austin_text_stays_as_published(austin: Found) -> None:
    row = austin["20238001014"]
    assert (row["offense_name"], row["offense_code"]) == ("DWI  .15 BAC OR ABOVE", "600")
    assert (row["is_family_violence"], austin["20238001001"]["is_family_violence"]) == (True, None)


def test_austin_districts_and_unpadded_codes_stay_as_published(austin: Found) -> None:
    row = austin["20238001017"]
    assert (row["sector_code"], row["district_code"], row["offense_code"]) == ("88", "UT", "2405")
    assert (row["council_district"], row["census_tract"], row["ucr_category_code"]) == ("7", "21.13", "13A")
    assert austin["20238001018"]["sector_code"] == "UT"


def test_austin_census_block_group_has_ten_digits_with_or_without_commas(austin: Found) -> None:
    assert austin["20238001017"]["census_block_group"] == austin["20238001018"]["census_block_group"] == "4530452001"


def test_austin_status_without_date_and_date_without_status(austin: Found) -> None:
    row = austin["20238001018"]
    assert (row["clearance_status_name"], row["clearance_date"], row["issues"]) == ("Arrested", None, [])
    row = austin["20238001024"]
    assert (row["clearance_status_code"], row["clearance_status_name"]) == (None, None)
    assert (row["clearance_date"], row["issues"]) == (date(2024, 1, 5), [])


@pytest.mark.parametrize("incident", ["200512345", "20238001001", "2023800100123"])
def test_austin_incident_numbers_of_9_to_13_digits_stay_as_published(austin: Found, incident: str) -> None:
    assert austin[incident]["incident_id"] == incident
    assert austin[incident]["issues"] == []


@pytest.mark.parametrize("incident", ["20238001019", "20238001020"])
def test_austin_location_changes_nothing_whatever_it_holds(austin: Found, incident: str) -> None:
    row = austin[incident]
    assert (row["latitude"], row["longitude"], row["issues"]) == (30.27, -97.74, [])


def test_austin_location_objects_say_no_more_than_the_coordinates(real_portal_dir: Path) -> None:
    """Which is why they are ignored."""
    rows = json.loads((real_portal_dir / "austin" / "fdj4-gpfu.json").read_text(encoding="utf-8"))
    objects = [(row, row["location"]) for row in rows if "location" in row]
    assert objects
    for row, location in objects:
        assert [location.get(name) for name in ("latitude", "longitude")] == [row.get("latitude"), row.get("longitude")]


def test_austin_vintage_of_19_columns(clean: Clean) -> None:
    texts = {
        "Incident Number": "20258001001", "Highest Offense Description": "THEFT", "Highest Offense Code": "600",
        "Family Violence": "N", "Occurred Date Time": "03/01/2025 10:15:00 PM", "Occurred Date": "03/01/2025",
        "Occurred Time": "2215", "Council District": "9", "APD Sector": "GE", "Clearance Status": "C",
        "Clearance Date": "03/05/2025", "Census Block Group": "4530011001",
    }  # fmt: skip
    header = AUSTIN_19.split(",")
    assert len(header) == 19
    (row,) = clean("austin_crime_reports", csv_text([texts], header), ["2025-03"]).rows
    assert (row["incident_id"], row["offense_code"], row["is_family_violence"]) == ("20258001001", "600", False)
    assert (row["occurred_at"], row["clearance_date"]) == (datetime(2025, 3, 1, 22, 15), date(2025, 3, 5))
    assert (row["council_district"], row["sector_code"], row["census_block_group"]) == ("9", "GE", "4530011001")
    assert {row[name] for name in GONE_IN_AUSTIN} == {None}
    assert row["issues"] == []


def test_austin_padding_inside_an_address_goes(austin: Found) -> None:
    assert (austin["20238001021"]["address"], austin["20238001021"]["zip_code"]) == ("5500 TUMBLEWEED DR", "78744")


def test_austin_blank_is_missing(austin: Found) -> None:
    row = austin["20238001022"]
    assert (row["latitude"], row["occurred_time"], row["clearance_status_code"], row["issues"]) == (
        None,
        None,
        None,
        [],
    )


DATES = {
    "2023-12-22T22:00:00.000": datetime(2023, 12, 22, 22),
    "2023-01-01 00:00:05": datetime(2023, 1, 1, 0, 0, 5),
    "2025-01-01 00:00:00.000": datetime(2025, 1, 1),
    "01/08/2020 12:00:00 AM": datetime(2020, 1, 8),
    "01/08/2020 11:59:59 PM": datetime(2020, 1, 8, 23, 59, 59),
    "01/08/2020 00:00": datetime(2020, 1, 8),
    "1/8/2020 0:00": datetime(2020, 1, 8),
    "10/15/2020 0:00": datetime(2020, 10, 15),
    "44119": datetime(2020, 10, 15),
    "44119.75": datetime(2020, 10, 15, 18),
    "11/27/2005  14:00": datetime(2005, 11, 27, 14),
    "11/27/2005": datetime(2005, 11, 27),
    "2014 Dec 22 11:31:16 AM": datetime(2014, 12, 22, 11, 31, 16),
    "1800-01-06": datetime(1800, 1, 6),
}


@pytest.fixture(scope="module")
def dates(clean: Clean) -> Found:
    """One file in which every format occurs, as the day and as the time of a row."""
    rows = [
        {**AUSTIN, "incident_report_number": text, "occ_date": text, "occ_date_time": text, "clearance_date": text}
        for text in DATES
    ]
    months = sorted({f"{moment:%Y-%m}" for moment in DATES.values()})
    return clean("austin_crime_reports", csv_text(rows), months).by("incident_id")


@pytest.mark.parametrize("text", DATES)
def test_date_formats_mixed_in_one_file(dates: Found, text: str) -> None:
    row, moment = dates[text], DATES[text]
    assert (row["occurred_at"], row["occurred_date"], row["clearance_date"]) == (moment, moment.date(), moment.date())
    assert (row["month"], row["issues"]) == (moment.date().replace(day=1), [])


LOS_ANGELES = {
    "DATE OCC": "03/12/2023 12:00:00 AM", "TIME OCC": "0230", "Crm Cd": "510", "Crm Cd Desc": "VEHICLE - STOLEN",
}  # fmt: skip
LOS_ANGELES_ROWS = [
    {"DR_NO": "010304468", "AREA": "03", "Rpt Dist No": "0377", "Mocodes": "0444 0913", "Part 1-2": "1"},
    {"DR_NO": "230000002", "AREA": "7", "LAT": "0", "LON": "0", "Vict Age": "0"},
    {"DR_NO": "230000003", "LAT": "34", "LON": "-118.3506", "Vict Age": "-1", "Vict Sex": "F", "Vict Descent": "H"},
    {"DR_NO": "230000004", "Vict Age": "120", "Vict Sex": "H", "Vict Descent": "-"},
    {"DR_NO": "230000005", "TIME OCC": "2560", "Vict Sex": "X", "Vict Descent": "Z"},
    {"DR_NO": "230000006", "LOCATION": "1100 W  39TH                         PL", "LAT": "34.0375"},
    {"DR_NO": "230000007", "Date Rptd": "02/30/2023 12:00:00 AM", "Vict Age": "old"},
    {
        "DR_NO": "230000008",
        "TIME OCC": "0001",
        "Premis Cd": "418",
        "Crm Cd 1": "522.0",
        "LAT": "34.05",
        "LON": "-97.74",
    },
    {
        "DR_NO": "230000009",
        "TIME OCC": "1200",
        "Crm Cd": "624",
        "Crm Cd 1": "230",
        "Date Rptd": "12/31/2025 12:00:00 AM",
    },
]


@pytest.fixture(scope="module")
def los_angeles(clean: Clean) -> Found:
    rows = [{**LOS_ANGELES, **row} for row in LOS_ANGELES_ROWS]
    return clean("los_angeles_crime_reports", csv_text(rows), ["2023-03"]).by("incident_id")


def test_los_angeles_leading_zeros_survive(los_angeles: Found) -> None:
    row = los_angeles["010304468"]
    assert (row["area_code"], row["reporting_district_code"], row["mo_codes"]) == ("03", "0377", "0444 0913")
    assert (row["ucr_part"], los_angeles["230000002"]["area_code"]) == (1, "07")


def test_los_angeles_hour_that_the_clock_change_skips_survives(los_angeles: Found) -> None:
    assert los_angeles["010304468"]["occurred_at"] == datetime(2023, 3, 12, 2, 30)


def test_los_angeles_coordinates(los_angeles: Found) -> None:
    assert (los_angeles["230000002"]["latitude"], los_angeles["230000002"]["issues"]) == (None, [])
    assert (los_angeles["230000003"]["latitude"], los_angeles["230000003"]["longitude"]) == (34.0, -118.3506)
    assert los_angeles["230000006"]["issues"] == ["latitude:incomplete"]


WITH_COORDINATES = {
    "austin_crime_reports": (AUSTIN, "latitude", "longitude", ("30.2672", "-97.7431")),
    "los_angeles_crime_reports": (LOS_ANGELES, "LAT", "LON", ("34.05", "-118.24")),
    "los_angeles_nibrs_offenses": (
        {"date_occ": "2023-12-31", "caseno": "1"},
        "hndrdth_lat",
        "hndrdth_lon",
        ("34.05", "-118.24"),
    ),
    "san_diego_nibrs_offenses": ({"occured_on": "2023-12-31"}, "latitude", "longitude", ("32.7157", "-117.1611")),
}
ELSEWHERE = ("45.5152", "-122.6784")


@pytest.mark.parametrize("dataset", WITH_COORDINATES)
def test_coordinates_of_each_dataset_are_known_unknown_or_an_issue(clean: Clean, dataset: str) -> None:
    row, latitude, longitude, inside = WITH_COORDINATES[dataset]
    column_map = DATASETS[dataset].column_map
    key = column_map.column(column_map.id_column).sources[0]
    outside = ["latitude:outside_city", "longitude:outside_city"]
    texts = {
        "inside": (inside, []),
        "zero": (("0", "0"), []),
        "nearly zero": (("0.00011857", "-0.00013208"), []),
        "zero and nothing": (("0", ""), []),
        "nothing and zero": (("", "0.0"), []),
        "nothing": (("", ""), []),
        "elsewhere": (ELSEWHERE, outside),
        "swapped": (inside[::-1], outside),
        "half zero": ((inside[0], "0"), outside),
        "half": ((inside[0], ""), ["latitude:incomplete"]),
        "other half": (("", inside[1]), ["longitude:incomplete"]),
    }
    rows = [{**row, key: name, latitude: pair[0], longitude: pair[1]} for name, (pair, _) in texts.items()]
    month = "2023-03" if dataset == "los_angeles_crime_reports" else "2023-12"
    found = clean(dataset, csv_text(rows), [month]).by(column_map.id_column)
    assert {name: found[name]["issues"] for name in texts} == {name: issues for name, (_, issues) in texts.items()}
    pairs = {name: (found[name]["latitude"], found[name]["longitude"]) for name in texts}
    assert pairs == {**dict.fromkeys(texts, (None, None)), "inside": (float(inside[0]), float(inside[1]))}


def test_los_angeles_coordinates_outside_the_city_are_issues(los_angeles: Found) -> None:
    row = los_angeles["230000008"]
    assert (row["latitude"], row["longitude"]) == (None, None)
    assert row["issues"] == ["latitude:outside_city", "longitude:outside_city"]


def test_los_angeles_heaped_times_are_times(los_angeles: Found) -> None:
    assert los_angeles["230000008"]["occurred_at"] == datetime(2023, 3, 12, 0, 1)
    assert los_angeles["230000009"]["occurred_at"] == datetime(2023, 3, 12, 12)


def test_los_angeles_premise_418_has_no_description(los_angeles: Found) -> None:
    assert (los_angeles["230000008"]["premise_code"], los_angeles["230000008"]["premise_name"]) == ("418", None)


def test_los_angeles_offense_code_may_differ_from_the_first_of_four(los_angeles: Found) -> None:
    assert (los_angeles["230000009"]["offense_code"], los_angeles["230000009"]["offense_code_1"]) == ("624", "230")
    assert los_angeles["230000008"]["offense_code_1"] == "522"


def test_los_angeles_report_may_come_more_than_1000_days_late(los_angeles: Found) -> None:
    row = los_angeles["230000009"]
    assert (row["report_date"] - row["occurred_date"]).days > 1000
    assert row["issues"] == []


def test_los_angeles_2016_exact_duplicates_are_dropped_and_counted(clean: Clean) -> None:
    row = {**LOS_ANGELES, "DR_NO": "160100001", "DATE OCC": "01/01/2016 12:00:00 AM"}
    rows = [{":id": f"row-{number}", ":updated_at": f"2019-0{number}-01T00:00:00.000Z", **row} for number in (1, 2)]
    counts = clean("los_angeles_crime_reports", csv_text(rows), ["2016-01"]).report.months["2016-01"]
    assert (counts.clean_rows, counts.duplicate_rows, counts.rejected_rows) == (1, 1, 0)


def test_los_angeles_first_vintage_has_a_point_and_other_names(clean: Clean) -> None:
    row = {
        "DR Number": "010304468", "Date Reported": "03/20/2013", "Date Occurred": "03/19/2013", "Time Occurred": "2030",
        "Area ID": "03", "Area Name": "Southwest", "Reporting District": "0377", "Crime Code": "510",
        "Crime Code Description": "VEHICLE - STOLEN", "MO Codes": "0444 0913", "Victim Age": "34",
        "Address": "1100 W  39TH                         PL", "Cross Street": "", "Location ": "(33.9829, -118.3338)",
    }  # fmt: skip
    elsewhere = {**row, "DR Number": "2", "Location ": "(0.0, 0.0)"}
    found = clean("los_angeles_crime_reports", csv_text([row, elsewhere]), ["2013-03"]).by("incident_id")
    one = found["010304468"]
    assert (one["occurred_at"], one["report_date"]) == (datetime(2013, 3, 19, 20, 30), date(2013, 3, 20))
    assert (one["area_code"], one["area_name"], one["reporting_district_code"]) == ("03", "Southwest", "0377")
    assert (one["address"], one["victim_age"], one["mo_codes"]) == ("1100 W 39TH PL", 34, "0444 0913")
    assert (one["latitude"], one["longitude"], one["issues"]) == (33.9829, -118.3338, [])
    assert (found["2"]["latitude"], found["2"]["longitude"], found["2"]["issues"]) == (None, None, [])


def test_los_angeles_victim(los_angeles: Found) -> None:
    assert [los_angeles[f"23000000{number}"]["victim_age"] for number in (2, 3, 4, 7)] == [None] * 4
    assert los_angeles["230000003"]["issues"] == []
    assert los_angeles["230000004"]["issues"] == ["victim_age:out_of_range"]
    names = {
        number: (
            los_angeles[f"23000000{number}"]["victim_sex_name"],
            los_angeles[f"23000000{number}"]["victim_descent_name"],
        )
        for number in (2, 3, 4, 5)
    }
    assert names == {
        2: ("Unknown", "Unknown"),
        3: ("Female", "Hispanic/Latin/Mexican"),
        4: ("Unknown", "Unknown"),
        5: ("Non-binary or undisclosed", "Asian Indian"),
    }


def test_los_angeles_bad_values_are_named_and_the_row_stays(los_angeles: Found) -> None:
    row = los_angeles["230000007"]
    assert (row["report_date"], row["victim_age"]) == (None, None)
    assert sorted(row["issues"]) == ["report_date:not_a_date", "victim_age:not_a_number"]
    assert los_angeles["230000005"]["occurred_at"] is None
    assert los_angeles["230000005"]["issues"] == ["occurred_time:not_a_time"]


def test_los_angeles_padding_inside_an_address_goes(los_angeles: Found) -> None:
    assert los_angeles["230000006"]["address"] == "1100 W 39TH PL"


@pytest.fixture(scope="module")
def nibrs(clean: Clean) -> Found:
    row = {"caseno": "25245765", "date_occ": "2024-12-29T10:15:00.000", "time_occ": "930", "nibr_code": "240"}
    rows = [
        {"uniquenibrno": "25245765_240_1", "area": "9", "rpt_dist_no": "943", "premis_cd": "RA",
         "crime_against": "Person, Property", "domestic_violence_crime": "Yes", "hate_crime": "No",
         "gang_related_crime": "maybe", "hndrdth_lat": "0", "hndrdth_lon": "0", "totaloffensecount": "2",
         "nibr_description": "487(D)(1) - PC - F - Grand Theft Auto - GTA - 240", "status": "40",
         "premis_desc": "244 - TOBACCO SHOP"},
        {"uniquenibrno": "25245765_23H_2", "time_occ": "0000", "crime_against": "Society", "nibr_code": "23H"},
        {"uniquenibrno": "25245765_290_3", "time_occ": "1200", "crime_against": "Property", "nibr_code": "290"},
        {"uniquenibrno": "no time", "time_occ": ""},
        {"uniquenibrno": "bad time", "time_occ": "60"},
        {"uniquenibrno": "no time at all", "time_occ": "", "date_occ": "2024-12-29T00:00:00.000"},
    ]  # fmt: skip
    return clean("los_angeles_nibrs_offenses", csv_text([{**row, **more} for more in rows]), ["2024-12"]).by(
        "offense_id"
    )


def test_los_angeles_nibrs_offense(nibrs: Found) -> None:
    row = nibrs["25245765_240_1"]
    assert row["occurred_at"] == datetime(2024, 12, 29, 9, 30)
    assert (row["area_code"], row["reporting_district_code"], row["premise_code"]) == ("09", "0943", "RA")
    assert (row["crime_against"], row["case_offense_count"]) == ("Person, Property", 2)
    assert (row["is_domestic_violence"], row["is_hate_crime"], row["is_gang_related"]) == (True, False, None)
    assert row["issues"] == ["is_gang_related:not_a_flag"]
    assert (row["latitude"], row["longitude"]) == (None, None)


def test_los_angeles_nibrs_texts_stay_as_published(nibrs: Found) -> None:
    row = nibrs["25245765_240_1"]
    assert row["offense_name"] == "487(D)(1) - PC - F - Grand Theft Auto - GTA - 240"
    assert (row["status_code"], row["premise_name"]) == ("40", "244 - TOBACCO SHOP")


def test_los_angeles_nibrs_case_repeats_and_0000_is_midnight(nibrs: Found) -> None:
    row = nibrs["25245765_23H_2"]
    assert (row["case_id"], row["offense_code"], row["crime_against"]) == ("25245765", "23H", "Society")
    assert row["occurred_at"] == datetime(2024, 12, 29)


def test_los_angeles_nibrs_1200_is_noon(nibrs: Found) -> None:
    assert nibrs["25245765_290_3"]["occurred_at"] == datetime(2024, 12, 29, 12)


def test_los_angeles_nibrs_time_beside_the_day_stands_in_unless_it_is_midnight(nibrs: Found) -> None:
    found = {id: (row["occurred_at"], row["occurred_time"], row["issues"]) for id, row in nibrs.items() if " " in id}
    assert found == {
        "no time": (datetime(2024, 12, 29, 10, 15), None, []),
        "bad time": (datetime(2024, 12, 29, 10, 15), None, ["occurred_time:not_a_time"]),
        "no time at all": (None, None, []),
    }


def test_los_angeles_nibrs_garbage_date_is_of_no_month(clean: Clean) -> None:
    row = {"uniquenibrno": "1_240_1", "caseno": "1", "date_occ": "1800-01-06T00:00:00.000", "time_occ": "0000"}
    result = clean("los_angeles_nibrs_offenses", csv_text([row]), ["2024-03"], undated_month="2024-03")
    assert [(reject["reason"], reject["raw"]["date_occ"]) for reject in result.rejects] == [
        ("no_month", "1800-01-06T00:00:00.000")
    ]


@pytest.fixture(scope="module")
def calls(clean: Clean) -> Found:
    row = {
        "date_time": "2023-01-01 00:00:05",
        "day_of_week": "0",
        "call_type": "DEF",
        "disposition": "",
        "priority": "",
    }
    rows = [
        {"incident_num": "E23010000001", "beat": "122.0", "address_number_primary": "0", "priority": "1"},
        {"incident_num": "E23010000002", "beat": "-1", "priority": "9"},
        {"incident_num": "E23010000003", "beat": "999", "priority": "7"},
        {"incident_num": "E23010000004", "beat": "523", "priority": "2.0", "date_time": "2023-01-07 23:59:59.000"},
        {"incident_num": "P15010000001", "beat": "122", "priority": "5", "address_road_primary": "CHP INFO LOG"},
        {"incident_num": "E18010000001", "beat": "0999", "priority": "8", "call_type": "1016P",
         "address_sfx_primary": "BLV"},
        {"incident_num": "E23010000005", "beat": " ", "priority": "0", "call_type": "", "address_sfx_primary": "BL"},
        {"incident_num": "E23010000006", "beat": "523"},
        {"incident_num": "E23010000007", "beat": "523", "priority": "3"},
        {"incident_num": "E23010000008", "beat": "523", "priority": "4"},
    ]  # fmt: skip
    return clean("san_diego_calls_for_service", csv_text([{**row, **more} for more in rows]), ["2023-01"]).by("call_id")


def test_san_diego_day_of_week_is_computed(calls: Found) -> None:
    assert (calls["E23010000001"]["day_of_week"], calls["E23010000004"]["day_of_week"]) == (1, 7)
    assert calls["E23010000004"]["occurred_date"] == date(2023, 1, 7)


def test_san_diego_beats(calls: Found) -> None:
    assert {id: row["beat_code"] for id, row in calls.items()} == {
        "E23010000001": "122",  # 122.0
        "E23010000002": None,  # -1
        "E23010000003": None,  # 999
        "E23010000004": "523",
        "P15010000001": "122",
        "E18010000001": "0999",
        "E23010000005": None,
        "E23010000006": "523",
        "E23010000007": "523",
        "E23010000008": "523",
    }
    assert all(row["issues"] == [] for row in calls.values())


def test_san_diego_priorities(calls: Found) -> None:
    assert {id: (row["priority_code"], row["priority_name"]) for id, row in calls.items()} == {
        "E23010000001": ("1", "Dispatch immediately"),
        "E23010000002": ("9", "Telephone report unit"),
        "E23010000003": ("7", None),
        "E23010000004": ("2", "Dispatch as quickly as possible"),
        "P15010000001": ("5", None),
        "E18010000001": ("8", None),
        "E23010000005": ("0", "Dispatch immediately"),
        "E23010000006": (None, None),  # blank, as in 57,000 to 74,000 rows a year of 2015 to 2017
        "E23010000007": ("3", "Dispatch as quickly as possible"),
        "E23010000008": ("4", "Dispatch when no higher priority is waiting"),
    }


def test_san_diego_prefixes_p_and_e_stay_in_the_id(calls: Found) -> None:
    assert {"P15010000001", "E18010000001", "E23010000001"} <= calls.keys()


def test_san_diego_codes_missing_from_the_lists_and_pseudo_roads_stay(calls: Found) -> None:
    assert (calls["E18010000001"]["call_type_code"], calls["E23010000005"]["call_type_code"]) == ("1016P", None)
    assert calls["P15010000001"]["address_road"] == "CHP INFO LOG"
    assert [calls[id]["address_suffix"] for id in ("E18010000001", "E23010000005")] == ["BLV", "BL"]


def test_san_diego_empty_is_null_and_a_house_number_of_0_stays(calls: Found) -> None:
    row = calls["E23010000001"]
    assert (row["disposition_code"], row["call_type_code"], row["address_number"]) == (None, "DEF", "0")


def test_san_diego_nibrs_offense(clean: Clean) -> None:
    rows = [
        {"nibrs_uniq": "3463746_220", "case_number": "3463746", "occured_on": "2024-03-31", "ibr_offense": "220",
         "approved_on": "2024-04-02 11:12:13", "crime_against": "PR", "violent_crime": "0", "property_crime": "1",
         "latitude": "32.7157", "longitude": "-117.1611", "geocode_score": "98.5",
         "code_section": "459 PC BURGLARY (RESIDENTIAL) (F) || 496 PC || ", "block_addr": "1200   05TH AVE"},
    ]  # fmt: skip
    result: Cleaned = clean("san_diego_nibrs_offenses", "\ufeff" + csv_text(rows), ["2024-03"])
    (row,) = result.rows
    assert (row["occurred_date"], row["approved_at"]) == (date(2024, 3, 31), datetime(2024, 4, 2, 11, 12, 13))
    assert (row["crime_against_code"], row["crime_against"]) == ("PR", "Property")
    assert (row["is_violent_crime"], row["is_property_crime"]) == (False, True)
    assert (row["latitude"], row["longitude"], row["geocode_score"]) == (32.7157, -117.1611, 98.5)
    assert (row["code_section"], row["issues"]) == ("459 PC BURGLARY (RESIDENTIAL) (F) || 496 PC ||", [])
    assert (row["offense_id"], row["address"]) == ("3463746_220", "1200 05TH AVE")


def test_san_diego_nibrs_pe_so_and_the_administrative_90z(clean: Clean) -> None:
    row = {"case_number": "3463747", "occured_on": "2024-03-31"}
    rows = [
        {**row, "nibrs_uniq": "3463747_13A", "ibr_offense": "13A", "crime_against": "PE"},
        {**row, "nibrs_uniq": "3463747_35A", "ibr_offense": "35A", "crime_against": "SO"},
        {**row, "nibrs_uniq": "3463747_90Z", "ibr_offense": "90Z", "crime_against": ""},
    ]
    found = clean("san_diego_nibrs_offenses", csv_text(rows), ["2024-03"]).by("offense_id")
    assert {id: (row["offense_code"], row["crime_against"]) for id, row in found.items()} == {
        "3463747_13A": ("13A", "Person"),
        "3463747_35A": ("35A", "Society"),
        "3463747_90Z": ("90Z", None),
    }
