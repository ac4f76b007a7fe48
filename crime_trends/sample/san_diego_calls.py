"""The generated sample's San Diego calls for service and the look-ups beside them, with the quirks of the real ones.

Codes of call types and dispositions are the police's; streets and every row are invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from crime_trends.sample.draws import Draws, Rhythm
from crime_trends.sample.san_diego_places import BEATS, STREETS

# fmt: off
HEADER = (
    "incident_num", "date_time", "day_of_week", "address_number_primary", "address_dir_primary",
    "address_road_primary", "address_sfx_primary", "address_dir_intersecting", "address_road_intersecting",
    "address_sfx_intersecting", "call_type", "disposition", "beat", "priority",
)
# fmt: on
# Calls a year, from the portal's yearly files. August 2023 is a month with a known hole in them.
CALLS = {2019: 590_967, 2020: 567_290, 2021: 568_947, 2022: 499_256, 2023: 463_554, 2024: 485_326}
HOLES = {(2023, 8): 0.68}
SEASON = (0.98, 0.93, 1.02, 0.99, 1.03, 1.02, 1.06, 1.04, 1.0, 1.0, 0.95, 0.98)
RHYTHM = Rhythm(
    weekdays=(0.98, 1.04, 1.05, 1.04, 1.03, 0.97, 0.92),
    workday_hours=(30, 24, 21, 19, 18, 19, 30, 49, 53, 56, 60, 57, 54, 51, 53, 60, 59, 55, 46, 44, 43, 42, 37, 32),
    weekend_hours=(46, 38, 33, 26, 21, 19, 26, 40, 44, 48, 50, 49, 48, 46, 46, 51, 51, 49, 46, 46, 47, 49, 46, 42),
    heaps={},
)


class CallType(NamedTuple):
    """A type of call: code, name, usual priority, and how often it occurs; no name: missing from the look-up."""

    code: str
    name: str
    priority: str
    weight: float


CALL_TYPES = (
    CallType("415", "DISTURBING PEACE", "2", 2000),
    CallType("SELENF", "SELECTIVE ENFORCEMENT", "3", 1679),
    CallType("T", "TRAFFIC STOP WITH PLATE", "2", 1591),
    CallType("459A", "BURGLARY ALARM", "2", 1387),
    CallType("CW", "CHECK THE WELFARE", "1", 1135),
    CallType("586", "ILLEGAL PARKING", "2", 832),
    CallType("FU", "FOLLOW-UP BY FIELD UNIT", "2", 772),
    CallType("911", "UNKNOWN EMERGENCY, NO VOICE CONTACT", "1", 771),
    CallType("415V", "DISTURBING PEACE W/VIOLENCE", "1", 642),
    CallType("HZRD", "HAZARDOUS CONDITION", "1", 624),
    CallType("MTG", "IN A MEETING/OUT OF SERVICE", "4", 602),
    CallType("5150", "MENTAL CASE", "2", 597),
    CallType("1186", "SPECIAL DETAIL", "3", 588),
    CallType("1151", "PED STOP/FIELD INTERVIEW", "2", 493),
    CallType("1183", "NO DETAIL ACCIDENT", "0", 464),
    CallType("FD", "FLAG DOWN/FIELD INITIATED", "2", 441),
    CallType("10851R", "CAR THEFT REPORT", "2", 404),
    CallType("INFO", "INFORMATION FOR DISPATCHERS", "2", 396),
    CallType("415N", "DISTURBING PEACE NOISE ONLY", "3", 385),
    CallType("1185", "REQUEST FOR TOW TRUCK", "3", 374),
    CallType("AU2", "ALL UNITS INFORMATION-PRI 2", "2", 373),
    CallType("602", "TRESPASSING", "2", 316),
    CallType("242", "BATTERY", "1", 242),
    CallType("1016", "PRISONER IN CUSTODY", "2", 241),
    CallType("459R", "BURGLARY REPORT", "3", 208),
    CallType("1146", "REPORT OF DEATH", "0", 202),
    CallType("CC", "CITIZEN CONTACT", "2", 195),
    CallType("20002R", "HIT AND RUN REPORT", "3", 151),
    CallType("11-8", "PERSON DOWN", "0", 145),
    CallType("MP", "MISSING PERSON", "2", 133),
    CallType("242R", "BATTERY REPORT", "3", 132),
    CallType("11-6", "DISCHARGING FIREARMS", "1", 131),
    CallType("417", "THREATENING W/WEAPON", "0", 130),
    CallType("530", "FALSE USE OF ANOTHERS IDENTITY", "9", 123),
    CallType("1130", "INCOMPLETE PHONE CALL", "1", 112),
    CallType("1131", "CALLING FOR HELP", "1", 105),
    CallType("487R", "GRAND THEFT/REPORT $950+", "9", 103),
    CallType("488R", "PETTY THEFT REPORT/UNDER $950", "9", 95),
    CallType("594R", "VANDALISM REPORT", "3", 90),
    CallType("245", "ADW", "0", 60),
    CallType("211", "ROBBERY", "0", 45),
    CallType("1111", "CHECK THE AREA", "2", 40),
    CallType("FP", "FOOT PURSUIT", "0", 12),
    CallType("187", "MURDER", "0", 2),
    CallType("1016P", "", "2", 6),
    CallType("", "", "3", 19),
)
# Codes that the city's list has twice, FP with two names.
DOUBLE_CALL_TYPES = {
    "415": "DISTURBING PEACE",
    "1111": "CHECK THE AREA",
    "1130": "INCOMPLETE PHONE CALL",
    "FP": "WARRANT",
}
OLD_CALL_TYPES = {"AU23103": "RECKLESS DRIVING-ALL UNITS", "415PP": "PRESERVE THE PEACE", "1021": "PHONE YOUR STATION"}
DISPOSITIONS = {
    "K": ("NO REPORT REQUIRED", 14_020.0),
    "O": ("OTHER", 3_831),
    "R": ("REPORT", 2_522),
    "W": ("NO DISPATCH OR INCIDENT CANCELLED PRIOR TO DISPATCHING A UNIT", 2_055),
    "CAN": ("CANCEL", 1_938),
    "A": ("ARREST MADE", 941),
    "U": ("UNFOUNDED", 645),
    "DUP": ("DUPLICATE CALL, XREF'D", 418),
    "": ("", 92),
    "S": ("STOLEN VEHICLE OR RECOVERED VEHICLE", 74),
    "X": ("DISPATCHED ALARM CALL CANCELLED BEFORE UNIT ONSCENE", 51),
    "KB": ("NO REPORT REQUIRED, BOARD AND SECURE", 3),
    "DEF": ("", 1),
}
OLD_DISPOSITIONS = {"AT": "ARREST, TRANSIENT RELATED", "KT": "NO FURTHER ACTION TAKEN, TRANSIENT RELATED", "O": "OTHER"}
SUFFIXES = {"ST": 33.0, "AVE": 26, "DR": 12, "BLV": 12, "RD": 10, "WAY": 3, "CT": 2, "PL": 2}
DIRECTIONS = {"": 94.0, "S": 2, "W": 2, "E": 1, "SB": 0.5, "NB": 0.5}
BLANK = ("",) * 3


def calls_of_month(first: date, share: float, last_day: date) -> list[tuple[str, ...]]:
    """The rows of a month with the columns of ``HEADER``, in the order of their numbers, which is almost that of time.

    Arguments:
        first: the first of the month.
        share: of the real volume.
        last_day: the day on which the sample was published: calls that are entered later are missing.
    """
    draws = Draws("san_diego", first)
    volume = CALLS.get(first.year, 470_000) / 12 * SEASON[first.month - 1] * HOLES.get((first.year, first.month), 1)
    count = round(volume * share)
    moments = draws.moments(first, count, RHYTHM)
    quirks = draws.whole(0, 9_999, count)
    # A call that is entered late has a number of up to twelve days later.
    entered = [
        (day + timedelta(days=1 + quirk % 12) if quirk < 40 else day, minute, i)
        for i, ((day, minute), quirk) in enumerate(zip(moments, quirks, strict=True))
    ]
    call_types = draws.pick(CALL_TYPES, [call_type.weight for call_type in CALL_TYPES], count)
    dispositions = draws.pick(list(DISPOSITIONS), [weight for _, weight in DISPOSITIONS.values()], count)
    beats = draws.pick([beat.code for beat in BEATS], [beat.weight for beat in BEATS], count)
    seconds = draws.whole(0, 59, count)
    blocks = draws.whole(1, 95, count)
    streets, crossings = draws.any_of(STREETS, count), draws.any_of(STREETS, count)
    suffixes = draws.pick(list(SUFFIXES), list(SUFFIXES.values()), count)
    directions = draws.pick(list(DIRECTIONS), list(DIRECTIONS.values()), count)
    strays = draws.pick(("", "5", "7", "0", "1", "2", "3"), (4, 1, 1, 10, 30, 40, 14), count)
    fraction = ".000" if first.year >= 2025 else ""
    rows: list[tuple[str, ...]] = []
    for number, (entered_on, _, i) in enumerate(sorted(entered), start=1):
        if entered_on > last_day:
            break
        day, minute = moments[i]
        quirk, call_type, beat = quirks[i], call_types[i], beats[i]
        address = (str(blocks[i] * 100), directions[i], streets[i], suffixes[i], *BLANK)
        if 100 <= quirk < 250:
            beat = "-1"
            address = ("0", "", "CHP INFO LOG" if quirk % 2 else "INFO LOG", "", *BLANK)
        elif quirk % 6 == 0:  # no house number: an intersection
            address = ("0", directions[i], streets[i], suffixes[i], "", crossings[i], "")
        rows.append(
            (
                f"E{day.year % 100:02d}{day.month:02d}{number * 3 + quirk % 3:07d}",
                f"{day.isoformat()} {minute // 60:02d}:{minute % 60:02d}:{seconds[i]:02d}{fraction}",
                str(day.isoweekday() % 7 + 1),
                *address,
                call_type.code,
                dispositions[i],
                beat,
                strays[i] if quirk % 9 == 0 else call_type.priority,
            )
        )
    return rows
