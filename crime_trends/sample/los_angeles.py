"""The generated sample's Los Angeles crime reports (legacy codes), with the quirks of the real ones.

Areas, offense, premise and weapon codes and their names are the police's; streets and every row are invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from crime_trends.sample.draws import Draws, Rhythm, heaps

# fmt: off
HEADER = (
    "dr_no", "date_rptd", "date_occ", "time_occ", "area", "area_name", "rpt_dist_no", "part_1_2", "crm_cd",
    "crm_cd_desc", "mocodes", "vict_age", "vict_sex", "vict_descent", "premis_cd", "premis_desc", "weapon_used_cd",
    "weapon_desc", "status", "status_desc", "crm_cd_1", "crm_cd_2", "crm_cd_3", "crm_cd_4", "location",
    "cross_street", "lat", "lon",
)
# fmt: on
# Reports a year, as remembered of the portal; the months of 2024, in which NIBRS took over from 2024-03-07, after
# published analyses of the change.
REPORTS = {2019: 218_000, 2020: 200_000, 2021: 210_000, 2022: 235_000, 2023: 232_000}
REPORTS_OF_2024 = (19_000, 18_200, 16_300, 13_000, 10_500, 9_500, 9_000, 8_000, 7_500, 6_500, 5_500, 4_700)
VIOLENT_CRIMES_LEFT = date(2024, 5, 1)
SEASON = (1.01, 0.93, 1.0, 0.97, 1.0, 0.99, 1.03, 1.03, 1.0, 1.03, 0.99, 1.02)
RHYTHM = Rhythm(
    weekdays=(1.0, 0.97, 0.98, 0.98, 1.07, 1.04, 1.0),
    workday_hours=(30, 22, 18, 16, 15, 15, 18, 24, 34, 35, 43, 45, 48, 48, 49, 52, 56, 61, 62, 60, 56, 47, 43, 38),
    weekend_hours=(44, 42, 34, 26, 22, 17, 17, 20, 26, 31, 38, 41, 44, 44, 45, 47, 49, 53, 55, 56, 55, 52, 51, 48),
    heaps=heaps(full_hour=22, half_hour=10, five_minutes=4, at_1200=46, at_0001=60, at_0000=0),
    first_of_month=1.35,
)


class Area(NamedTuple):
    """A police area: its number and name, its middle, and its weight."""

    code: str
    name: str
    latitude: float
    longitude: float
    weight: float


AREAS = (
    Area("01", "Central", 34.047, -118.251, 69),
    Area("02", "Rampart", 34.065, -118.274, 47),
    Area("03", "Southwest", 34.020, -118.315, 57),
    Area("04", "Hollenbeck", 34.057, -118.203, 37),
    Area("05", "Harbor", 33.770, -118.286, 41),
    Area("06", "Hollywood", 34.100, -118.328, 52),
    Area("07", "Wilshire", 34.064, -118.353, 48),
    Area("08", "West LA", 34.052, -118.439, 46),
    Area("09", "Van Nuys", 34.179, -118.448, 43),
    Area("10", "West Valley", 34.188, -118.520, 42),
    Area("11", "Northeast", 34.107, -118.245, 43),
    Area("12", "77th Street", 33.978, -118.297, 62),
    Area("13", "Newton", 34.010, -118.261, 49),
    Area("14", "Pacific", 33.982, -118.420, 59),
    Area("15", "N Hollywood", 34.172, -118.385, 51),
    Area("16", "Foothill", 34.249, -118.381, 33),
    Area("17", "Devonshire", 34.250, -118.538, 42),
    Area("18", "Southeast", 33.939, -118.267, 50),
    Area("19", "Mission", 34.254, -118.450, 40),
    Area("20", "Olympic", 34.060, -118.300, 50),
    Area("21", "Topanga", 34.193, -118.602, 41),
)


class Offense(NamedTuple):
    """Code, name, part (1 or 2), weight, and what its victims and scenes are like.

    ``kind`` is ``violent`` (a weapon, a victim), ``vehicle`` (no victim is described) or ``other``.
    """

    code: str
    name: str
    part: str
    weight: float
    kind: str = "other"


OFFENSES = (
    Offense("510", "VEHICLE - STOLEN", "1", 110, "vehicle"),
    Offense("624", "BATTERY - SIMPLE ASSAULT", "2", 75, "violent"),
    Offense("330", "BURGLARY FROM VEHICLE", "1", 63),
    Offense("354", "THEFT OF IDENTITY", "2", 60),
    Offense("740", "VANDALISM - FELONY ($400 & OVER, ALL CHURCH VANDALISMS)", "2", 61),
    Offense("310", "BURGLARY", "1", 58),
    Offense("230", "ASSAULT WITH DEADLY WEAPON, AGGRAVATED ASSAULT", "1", 53, "violent"),
    Offense("440", "THEFT PLAIN - PETTY ($950 & UNDER)", "1", 53),
    Offense("626", "INTIMATE PARTNER - SIMPLE ASSAULT", "2", 47, "violent"),
    Offense("420", "THEFT FROM MOTOR VEHICLE - PETTY ($950 & UNDER)", "1", 41),
    Offense("331", "THEFT FROM MOTOR VEHICLE - GRAND ($950.01 AND OVER)", "1", 37),
    Offense("341", "THEFT-GRAND ($950.01 & OVER)EXCPT,GUNS,FOWL,LIVESTK,PROD", "1", 34),
    Offense("442", "SHOPLIFTING - PETTY THEFT ($950 & UNDER)", "1", 32),
    Offense("210", "ROBBERY", "1", 32, "violent"),
    Offense("745", "VANDALISM - MISDEAMEANOR ($399 OR UNDER)", "2", 25),
    Offense("930", "CRIMINAL THREATS - NO WEAPON DISPLAYED", "2", 19, "violent"),
    Offense("888", "TRESPASSING", "2", 17),
    Offense("761", "BRANDISH WEAPON", "1", 15, "violent"),
    Offense("236", "INTIMATE PARTNER - AGGRAVATED ASSAULT", "1", 13, "violent"),
    Offense("901", "VIOLATION OF RESTRAINING ORDER", "2", 12),
    Offense("668", "EMBEZZLEMENT, GRAND THEFT ($950.01 & OVER)", "2", 8),
    Offense("343", "SHOPLIFTING-GRAND THEFT ($950.01 & OVER)", "1", 8),
    Offense("900", "VIOLATION OF COURT ORDER", "2", 7),
    Offense("662", "BUNCO, GRAND THEFT", "2", 7),
    Offense("480", "BIKE - STOLEN", "1", 7),
    Offense("956", "LETTERS, LEWD  -  TELEPHONE CALLS, LEWD", "2", 7),
    Offense("946", "OTHER MISCELLANEOUS CRIME", "2", 6),
    Offense("320", "BURGLARY, ATTEMPTED", "1", 5),
    Offense("220", "ATTEMPTED ROBBERY", "1", 5, "violent"),
    Offense("352", "PICKPOCKET", "1", 5),
    Offense("860", "BATTERY WITH SEXUAL CONTACT", "2", 4, "violent"),
    Offense("121", "RAPE, FORCIBLE", "1", 4, "violent"),
    Offense("648", "ARSON", "1", 3),
    Offense("520", "VEHICLE - ATTEMPT STOLEN", "1", 3, "vehicle"),
    Offense("110", "CRIMINAL HOMICIDE", "1", 1.6, "violent"),
)
PREMISES = {
    ("101", "STREET"): 26.0,
    ("501", "SINGLE FAMILY DWELLING"): 17,
    ("502", "MULTI-UNIT DWELLING (APARTMENT, DUPLEX, ETC)"): 13,
    ("108", "PARKING LOT"): 7,
    ("203", "OTHER BUSINESS"): 5,
    ("102", "SIDEWALK"): 5,
    ("404", "DEPARTMENT STORE"): 3,
    ("707", "GARAGE/CARPORT"): 2,
    ("122", "VEHICLE, PASSENGER/TRUCK"): 2,
    ("104", "DRIVEWAY"): 2,
    ("405", "CLOTHING STORE"): 1.5,
    ("210", "RESTAURANT/FAST FOOD"): 1.5,
    ("402", "MARKET"): 1,
    ("103", "ALLEY"): 1,
    ("109", "PARK/PLAYGROUND"): 0.8,
    ("418", ""): 0.3,
}
WEAPONS = {
    ("400", "STRONG-ARM (HANDS, FIST, FEET OR BODILY FORCE)"): 52.0,
    ("511", "VERBAL THREAT"): 13,
    ("500", "UNKNOWN WEAPON/OTHER WEAPON"): 11,
    ("102", "HAND GUN"): 9,
    ("207", "OTHER KNIFE"): 4,
    ("109", "SEMI-AUTOMATIC PISTOL"): 4,
    ("200", "KNIFE WITH BLADE 6INCHES OR LESS"): 3,
    ("512", "MACE/PEPPER SPRAY"): 2,
    ("307", "VEHICLE"): 2,
}
STATUSES = {
    ("IC", "Invest Cont"): 80.0,
    ("AO", "Adult Other"): 11,
    ("AA", "Adult Arrest"): 8,
    ("JA", "Juv Arrest"): 0.5,
}
SEXES = {"M": 45.0, "F": 40, "X": 12, "": 2.9, "H": 0.1}
DESCENTS = {"H": 34.0, "W": 22, "B": 15, "X": 13, "O": 8, "A": 2.3, "": 4, "C": 0.7, "K": 0.6, "F": 0.6, "J": 0.3}
MO_CODES = ("0344", "0416", "0329", "0913", "1822", "2000", "1402", "0444", "0305", "1501", "0561")
# fmt: off
STREETS = (
    "ALDER POINT", "SAN BRILLO", "ORANGE TERRACE", "MARIPOSA GLEN", "42ND", "TIDEWATER", "LA PALOMA VIEJA", "97TH",
    "OLIVE ORCHARD", "CRESCENT LAKE", "JACARANDA PARK", "113TH", "FOOTHILL LANTERN", "EL MIRASOL", "COPPER CANYON",
    "PEPPERTREE", "STARLING", "DEL RIO SECO", "18TH", "HARBOR MIST",
)
# fmt: on
SUFFIXES = ("ST", "AV", "BL", "DR", "PL", "WY")


def reports_of_month(first: date, share: float, last_day: date) -> list[tuple[str, ...]]:
    """The rows of a month, each with ``:updated_at`` before the columns of ``HEADER``.

    Arguments: as ``crime_trends.sample.austin.reports_of_month``.
    """
    draws = Draws("los_angeles", first)
    count = round(_volume(first) * share)
    moments = draws.moments(first, count, RHYTHM)
    weights = [
        offense.weight * (0.03 if offense.kind == "violent" and first >= VIOLENT_CRIMES_LEFT else 1)
        for offense in OFFENSES
    ]
    offenses = draws.pick(OFFENSES, weights, count)
    areas = draws.pick(AREAS, [area.weight for area in AREAS], count)
    latitudes = draws.near([area.latitude for area in areas], 0.025)
    longitudes = draws.near([area.longitude for area in areas], 0.025)
    premises = draws.pick(list(PREMISES), list(PREMISES.values()), count)
    weapons = draws.pick(list(WEAPONS), list(WEAPONS.values()), count)
    statuses = draws.pick(list(STATUSES), list(STATUSES.values()), count)
    sexes = draws.pick(list(SEXES), list(SEXES.values()), count)
    descents = draws.pick(list(DESCENTS), list(DESCENTS.values()), count)
    ages = [round(age) for age in draws.near([39] * count, 36)]
    mo_codes = [draws.any_of(MO_CODES, count) for _ in range(3)]
    lags = draws.lags(prompt=0.48, typical=3, longest=1_100, count=count)
    quirks = draws.whole(0, 9_999, count)
    small = draws.whole(0, 99, count)
    addresses = street_addresses(draws, count)
    numbers = numbers_by_area(areas)
    rows: list[tuple[str, ...]] = []
    for i, (day, minute) in enumerate(moments):
        offense, area, quirk = offenses[i], areas[i], quirks[i]
        reported = day + timedelta(days=lags[i])
        if reported > last_day:
            reported = day
        age, sex, descent, weapon = str(ages[i]), sexes[i], descents[i], ("", "")
        if offense.kind == "vehicle" or quirk % 10 == 0:
            age, sex, descent = "0", "", ""
        if quirk < 8:
            age = ("-1", "-2", "120")[quirk % 3]
        if offense.kind == "violent":
            weapon = weapons[i]
        latitude, longitude = coordinate(latitudes[i]), coordinate(longitudes[i])
        if 100 <= quirk < 135:
            latitude, longitude = "0", "0"
        updated = max(reported, min(last_day, reported + timedelta(days=small[i] % 30)))
        first_code = "998" if quirk >= 9_990 else offense.code  # about one in a thousand differs
        rows.append(
            (
                f"{updated.isoformat()}T14:{small[i] % 60:02d}:31.000Z",
                case_number(first, area, numbers[i]),
                f"{reported.isoformat()}T00:00:00.000",
                f"{day.isoformat()}T00:00:00.000",
                f"{minute // 60:02d}{minute % 60:02d}",
                area.code,
                area.name,
                f"{area.code}{small[i]:02d}",
                offense.part,
                offense.code,
                offense.name,
                "" if offense.kind == "vehicle" else " ".join(codes[i] for codes in mo_codes[: 1 + quirk % 3]),
                age,
                sex,
                descent,
                *premises[i],
                *weapon,
                *statuses[i],
                first_code,
                "998" if quirk % 14 == 3 else "",
                "",
                "",
                addresses[i],
                f"{STREETS[small[i] % len(STREETS)]:<29}{SUFFIXES[quirk % len(SUFFIXES)]}" if quirk % 6 == 1 else "",
                latitude,
                longitude,
            )
        )
    return rows


def street_addresses(draws: Draws, count: int) -> list[str]:
    """Invented addresses, rounded to the hundred block and padded inside as Los Angeles publishes them."""
    blocks = draws.whole(1, 180, count)
    directions = draws.pick((" ", "N", "S", "E", "W"), (40, 15, 15, 15, 15), count)
    streets, suffixes = draws.any_of(STREETS, count), draws.any_of(SUFFIXES, count)
    parts = zip(blocks, directions, streets, suffixes, strict=True)
    return [f"{block * 100} {direction}  {street:<29}{suffix}" for block, direction, street, suffix in parts]


def numbers_by_area(areas: Sequence[Area]) -> list[int]:
    """How many of the same area went before, for each."""
    seen: Counter[str] = Counter()
    numbers = []
    for area in areas:
        numbers.append(seen[area.code])
        seen[area.code] += 1
    return numbers


def case_number(first: date, area: Area, number: int) -> str:
    """A Division of Records number: year, area and five digits, of which each month has 8,000 to itself."""
    return f"{first.year % 100:02d}{area.code}{(first.month - 1) * 8_000 + number:05d}"


def coordinate(degrees: float) -> str:
    """Four decimals with trailing zeros trimmed, as Los Angeles publishes coordinates: 34 is a valid latitude."""
    return f"{degrees:.4f}".rstrip("0").rstrip(".")


def _volume(first: date) -> float:
    if first.year == 2024:
        return REPORTS_OF_2024[first.month - 1]
    return REPORTS.get(first.year, 215_000) / 12 * SEASON[first.month - 1]
