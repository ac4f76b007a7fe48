"""The generated sample's Austin Crime Reports, in the 27-column vintage, with the quirks of the real ones.

Sectors, districts, offense names and codes are the city's; streets and every row are invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from crime_trends.sample.draws import Draws, Rhythm, heaps

# fmt: off
HEADER = (
    "incident_report_number", "crime_type", "ucr_code", "family_violence", "occ_date_time", "occ_date", "occ_time",
    "rep_date_time", "rep_date", "rep_time", "location_type", "address", "zip_code", "council_district", "sector",
    "district", "pra", "census_tract", "clearance_status", "clearance_date", "ucr_category",
    "category_description", "x_coordinate", "y_coordinate", "latitude", "longitude", "location",
)
# fmt: on
# Reports a year: the portal's export of mid-2025.
REPORTS = {2019: 104_126, 2020: 99_693, 2021: 92_387, 2022: 88_870, 2023: 87_735, 2024: 86_577}
SEASON = (0.97, 0.92, 1.01, 1.00, 1.05, 1.03, 1.04, 1.03, 1.00, 1.03, 0.96, 0.96)
RHYTHM = Rhythm(
    weekdays=(1.0, 0.98, 0.98, 0.99, 1.03, 1.05, 1.0),
    workday_hours=(44, 26, 20, 15, 13, 13, 18, 28, 38, 40, 42, 43, 52, 44, 45, 48, 50, 54, 54, 52, 50, 48, 47, 43),
    weekend_hours=(66, 52, 50, 32, 22, 16, 15, 18, 25, 31, 36, 39, 46, 41, 42, 43, 45, 47, 50, 51, 52, 53, 56, 55),
    heaps=heaps(full_hour=14, half_hour=8, five_minutes=3, at_1200=26, at_0000=20),
)


class Offense(NamedTuple):
    """Code, name, weight, NIBRS code of an index offense or "", its category, and the share that is cleared."""

    code: str
    name: str
    weight: float
    category: str = ""
    category_name: str = ""
    cleared: float = 0.15


OFFENSES = (
    Offense("3400", "FAMILY DISTURBANCE", 94, cleared=0.02),
    Offense("700", "AUTO THEFT", 72, "240", "Auto Theft", 0.06),
    Offense("601", "BURGLARY OF VEHICLE", 70, "23F", "Theft", 0.02),
    Offense("1400", "CRIMINAL MISCHIEF", 50, cleared=0.08),
    Offense("900", "ASSAULT W/INJURY-FAM/DATE VIOL", 43, cleared=0.5),
    Offense("600", "THEFT", 48, "23H", "Theft", 0.05),
    Offense("900", "ASSAULT WITH INJURY", 30, cleared=0.3),
    Offense("2716", "CRIMINAL TRESPASS", 29, cleared=0.3),
    Offense("2100", "DWI", 20, cleared=0.7),
    Offense("2100", "DWI  .15 BAC OR ABOVE", 5, cleared=0.8),
    Offense("3401", "DISTURBANCE - OTHER", 24, cleared=0.02),
    Offense("1800", "POSS CONTROLLED SUB/NARCOTIC", 20, cleared=0.8),
    Offense("502", "BURGLARY NON RESIDENCE", 18, "220", "Burglary", 0.08),
    Offense("2703", "HARASSMENT", 17, cleared=0.05),
    Offense("607", "THEFT BY SHOPLIFTING", 24, "23C", "Theft", 0.25),
    Offense("1199", "FRAUD - OTHER", 14, cleared=0.04),
    Offense("2704", "TERRORISTIC THREAT", 13, cleared=0.15),
    Offense("500", "BURGLARY OF RESIDENCE", 15, "220", "Burglary", 0.08),
    Offense("3604", "CRASH/FAIL STOP AND RENDER AID", 12, cleared=0.05),
    Offense("902", "ASSAULT BY CONTACT", 12, cleared=0.2),
    Offense("901", "ASSAULT BY THREAT", 10, cleared=0.1),
    Offense("2400", "DATING DISTURBANCE", 12, cleared=0.02),
    Offense("300", "AGG ROBBERY/DEADLY WEAPON", 7, "120", "Robbery", 0.25),
    Offense("303", "ROBBERY BY ASSAULT", 4, "120", "Robbery", 0.25),
    Offense("8503", "MAIL THEFT", 8, "23H", "Theft", 0.02),
    Offense("609", "THEFT OF BICYCLE", 9, "23H", "Theft", 0.02),
    Offense("410", "AGG ASLT STRANGLE/SUFFOCATE", 8, "13A", "Aggravated Assault", 0.6),
    Offense("402", "AGG ASSAULT", 9, "13A", "Aggravated Assault", 0.45),
    Offense("402", "AGG ASSAULT FAM/DATE VIOLENCE", 5, "13A", "Aggravated Assault", 0.6),
    Offense("604", "THEFT OF AUTO PARTS", 6, "23G", "Theft", 0.02),
    Offense("614", "THEFT OF LICENSE PLATE", 6, "23G", "Theft", 0.01),
    Offense("610", "THEFT FROM PERSON", 4, "23A", "Theft", 0.04),
    Offense("1706", "INDECENT EXPOSURE", 4, cleared=0.15),
    Offense("1803", "POSSESSION OF MARIJUANA", 4, cleared=0.7),
    Offense("3829", "PROTECTIVE ORDER", 5, cleared=0.1),
    Offense("1108", "DEBIT CARD ABUSE", 6, cleared=0.04),
    Offense("4022", "IDENTITY THEFT", 8, cleared=0.02),
    Offense("2723", "EVADING / FOOT", 4, cleared=0.7),
    Offense("1500", "UNLAWFUL CARRYING WEAPON", 5, cleared=0.8),
    Offense("200", "RAPE", 4, "11A", "Rape", 0.2),
    Offense("100", "MURDER", 0.5, "09A", "Murder", 0.8),
)
LOCATION_TYPES = {
    "RESIDENCE / HOME": 43.0,
    "HWY / ROAD / ALLEY/ STREET/ SIDEWALK": 19,
    "PARKING /DROP LOT/ GARAGE": 13,
    "RESTAURANT": 3,
    "OTHER / UNKNOWN": 3,
    "DEPARTMENT / DISCOUNT STORE": 2.5,
    "COMMERCIAL / OFFICE BUILDING": 2.5,
    "HOTEL / MOTEL / ETC.": 1.7,
    "SERVICE/ GAS STATION": 1.4,
    "CONVENIENCE STORE": 1.4,
    "PARK / PLAYGROUND": 1.2,
    "BAR / NIGHTCLUB": 1.2,
    "SPECIALTY  STORE": 1,
    "GROCERY / SUPERMARKET": 1,
    "DRUG STORE / DOCTOR'S OFFICE / HOSPITAL": 0.8,
    "SCHOOL - ELEMENTARY / SECONDARY": 0.7,
}


class Sector(NamedTuple):
    """A police sector: its districts, a council district and a ZIP code of it, its middle, and its weight."""

    code: str
    districts: str
    council: str
    zip_code: str
    latitude: float
    longitude: float
    weight: float


SECTORS = (
    Sector("ED", "123467", "4", "78753", 30.375, -97.687, 137),
    Sector("DA", "1234567", "3", "78704", 30.233, -97.796, 120),
    Sector("FR", "1234567", "2", "78744", 30.182, -97.777, 119),
    Sector("CH", "123478", "1", "78702", 30.282, -97.692, 104),
    Sector("AD", "1234567", "6", "78759", 30.428, -97.760, 103),
    Sector("HE", "12345", "3", "78741", 30.227, -97.711, 90),
    Sector("ID", "1234578", "4", "78752", 30.327, -97.703, 69),
    Sector("BA", "123568", "9", "78705", 30.322, -97.743, 58),
    Sector("GE", "123", "9", "78701", 30.268, -97.741, 50),
    Sector("AP", "S", "2", "78719", 30.203, -97.667, 6),
    Sector("UT", "B", "9", "78712", 30.284, -97.741, 1),
    Sector("88", "8", "", "", 30.330, -97.624, 1),
)
# fmt: off
STREETS = (
    "MESQUITE HOLLOW DR", "PECAN FERRY LN", "E COTTONWOOD ST", "W CALICHE AVE", "BLUEBONNET CREST",
    "N PLAZA VISTA BLVD", "SOTOL PASS", "S FERRYMAN ST", "LIMESTONE BEND", "WREN MEADOW CV", "KINGFISHER LN",
    "E HARVEST ROW", "OLD GRANARY RD", "W SYCAMORE ARBOR", "PRAIRIE LARK TRL", "CEDAR BRAKE DR", "LOST QUARRY RD",
    "N MUSTANG GRAPE ST", "WILLOW SPAN", "STONECROP WAY", "HACKBERRY TURN", "S TRELLIS ST", "DOVE CANYON CIR",
    "REDBUD GATE DR", "E LANTERN ST", "FOXTAIL RUN", "SUNDIAL CT", "W GRAPEVINE ST",
)
# fmt: on


def reports_of_month(first: date, share: float, last_day: date) -> list[tuple[str, ...]]:
    """The rows of a month, each with ``:updated_at`` before the columns of ``HEADER``.

    Arguments:
        first: the first of the month.
        share: of the real volume.
        last_day: the day on which the sample was published: nothing is reported after it.
    """
    draws = Draws("austin", first)
    count = round(REPORTS.get(first.year, 87_000) / 12 * SEASON[first.month - 1] * share)
    moments = draws.moments(first, count, RHYTHM)
    offenses = draws.pick(OFFENSES, [offense.weight for offense in OFFENSES], count)
    sectors = draws.pick(SECTORS, [sector.weight for sector in SECTORS], count)
    latitudes = draws.near([sector.latitude for sector in sectors], 0.045)
    longitudes = draws.near([sector.longitude for sector in sectors], 0.04)
    location_types = draws.pick(list(LOCATION_TYPES), list(LOCATION_TYPES.values()), count)
    lags = draws.lags(prompt=0.72, typical=2, longest=400, count=count)
    report_minutes = draws.whole(0, 1439, count)
    clearance_draws = draws.whole(0, 999, count)
    clearance_lags = draws.lags(prompt=0.4, typical=6, longest=90, count=count)
    quirks = draws.whole(0, 9_999, count)
    streets = draws.any_of(STREETS, count)
    numbers = draws.whole(1, 130, count)
    small = draws.whole(0, 99, count)
    rows: list[tuple[str, ...]] = []
    sequence: dict[date, int] = {}
    for i, (day, minute) in enumerate(moments):
        offense, sector, quirk = offenses[i], sectors[i], quirks[i]
        sequence[day] = sequence.get(day, 0) + 1 + small[i] % 40
        reported, report_minute = day + timedelta(days=lags[i]), report_minutes[i]
        if reported > last_day or reported == day:
            reported, report_minute = day, min(1439, minute + small[i])
        status, cleared = "", ""
        if clearance_draws[i] < 1000 * offense.cleared:
            status = "O" if clearance_draws[i] % 20 == 0 else "C"
        elif clearance_draws[i] % 4:
            status = "N"
        if status:
            cleared_on = reported + timedelta(days=clearance_lags[i])
            cleared = _day(cleared_on) if cleared_on <= last_day else ""
        elif quirk % 200 == 7:
            cleared = _day(reported)  # a date without a status occurs
        occurred_at, occurred_time = _timestamp(day, minute), _hhmm(minute)
        if quirk < 120:
            occurred_at, occurred_time = "", ""
        elif quirk < 160:
            occurred_at, occurred_time = "", "2400"
        elif quirk < 190:
            occurred_at, occurred_time = "", ("60", "80", "170", "1970")[quirk % 4]
        latitude, longitude = f"{latitudes[i]:.8f}".rstrip("0"), f"{longitudes[i]:.8f}".rstrip("0")
        x, y = _state_plane(latitudes[i], longitudes[i])
        address = f"{numbers[i] * 100 + small[i]} {streets[i]}"
        if 200 <= quirk < 340:
            x, y, latitude, longitude = "0", "0", "", ""
        elif 340 <= quirk < 350:
            latitude, longitude, address = "0.00011857", "-0.00013208", "UNKNOWN"
        is_family = "FAM" in offense.name or "DATING" in offense.name
        updated = max(reported, min(last_day, reported + timedelta(days=clearance_lags[i] if status else 1)))
        rows.append(
            (
                f"{updated.isoformat()}T11:{small[i] % 60:02d}:04.000Z",
                f"{day.year}{day.timetuple().tm_yday}{sequence[day]:04d}",
                offense.name,
                offense.code,
                "Y" if is_family else "N",
                occurred_at,
                _day(day),
                occurred_time,
                _timestamp(reported, report_minute),
                _day(reported),
                _hhmm(report_minute),
                location_types[i],
                address,
                sector.zip_code,
                sector.council,
                sector.code,
                sector.districts[small[i] % len(sector.districts)],
                str(100 + (numbers[i] * 7 + small[i]) % 500),
                f"{small[i] % 24 + 1}.{numbers[i] % 30:02d}" if small[i] % 3 else str(400 + small[i]),
                status,
                cleared,
                offense.category,
                offense.category_name,
                x,
                y,
                latitude,
                longitude,
                f"({latitude}, {longitude})" if latitude else "",
            )
        )
    return rows


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000"


def _timestamp(day: date, minute: int) -> str:
    return f"{day.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00.000"


def _hhmm(minute: int) -> str:
    """The time as Austin publishes it: HHMM without leading zeros."""
    return str(minute // 60 * 100 + minute % 60)


def _state_plane(latitude: float, longitude: float) -> tuple[str, str]:
    """Texas State Plane Central in US survey feet, linear around the city: near enough for made-up points."""
    x = 3_111_061 + 315_800 * (longitude + 97.75439) - 8_560 * (latitude - 30.22)
    y = 10_053_193 + 365_690 * (latitude - 30.22)
    return str(round(x)), str(round(y))
