"""The quirks that occur in each dataset, each with the value that really occurs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from crime_trends_tests.spark.conftest import Clean, Cleaned, csv_text

Found = dict[str, dict[str, Any]]

AUSTIN = {"crime_type": "THEFT", "ucr_code": "600", "occ_date": "2023-12-31T00:00:00.000"}
AUSTIN_ROWS = [
    {"incident_report_number": "20238001001", "occ_date_time": "2023-12-22T22:00:00.000", "occ_time": "2200"},
    {"incident_report_number": "20238001002", "occ_time": "45"},
    {"incident_report_number": "20238001003", "occ_time": "0"},
    {"incident_report_number": "20238001004", "occ_time": "2400"},
    {"incident_report_number": "20238001005", "occ_time": "1970"},
    {"incident_report_number": "20238001006"},
    {"incident_report_number": "20238001007", "latitude": "0.00011857", "longitude": "-0.00013208"},
    {"incident_report_number": "20238001008", "x_coordinate": "0", "y_coordinate": "0"},
    {"incident_report_number": "20238001009", "x_coordinate": "3,115,570", "y_coordinate": "10,070,668.4453125"},
    {"incident_report_number": "20238001010", "latitude": "30.2672", "longitude": "-97.7431"},
    {"incident_report_number": "20238001011", "latitude": "34.05", "longitude": "-118.24"},
    {"incident_report_number": "20238001012", "clearance_status": "O", "clearance_date": "2024-01-05T00:00:00.000"},
    {"incident_report_number": "20238001013", "clearance_date": "soon"},
    {"incident_report_number": "20238001014", "crime_type": "DWI  .15 BAC OR ABOVE", "family_violence": "Y"},
    {"incident_report_number": "20,238,001,015"},
    {"incident_report_number": "20238001016", "rep_date": "2024-01-02T00:00:00.000", "rep_time": "27"},
]


@pytest.fixture(scope="module")
def austin(clean: Clean) -> Found:
    rows = [{**AUSTIN, **row} for row in AUSTIN_ROWS]
    return clean("austin_crime_reports", csv_text(rows), ["2023-12"]).by("incident_id")


def test_austin_takes_the_published_time(austin: Found) -> None:
    assert austin["20238001001"]["occurred_at"] == datetime(2023, 12, 22, 22)


def test_austin_joins_day_and_unpadded_time_where_the_time_is_missing(austin: Found) -> None:
    assert austin["20238001002"]["occurred_at"] == datetime(2023, 12, 31, 0, 45)
    assert austin["20238001002"]["occurred_time"] == "0045"
    assert austin["20238001003"]["occurred_at"] == datetime(2023, 12, 31)
    assert austin["20238001016"]["reported_at"] == datetime(2024, 1, 2, 0, 27)


def test_austin_2400_is_midnight_of_the_next_day_and_the_row_stays_in_its_month(austin: Found) -> None:
    row = austin["20238001004"]
    assert row["occurred_at"] == datetime(2024, 1, 1)
    assert (row["occurred_date"], row["month"], row["issues"]) == (date(2023, 12, 31), date(2023, 12, 1), [])


def test_austin_invalid_time_is_an_issue(austin: Found) -> None:
    row = austin["20238001005"]
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
    assert (row["x_coordinate"], row["y_coordinate"]) == (3115570.0, 10070668.4453125)
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


def test_austin_text_stays_as_published(austin: Found) -> None:
    row = austin["20238001014"]
    assert (row["offense_name"], row["offense_code"]) == ("DWI  .15 BAC OR ABOVE", "600")
    assert (row["is_family_violence"], austin["20238001001"]["is_family_violence"]) == (True, None)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2023-12-22T22:00:00.000", "2023-12"),
        ("2023-01-01 00:00:05", "2023-01"),
        ("01/08/2020 12:00:00 AM", "2020-01"),
        ("1/8/2020 0:00", "2020-01"),
        ("11/27/2005  14:00", "2005-11"),
        ("11/27/2005", "2005-11"),
        ("2014 Dec 22 11:31:16 AM", "2014-12"),
        ("44119", "2020-10"),
    ],
)
def test_a_row_belongs_to_the_month_that_its_date_states_in_any_format(clean: Clean, written: str, month: str) -> None:
    text = csv_text([{**AUSTIN, "incident_report_number": "1", "occ_date": written}])
    (row,) = clean("austin_crime_reports", text, [month]).rows
    assert f"{row['occurred_date']:%Y-%m}" == month
    assert row["month"] == row["occurred_date"].replace(day=1)


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
         "gang_related_crime": "maybe", "hndrdth_lat": "0", "hndrdth_lon": "0", "totaloffensecount": "2"},
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
    ]
    return clean("san_diego_calls_for_service", csv_text([{**row, **more} for more in rows]), ["2023-01"]).by("call_id")


def test_san_diego_day_of_week_is_computed(calls: Found) -> None:
    assert (calls["E23010000001"]["day_of_week"], calls["E23010000004"]["day_of_week"]) == (1, 7)
    assert calls["E23010000004"]["occurred_date"] == date(2023, 1, 7)


def test_san_diego_beats(calls: Found) -> None:
    assert [row["beat_code"] for row in calls.values()] == ["122", None, None, "523"]
    assert all(row["issues"] == [] for row in calls.values())


def test_san_diego_priorities(calls: Found) -> None:
    assert [(row["priority_code"], row["priority_name"]) for row in calls.values()] == [
        ("1", "Dispatch immediately"),
        ("9", "Telephone report unit"),
        ("7", None),
        ("2", "Dispatch as quickly as possible"),
    ]


def test_san_diego_empty_is_null_and_a_house_number_of_0_stays(calls: Found) -> None:
    row = calls["E23010000001"]
    assert (row["disposition_code"], row["call_type_code"], row["address_number"]) == (None, "DEF", "0")


def test_san_diego_nibrs_offense(clean: Clean) -> None:
    rows = [
        {"nibrs_uniq": "3463746_220", "case_number": "3463746", "occured_on": "2024-03-31", "ibr_offense": "220",
         "approved_on": "2024-04-02 11:12:13", "crime_against": "PR", "violent_crime": "0", "property_crime": "1",
         "latitude": "32.7157", "longitude": "-117.1611", "geocode_score": "98.5", "code_section": "459 PC||496 PC"},
    ]  # fmt: skip
    result: Cleaned = clean("san_diego_nibrs_offenses", "\ufeff" + csv_text(rows), ["2024-03"])
    (row,) = result.rows
    assert (row["occurred_date"], row["approved_at"]) == (date(2024, 3, 31), datetime(2024, 4, 2, 11, 12, 13))
    assert (row["crime_against_code"], row["crime_against"]) == ("PR", "Property")
    assert (row["is_violent_crime"], row["is_property_crime"]) == (False, True)
    assert (row["latitude"], row["longitude"], row["geocode_score"]) == (32.7157, -117.1611, 98.5)
    assert (row["code_section"], row["issues"]) == ("459 PC||496 PC", [])
