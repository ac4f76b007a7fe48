"""The floor: what DuckDB needs for the same typed months of Los Angeles, with the rules written as SQL.

It makes the same columns, issues, counts, duplicates and rejects of this file, sorted and partitioned alike. It leaves
out what this file does not hold: other ways to write a date, spreadsheets' numbers, rows with too few or too many
fields, rows of no month; and it proves and publishes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from crime_cleaning.cleaners import los_angeles_crime_reports as cleaner
from crime_cleaning.column_maps.los_angeles_crime_reports import COLUMN_MAP


def clean(files: Sequence[Path], output: Path, *, memory_limit: str) -> int:
    """Writes ``clean/`` and ``rejected/`` below ``output`` and counts as the job does; returns the clean rows."""
    output.mkdir(exist_ok=True)
    settings = {"memory_limit": memory_limit, "temp_directory": str(output / "tmp")}
    with duckdb.connect(config={**settings}) as connection:
        connection.execute(_MACROS)
        for name, value in {
            "files": [str(file) for file in files],
            "box": [cleaner.BOX.south, cleaner.BOX.north, cleaner.BOX.west, cleaner.BOX.east],
            "oldest": cleaner.OLDEST_VICTIM,
        }.items():
            connection.execute(f"set variable {name} = $value", {"value": value})
        for name, names in {"sexes": cleaner.SEXES, "descents": cleaner.DESCENTS}.items():
            connection.execute(f"set variable {name} = map($codes, $names)", _columns(names))
        connection.execute(_CLEANED)
        counts = connection.execute(
            "select partition, outcome, reason, issues, count(*) as n from cleaned group by all"
        ).fetchall()
        columns = ", ".join(column.name for column in COLUMN_MAP.all_columns)
        for kind, selected, order in (
            ("clean", columns, "occurred_at, incident_id"),
            ("rejected", "reason, incident_id as row_id, month, raw", "reason, row_id, raw"),
        ):
            connection.execute(
                f"copy (select {selected}, partition from cleaned where outcome = '{kind}' "
                f"order by partition, {order}) to '{output / kind}' (format parquet, partition_by (partition))"
            )
    return sum(number for _, outcome, _, _, number in counts if outcome == "clean")


def _columns(names: Mapping[str, str]) -> dict[str, list[str]]:
    return {"codes": list(names), "names": list(names.values())}


_MACROS = r"""
create macro code(x) as if(x like '%,%' or x like '%.%', regexp_replace(replace(x, ',', ''), '\.0*$', ''), x);
create macro padded(x, width) as if(length(x) < width and regexp_full_match(x, '\d+'), lpad(x, width, '0'), x);
create macro day(x) as try_cast(x as timestamp)::date;
create macro hhmm(x) as
    if(regexp_full_match(lpad(x, 4, '0'), '([01]\d|2[0-3])[0-5]\d|2400') and length(x) <= 4, lpad(x, 4, '0'), null);
create macro integer_of(x) as try_cast(replace(x, ',', '') as bigint);
create macro number_of(x) as try_cast(replace(x, ',', '') as double);
create macro issue(x, value, label) as if(x is not null and value is null, label, null);
"""

_CLEANED = """
create temp table cleaned as
with texts as (
    select nullif(trim(columns(*)), '') from read_csv(
        getvariable('files'), header = true, all_varchar = true, delim = ',', quote = '"', escape = '"'
    )
),

parsed as (
    select
        *,
        hash(*columns(lambda name: name not like ':%')) as row_hash,
        code(dr_no) as incident_id,
        day(date_occ) as occurred_date,
        hhmm(time_occ) as occurred_time,
        day(date_rptd) as report_date,
        integer_of(part_1_2) as ucr_part,
        integer_of(vict_age) as age,
        number_of(lat) as latitude,
        number_of(lon) as longitude,
        strftime(occurred_date, '%Y-%m') as partition
    from texts
),

judged as (
    select
        *,
        abs(latitude) >= 0.01 or abs(longitude) >= 0.01 as is_known,
        latitude between getvariable('box')[1] and getvariable('box')[2]
        and longitude between getvariable('box')[3] and getvariable('box')[4] as is_inside,
        rank() over (partition by partition, incident_id order by ":updated_at" desc, row_hash desc) as order_of_key,
        row_number() over (partition by partition, incident_id, row_hash order by ":updated_at" desc) as order_of_copies
    from parsed
)

select
    incident_id,
    occurred_date + to_minutes(left(occurred_time, 2)::integer * 60 + right(occurred_time, 2)::integer) as occurred_at,
    occurred_date,
    occurred_time,
    report_date,
    padded(code(area), 2) as area_code,
    area_name,
    padded(code(rpt_dist_no), 4) as reporting_district_code,
    ucr_part,
    code(crm_cd) as offense_code,
    crm_cd_desc as offense_name,
    mocodes as mo_codes,
    if(age between 1 and getvariable('oldest'), age, null) as victim_age,
    code(vict_sex) as victim_sex_code,
    coalesce(getvariable('sexes')[vict_sex], 'Unknown') as victim_sex_name,
    code(vict_descent) as victim_descent_code,
    coalesce(getvariable('descents')[vict_descent], 'Unknown') as victim_descent_name,
    code(premis_cd) as premise_code,
    premis_desc as premise_name,
    code(weapon_used_cd) as weapon_code,
    weapon_desc as weapon_name,
    code(status) as status_code,
    status_desc as status_name,
    code(crm_cd_1) as offense_code_1,
    code(crm_cd_2) as offense_code_2,
    code(crm_cd_3) as offense_code_3,
    code(crm_cd_4) as offense_code_4,
    regexp_replace(location, ' +', ' ', 'g') as address,
    regexp_replace(cross_street, ' +', ' ', 'g') as cross_street,
    if(is_known and is_inside, latitude, null) as latitude,
    if(is_known and is_inside, longitude, null) as longitude,
    date_trunc('month', occurred_date)::date as month,
    list_filter([
        issue(date_occ, occurred_date, 'occurred_date:not_a_date'),
        issue(time_occ, occurred_time, 'occurred_time:not_a_time'),
        issue(date_rptd, report_date, 'report_date:not_a_date'),
        issue(part_1_2, ucr_part, 'ucr_part:not_a_number'),
        coalesce(
            issue(vict_age, age, 'victim_age:not_a_number'),
            if(age > getvariable('oldest'), 'victim_age:out_of_range', null)
        ),
        coalesce(
            issue(lat, latitude, 'latitude:not_a_number'), issue(latitude, longitude, 'latitude:incomplete'),
            if(is_known and not is_inside, 'latitude:outside_city', null)
        ),
        coalesce(
            issue(lon, longitude, 'longitude:not_a_number'), issue(longitude, latitude, 'longitude:incomplete'),
            if(is_known and not is_inside, 'longitude:outside_city', null)
        )
    ], lambda reason: reason is not null) as issues,
    partition,
    case
        when incident_id is null then 'rejected'
        when order_of_copies > 1 then 'duplicate'
        when order_of_key = 1 then 'clean'
        else 'rejected'
    end as outcome,
    case when incident_id is null then 'no_id' when outcome = 'rejected' then 'superseded' end as reason,
    if(outcome = 'rejected', to_json(judged)::varchar, null) as raw
from judged
"""
