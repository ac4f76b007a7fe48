"""The generated sample's San Diego NIBRS offenses: the day only, late approvals, and administrative rows (90Z).

Column names and codes are the portal's; streets and every row are invented.
"""

from __future__ import annotations

from datetime import date, timedelta

from crime_trends.sample.draws import Draws
from crime_trends.sample.nibrs import NIBRS_OFFENSES, PROPERTY_CRIME, VIOLENT, WEIGHTS
from crime_trends.sample.san_diego_calls import RHYTHM, SEASON
from crime_trends.sample.san_diego_places import BEATS, DIVISIONS, STREETS

# fmt: off
HEADER = (
    "objectid", "nibrs_uniq", "case_number", "occured_on", "approved_on", "day_of_week", "month", "year",
    "code_section", "group_type", "ibr_category", "crime_against", "ibr_offense", "ibr_offense_description",
    "pd_offense_category", "violent_crime", "property_crime", "beat", "neighborhood", "service_area",
    "division_number", "division", "block_addr", "city", "state", "zip", "geocode_status", "geocode_score",
    "latitude", "longitude",
)
# fmt: on
OFFENSES_A_MONTH = 7_500  # an estimate: no total of the portal's is known
CRIME_AGAINST = {"Person": "PE", "Property": "PR", "Society": "SO"}
CASES_A_MONTH = 100_000  # numbers set aside for each month, so that they never repeat


def offenses_of_month(first: date, share: float, last_day: date) -> list[tuple[str, ...]]:
    """The rows of a month with the columns of ``HEADER``.

    Arguments:
        first: the first of the month.
        share: of the real volume.
        last_day: the day on which the sample was published: reports that are approved later are missing.
    """
    draws = Draws("san_diego_nibrs", first)
    cases = round(OFFENSES_A_MONTH * SEASON[first.month - 1] * share / 1.06)
    moments = draws.moments(first, cases, RHYTHM)
    firsts = draws.pick(NIBRS_OFFENSES, WEIGHTS, cases)
    seconds = draws.pick(NIBRS_OFFENSES, WEIGHTS, cases)
    beats = draws.pick(BEATS, [beat.weight for beat in BEATS], cases)
    latitudes = draws.near([beat.latitude for beat in beats], 0.012)
    longitudes = draws.near([beat.longitude for beat in beats], 0.012)
    lags = draws.lags(prompt=0.2, typical=4, longest=150, count=cases)
    quirks = draws.whole(0, 9_999, cases)
    blocks = draws.whole(1, 95, cases)
    streets = draws.any_of(STREETS, cases)
    base = ((first.year - 2000) * 12 + first.month) * CASES_A_MONTH
    rows: list[tuple[str, ...]] = []
    for i, (day, minute) in enumerate(moments):
        approved, quirk, beat = day + timedelta(days=lags[i]), quirks[i], beats[i]
        if approved > last_day:
            continue
        case = str(base + i)
        latitude, longitude = f"{latitudes[i]:.6f}", f"{longitudes[i]:.6f}"
        status, score = "M", f"{90 + quirk % 10 + 0.5 * (quirk % 2):g}"
        if quirk < 150:
            latitude, longitude, status, score = "", "", "U", "0"
        both = [firsts[i]]
        if quirk % 16 == 0 and seconds[i] is not firsts[i]:
            both.append(seconds[i])
        for offense in both:
            rows.append(
                (
                    str(base + 2 * i + len(both)),
                    f"{case}_{offense.code}",
                    case,
                    day.isoformat(),
                    f"{approved.isoformat()} {minute // 60:02d}:{minute % 60:02d}:00",
                    str(day.isoweekday() % 7 + 1),
                    str(day.month),
                    str(day.year),
                    f"{offense.statute} PC {offense.name.upper()} ({'F' if offense.code in VIOLENT else 'M'}) || ",
                    offense.group,
                    offense.category,
                    CRIME_AGAINST[offense.against],
                    offense.code,
                    offense.name,
                    offense.category.upper(),
                    str(int(offense.code in VIOLENT)),
                    str(int(offense.code in PROPERTY_CRIME)),
                    beat.code,
                    beat.neighborhood,
                    f"{beat.code[:2]}0",
                    beat.code[0],
                    DIVISIONS[beat.code[0]],
                    f"{blocks[i] * 100} {streets[i]}",
                    "SAN DIEGO",
                    "CA",
                    beat.zip_code,
                    status,
                    score,
                    latitude,
                    longitude,
                )
            )
    return rows
