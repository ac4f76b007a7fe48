"""What a reader must know of each dataset and offense, in words; from docs/method.md and the datasets' own pages."""

from __future__ import annotations

KNOWN_LIMITS = {
    "austin_crime_reports": (
        "A report counts once, under its highest offense. Old rows change in place when a report is amended."
    ),
    "los_angeles_crime_reports": (
        "From March 7, 2024 the police moved to another records system, bureau by bureau. This series thins out "
        "through 2024 and ends with it: its fall in that year is not a fall in crime."
    ),
    "los_angeles_nibrs_offenses": (
        "Begins on March 7, 2024 and fills up through 2024, as one bureau after the other moved to it: its rise in "
        "that year is not a rise in crime."
    ),
    "san_diego_calls_for_service": (
        "A call to the police, whatever it turned out to be. Its files have holes in June 2015, June 2020, August "
        "2023, and May and June 2025."
    ),
    "san_diego_nibrs_offenses": (
        "About one row in seven is administrative. When a month ends, about a quarter of its reports is still to come. "
        "2020 is not comparable with later years."
    ),
}
"""Dataset -> what a reader must know before reading its counts. From the portals' pages and their public readers."""

GROUP_NOTES = {
    "rape": (
        "Rape here is NIBRS 11A, 11B and 11C, as defined since 2013, which is wider than before. Most rapes are never "
        "reported, so that a change can be one of reporting; it is shown by city only."
    ),
    "theft": "Times of thefts are often those of the discovery. Shoplifting depends on what stores report.",
    "burglary": "Times of burglaries are often those of the discovery.",
    "aggravated_assault": "Where sources differ most: which assaults are aggravated is the police's own judgement.",
    "murder": "Small numbers: a few cases more or less are no trend. Cases are counted, not victims.",
    "unmapped": "Rows without a known mapping: they may hold anything, crimes of the other groups among them.",
    "not_a_crime": "Justified homicides, runaways, warrants, disturbances and what was unfounded.",
}
"""Offense group -> what a reader must know of it, whatever the dataset."""

DEFINITIONS = {
    "murder": "Murder and nonnegligent manslaughter (NIBRS 09A). Negligent manslaughter (09B) and justifiable homicide "
    "(09C) are left out, and so are deaths by vehicle that the police do not call murder.",
    "robbery": "Taking from a person by force or threat (NIBRS 120), with or without a weapon, carjacking among it. "
    "Theft without force is left out, be it from a person.",
    "aggravated_assault": "Assault with a weapon or with severe injury (NIBRS 13A). Simple assault (13B) and "
    "intimidation (13C) are left out.",
    "burglary": "Unlawful entry to commit a felony or a theft (NIBRS 220). Theft from a vehicle and shoplifting are "
    "thefts; trespass is left out.",
    "motor_vehicle_theft": "Theft of a motor vehicle (NIBRS 240), attempts included. Theft from a vehicle or of its "
    "parts is theft.",
    "theft": "Pocket-picking, purse-snatching, shoplifting, theft from buildings, machines and vehicles, of vehicle "
    "parts, and all other larceny (NIBRS 23A to 23H). Fraud, stolen property and embezzlement are left out.",
    "other_group_a": "All other NIBRS Group A offenses, such as simple assault, fraud, vandalism, drugs and weapons.",
    "group_b": "NIBRS Group B offenses, for which others count arrests only: such as trespass and drunk driving.",
    "unmapped": "Published rows for which no mapping to an offense is known: counted and shown, never dropped.",
    "not_a_crime": "What the police record and what is no crime: justifiable homicide, runaways, administrative rows "
    "and what was unfounded.",
    "call": "Calls to the police, whatever they turned out to be. A call is not a crime, and several calls can be "
    "about one thing.",
}
"""Offense group -> what it counts and what it leaves out; the note on rape says that too."""
