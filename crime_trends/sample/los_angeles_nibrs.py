"""The generated sample's LAPD NIBRS offenses: several rows can share a case; published from 2024-03-07.

The 31 field names are the portal's; every row is invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from string import capwords

from crime_trends.sample.draws import Draws
from crime_trends.sample.los_angeles import AREAS, RHYTHM, STREETS, case_number, coordinate, numbers_by_area
from crime_trends.sample.nibrs import NIBRS_OFFENSES, WEIGHTS

# fmt: off
HEADER = (
    "caseno", "uniquenibrno", "date_rptd", "date_occ", "time_occ", "area", "area_name", "rpt_dist_no",
    "totaloffensecount", "group", "nibr_code", "nibr_description", "crime_against", "premis_cd", "premis_desc",
    "weapon_used_cd", "weapon_desc", "status", "status_desc", "totalvictimcount", "victim_shot",
    "domestic_violence_crime", "hate_crime", "gang_related_crime", "transit_related_crime",
    "homeless_victim_crime", "homeless_suspect_crime", "homeless_arrestee_crime", "hndrdth_loc_chk", "hndrdth_lat",
    "hndrdth_lon",
)
# fmt: on
FIRST_DAY = date(2024, 3, 7)
# Offenses a month while the divisions moved over one by one; about 19,000 since.
RAMP_OF_2024 = {3: 3_000, 4: 8_000, 5: 13_000, 6: 14_500, 7: 15_500, 8: 16_000, 9: 16_000, 10: 15_000, 11: 14_000}
SET_ASIDE = 4_000  # case numbers from here on, so that no legacy report has the same
PREMISES = {
    ("RA", "Single Family Home"): 22.0,
    ("20", "Multi-Unit Home / Apartment"): 20,
    ("13", "Highway / Road / Alley / Street / Sidewalk"): 24,
    ("32", "Parking Lot / Garage / Drop Lot"): 14,
    ("08", "Department / Discount Store"): 6,
    ("244", "244 - TOBACCO SHOP"): 0.4,
    ("21", "Restaurant"): 3,
    ("25", "Other / Unknown"): 4,
}
WEAPONS = {
    ("40", "Personal Weapons"): 55.0,
    ("12", "Handgun"): 18,
    ("20", "Knife / Cutting Instrument"): 15,
    ("", ""): 12,
}
STATUSES = {
    ("40", "Investigation Continued"): 76.0,
    ("14", "Cleared by Arrest - CA Filed"): 12,
    ("20", "Cleared by Exceptional Means"): 4,
    ("41", "Case Closed - Not Cleared"): 8,
}


def offenses_of_month(first: date, share: float, last_day: date) -> list[tuple[str, ...]]:
    """The rows of a month, each with ``:updated_at`` before the columns of ``HEADER``.

    Arguments: as ``crime_trends.sample.austin.reports_of_month``.
    """
    if first < FIRST_DAY.replace(day=1):
        return []
    draws = Draws("los_angeles_nibrs", first)
    volume = RAMP_OF_2024.get(first.month, 14_000) if first.year == 2024 else 19_000
    cases = round(volume * share / 1.11)
    moments = [moment for moment in draws.moments(first, cases, RHYTHM) if moment[0] >= FIRST_DAY]
    cases = len(moments)
    offenses_per_case = draws.pick((1, 2, 3), (90, 9, 1), cases)
    areas = draws.pick(AREAS, [area.weight for area in AREAS], cases)
    latitudes = draws.near([area.latitude for area in areas], 0.025)
    longitudes = draws.near([area.longitude for area in areas], 0.025)
    premises = draws.pick(list(PREMISES), list(PREMISES.values()), cases)
    weapons = draws.pick(list(WEAPONS), list(WEAPONS.values()), cases)
    statuses = draws.pick(list(STATUSES), list(STATUSES.values()), cases)
    victims = draws.pick((1, 2, 3), (92, 6, 2), cases)
    lags = draws.lags(prompt=0.5, typical=3, longest=700, count=cases)
    quirks = draws.whole(0, 9_999, cases)
    small = draws.whole(0, 99, cases)
    numbers = numbers_by_area(areas)
    offenses = iter(draws.pick(NIBRS_OFFENSES, WEIGHTS, sum(offenses_per_case)))
    rows: list[tuple[str, ...]] = []
    for i, (day, minute) in enumerate(moments):
        area, quirk = areas[i], quirks[i]
        reported = day + timedelta(days=lags[i])
        if reported > last_day:
            reported = day
        case = case_number(first, area, SET_ASIDE + numbers[i])
        occurred = _garbage_date(quirk) or f"{day.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00.000"
        latitude, longitude = coordinate(latitudes[i]), coordinate(longitudes[i])
        if 100 <= quirk < 160:
            latitude, longitude = "0", "0"
        updated = max(reported, min(last_day, reported + timedelta(days=small[i] % 25)))
        for sequence in range(offenses_per_case[i]):
            offense = next(offenses)
            is_violent = offense.against == "Person" or offense.code == "120"
            flags = [
                offense.code == "13A" and quirk % 25 == 0,
                offense.code in ("13A", "13B", "13C") and quirk % 3 == 0,
                quirk % 400 == 1,
                quirk % 60 == 2,
                quirk % 50 == 3,
                quirk % 40 == 4,
                quirk % 30 == 5,
                quirk % 80 == 6,
            ]
            rows.append(
                (
                    f"{updated.isoformat()}T08:{small[i] % 60:02d}:12.000Z",
                    case,
                    f"{case}_{offense.code}_{sequence}",
                    f"{reported.isoformat()}T00:00:00.000",
                    occurred,
                    f"{minute // 60:02d}{minute % 60:02d}",
                    area.code,
                    area.name,
                    f"{area.code}{small[i]:02d}",
                    str(offenses_per_case[i]),
                    offense.group,
                    offense.code,
                    f"{offense.statute} - PC - {'F' if is_violent else 'M'} - {offense.name} - {offense.code}",
                    "Person,Property" if offense.code == "120" and quirk % 50 == 0 else offense.against,
                    *premises[i],
                    *(weapons[i] if is_violent else ("", "")),
                    *statuses[i],
                    str(victims[i] if offense.against != "Society" else 0),
                    *("Yes" if flag else "No" for flag in flags),
                    f"{(small[i] + 1) * 100} {capwords(STREETS[quirk % len(STREETS)])} St",
                    latitude,
                    longitude,
                )
            )
    return rows


def _garbage_date(quirk: int) -> str:
    """Four rows in a thousand carry a date from before the data set begins."""
    if quirk >= 40:
        return ""
    return "1800-01-06T00:00:00.000" if quirk == 0 else f"{2010 + quirk % 10}-{1 + quirk % 12:02d}-15T00:00:00.000"
