"""Writes a file like the two years that Los Angeles's portal would serve, of any size and within seconds.

Offenses, areas, places and their frequencies are those of the built-in sample; every row is made up. The same number of
rows gives the same file with the same version of DuckDB, whose hash of the row's number is all the chance there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from crime_trends.sample import los_angeles as sample

YEARS = ("2022", "2023")
MONTHS = [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
HEADER = [":id", ":updated_at", *sample.HEADER]
ONE_IN = 20_000
"""One row in so many occurs twice."""
SLOTS = 2_000
"""How many places a choice has, of which each of its items takes as many as its weight asks for."""


def distinct(rows: int) -> int:
    """How many of a year's rows are not the repetition of another."""
    return rows - len(range(1, rows, ONE_IN))


def write_year(file: Path, year: str, rows: int) -> None:
    """Writes a year as a fetch from Socrata leaves it, ``:id`` and ``:updated_at`` before the 28 columns.

    One row in 10,000 has an age that is no age, one in 300 no coordinates, one in ``ONE_IN`` occurs twice.
    """
    with duckdb.connect() as connection:
        connection.execute("create macro draw(i, salt) as hash(i * 100 + salt) / 18446744073709551616.0")
        connection.execute("create macro whole(i, salt, n) as floor(draw(i, salt) * n)::integer")
        connection.execute("create macro pick(i, salt, items) as items[1 + whole(i, salt, len(items))]")
        for name, items in _choices().items():
            connection.execute(f"set variable {name} = $items", {"items": items})
        connection.execute(f"copy ({_ROWS}) to '{file}' (header, delimiter ',')", {"year": year, "rows": rows})


def _choices() -> dict[str, list[dict[str, object]]]:
    return {
        "areas": _slots({area: area.weight for area in sample.AREAS}, ("code", "name", "lat", "lon", "weight")),
        "offenses": _slots({o: o.weight for o in sample.OFFENSES}, ("code", "name", "part", "weight", "kind")),
        "premises": _slots(sample.PREMISES, ("code", "name")),
        "weapons": _slots(sample.WEAPONS, ("code", "name")),
        "statuses": _slots(sample.STATUSES, ("code", "name")),
        "sexes": _slots({(sex,): weight for sex, weight in sample.SEXES.items()}, ("code",)),
        "descents": _slots({(descent,): weight for descent, weight in sample.DESCENTS.items()}, ("code",)),
        "mo_codes": [{"code": code} for code in sample.MO_CODES],
        "streets": [{"name": street} for street in sample.STREETS],
        "suffixes": [{"name": suffix} for suffix in sample.SUFFIXES],
    }


def _slots(weights: Mapping[Any, float], names: Sequence[str]) -> list[dict[str, object]]:
    total = sum(weights.values())
    slots: list[dict[str, object]] = []
    for item, weight in weights.items():
        slots += [dict(zip(names, item, strict=True))] * max(1, round(SLOTS * weight / total))
    return slots


_ROWS = f"""
with draws as (
    select
        r + 1000000000::bigint * $year::integer as i,
        r,
        make_date($year::integer, 1, 1) + whole(i, 1, 365) as day,
        whole(i, 2, 10000) as quirk,
        whole(i, 3, 100) as small,
        floor(24 * sqrt(draw(i, 4)))::integer % 24 as hour,
        if(draw(i, 5) < 0.5, 0, 5 * whole(i, 6, 12)) as minute,
        pick(i, 7, getvariable('areas')) as area,
        pick(i, 8, getvariable('offenses')) as offense,
        pick(i, 9, getvariable('premises')) as premise,
        pick(i, 10, getvariable('weapons')) as weapon,
        pick(i, 11, getvariable('statuses')) as status,
        pick(i, 12, getvariable('sexes')).code as sex,
        pick(i, 13, getvariable('descents')).code as descent,
        pick(i, 14, getvariable('mo_codes')).code as mo_1,
        pick(i, 15, getvariable('mo_codes')).code as mo_2,
        pick(i, 16, getvariable('mo_codes')).code as mo_3,
        pick(i, 17, getvariable('streets')).name as street,
        pick(i, 18, getvariable('streets')).name as cross_street,
        pick(i, 19, getvariable('suffixes')).name as suffix,
        pick(i, 8, getvariable('offenses')).kind = 'vehicle' or whole(i, 2, 10) = 0 as is_nobody
    from (select if(range % {ONE_IN} = 1, range - 1, range) as r from range($rows))
)

select
    printf('row-%04x.%04x_%04x', i % 65536, i // 65536 % 65536, i // 4294967296) as ":id",
    strftime(day + whole(i, 20, 400), '%Y-%m-%dT14:%M:31.000Z') as ":updated_at",
    printf('%02d%s%06d', $year::integer % 100, area.code, r) as dr_no,
    strftime(day + if(draw(i, 21) < 0.48, 0, floor(30 * draw(i, 22) ** 4)::integer), '%Y-%m-%dT00:00:00.000')
        as date_rptd,
    strftime(day, '%Y-%m-%dT00:00:00.000') as date_occ,
    printf('%02d%02d', hour, minute) as time_occ,
    area.code as area,
    area.name as area_name,
    printf('%s%02d', area.code, small) as rpt_dist_no,
    offense.part as part_1_2,
    offense.code as crm_cd,
    offense.name as crm_cd_desc,
    case when offense.kind != 'vehicle' then concat_ws(' ', mo_1, mo_2, mo_3) end as mocodes,
    case when quirk = 0 then '120' when is_nobody then '0' else (3 + whole(i, 23, 80))::varchar end as vict_age,
    if(is_nobody, null, nullif(sex, '')) as vict_sex,
    if(is_nobody, null, nullif(descent, '')) as vict_descent,
    premise.code as premis_cd,
    nullif(premise.name, '') as premis_desc,
    if(offense.kind = 'violent', weapon.code, null) as weapon_used_cd,
    if(offense.kind = 'violent', weapon.name, null) as weapon_desc,
    status.code as status,
    status.name as status_desc,
    offense.code as crm_cd_1,
    if(quirk % 14 = 3, '998', null) as crm_cd_2,
    null as crm_cd_3,
    null as crm_cd_4,
    printf('%d00 N  %-29s%s', 1 + whole(i, 24, 180), street, suffix) as location,
    if(quirk % 6 = 1, printf('%-29s%s', cross_street, suffix), null) as cross_street,
    if(quirk between 100 and 135, '0', round(area.lat + (draw(i, 25) - 0.5) / 20, 4)::varchar) as lat,
    if(quirk between 100 and 135, '0', round(area.lon + (draw(i, 26) - 0.5) / 20, 4)::varchar) as lon
from draws
"""
