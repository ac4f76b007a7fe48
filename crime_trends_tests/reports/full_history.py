"""A warehouse with the whole history of all datasets, made up, for the size, speed and pictures of the dashboard.

What the marts count is generated as it would be after years of real runs (by day, area, hour, lag and outcome; not row
by row, which would be 15 million); the dimensions and the marts are built by the project's own models. As a module it
writes the dashboard too: ``python -m crime_trends_tests.reports.full_history HOME``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from crime_trends.age import age_on
from crime_trends.datasets import DATASETS
from crime_trends.reports.dashboard import read_dashboard_data, render_dashboard
from crime_trends.reports.findings_data import read_history
from crime_trends.reports.findings_text import findings_sections
from crime_trends.reports.writing import write_report
from crime_trends.sample.austin import SECTORS
from crime_trends.sample.los_angeles import AREAS
from crime_trends.sample.san_diego_calls import DISPOSITIONS
from crime_trends.sample.san_diego_places import BEATS, DIVISIONS
from crime_trends_tests.dbt.conftest import ModelsHome
from crime_trends_tests.reports.maps import sample_maps

MADE_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
AUSTIN, LEGACY, NIBRS, CALLS, OFFENSES = (
    "austin_crime_reports",
    "los_angeles_crime_reports",
    "los_angeles_nibrs_offenses",
    "san_diego_calls_for_service",
    "san_diego_nibrs_offenses",
)
SPANS = {
    AUSTIN: ("2003-01-01", "2026-11-20", 1.0),
    LEGACY: ("2010-01-01", "2024-12-31", 2.5),
    NIBRS: ("2024-03-07", "2026-11-10", 2.3),
    CALLS: ("2015-01-01", "2026-11-21", 1.0),
    OFFENSES: ("2020-01-01", "2026-11-15", 1.2),
}
"""Dataset -> first day, day that the data reach, and how large it is beside Austin's."""
LEVELS = {
    "murder": 0.08,
    "rape": 1.9,
    "robbery": 5.5,
    "aggravated_assault": 8.0,
    "burglary": 14.0,
    "motor_vehicle_theft": 13.0,
    "theft": 78.0,
    "other_group_a": 88.0,
    "group_b": 24.0,
    "unmapped": 5.0,
    "not_a_crime": 28.0,
    "call": 1400.0,
}
"""Offense group -> how many a day in a city of Austin's size."""
LAGS = {0: 0.38, 1: 0.20, 2: 0.10, 4: 0.09, 8: 0.08, 15: 0.05, 25: 0.04, 45: 0.045, 160: 0.015}
"""Days from the offense to its report -> share of the cases."""
KEYS = ("dataset", "offense_group", "month")
MONTHLY_VIEWS = (
    "int_warehouse_months",
    "int_dataset_months",
    "int_data_through",
    "int_settling_days",
    "int_month_status",
    "int_mapped_shares",
)
"""The monthly models that the marts read and that are views on what is generated here."""


def make_full_history(path: Path) -> ModelsHome:
    """A home whose warehouse holds all of it, with the marts built; takes about a minute on a quiet machine.

    Arguments:
        path: the home's folder.
    """
    home = ModelsHome(path)
    home.warehouse.prepare()
    _dbt(home, "build", "--exclude-resource-type", "unit_test", "test", "--select", "tag:reference")
    with home.warehouse.connect() as connection:
        for statement in _statements():
            connection.execute(statement)
    _dbt(home, "run", "--select", *MONTHLY_VIEWS, "tag:marts")
    return home


def write_page(home: ModelsHome, path: Path) -> None:
    """The dashboard of a home, marked as made up."""
    findings = findings_sections(read_history(home.warehouse))
    data = read_dashboard_data(home.warehouse)
    with TemporaryDirectory() as folder:
        maps = sample_maps(Path(folder))
    today, year = MADE_AT.date(), f"{MADE_AT:%Y}"
    ages = {
        key: age_on(today, DATASETS[key], date.fromisoformat(through), [year]) for key, (_, through, _) in SPANS.items()
    }
    page = render_dashboard(data, synthetic=True, made_at=MADE_AT, findings=findings, maps=maps, ages=ages)
    write_report(page, path)


def _dbt(home: ModelsHome, *arguments: str) -> None:
    outcome = home.dbt(*arguments)
    assert outcome.returncode == 0, outcome.stdout


def _values(rows: Sequence[tuple[object, ...]]) -> str:
    """Rows as SQL has them."""
    return ", ".join(
        f"({', '.join(repr(value) if not isinstance(value, str) else _text(value) for value in row)})" for row in rows
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _chance(*parts: str) -> str:
    """A number from 0 to 1 that depends on nothing but these."""
    return f"((hash({', '.join(parts)}) % 1000003 + 0.5) / 1000003.0)"


def _split(count: str, share_before: str, share: str, *salt: str) -> str:
    """The part of a whole number that falls on a share, so that all parts add up to it; of a few it is chance which."""
    offset = _chance(*salt)
    end = f"floor({count} * ({share_before} + {share} - 1e-9) + {offset})"
    return f"({end} - floor({count} * ({share_before} - 1e-9) + {offset}))::bigint"


def _statements() -> list[str]:
    spans = _values([(key, first, through, size) for key, (first, through, size) in SPANS.items()])
    levels = _values(list(LEVELS.items()))
    shares, before = [], 0.0
    for days, share in LAGS.items():
        shares.append((days, before, share))
        before += share
    lags = _values([*shares])
    size, angle = _chance("dataset", "offense_group", "day"), _chance("day", "dataset", "offense_group", "7")
    normal = f"sqrt(-2 * ln({size})) * cos(2 * pi() * {angle})"
    return [
        f"""
        create temp table expected as
        select
            dataset, offense_group, day::date as day, through::date as through,
            size * level
            * (1 + 0.09 * sin((dayofyear(day) - 100) * 2 * pi() / 365))
            * (1 + 0.07 * cos((dayofweek(day) - 5) * 2 * pi() / 7))
            * (1 + 0.28 * sin(epoch(day) / 86400 / 1200 + hash(dataset, offense_group) % 6))
            * case
                when dataset = '{LEGACY}' and day >= '2024-03-07' then greatest(0.02, 1 - date_diff('day', date
                '2024-03-07', day::date) / 200.0)
                when dataset = '{NIBRS}' and day < '2025-01-01' then least(0.8, 0.08 + date_diff('day', date
                '2024-03-07', day::date) / 320.0)
                when dataset = '{AUSTIN}' and day >= '2021-10-01' and offense_group in ('burglary', 'theft') then 0.88
                when dataset = '{OFFENSES}' and day < '2021-01-01' then 0.8
                when dataset = '{CALLS}' and strftime(day, '%Y-%m') in ('2015-06', '2020-06', '2023-08', '2025-05',
                '2025-06') then 0.55
                else 1
            end as mean
        from (values {spans}) as spans (dataset, first_day, through, size)
        inner join (values {levels}) as levels (offense_group, level)
            on (dataset = '{CALLS}') = (offense_group = 'call')
        cross join range(first_day::timestamp, through::timestamp + interval 1 day, interval 1 day) as days (day)
        """,
        f"""
        create temp table happened as
        select
            dataset, offense_group, day, through,
            case
                when mean >= 12 then greatest(0, round(mean + sqrt(mean) * {normal}))
                else (
                    select count(*) - 1 from range(0, 40) as steps (step)
                    where step = 0 or {_chance("dataset", "offense_group", "day", "step")} < mean / 20 and step <= 20
                )
            end::bigint as number
        from expected
        """,
        f"""
        create temp table known as
        select
            dataset, offense_group, day, date_trunc('month', day)::date as month,
            case when dataset = '{CALLS}' then 0 else lag_days end as lag_days,
            {_split("number", "share_before", "share", "dataset", "offense_group", "day")} as number
        from happened
        inner join (values {lags}) as lags (lag_days, share_before, share) on day + lag_days <= through
        where number > 0
        """,
        """
        create temp table counted as
        select dataset, offense_group, day, month, sum(number)::bigint as number
        from known group by all having sum(number) > 0
        """,
        f"""
        create temp table measures as
        select * from (values
            ('{AUSTIN}', 'records', 0), ('{AUSTIN}', 'cases', 0), ('{LEGACY}', 'records', 0), ('{LEGACY}', 'cases', 0),
            ('{NIBRS}', 'records', 7), ('{NIBRS}', 'cases', 0), ('{NIBRS}', 'offenses', 9),
            ('{OFFENSES}', 'records', 7), ('{OFFENSES}', 'cases', 0), ('{OFFENSES}', 'offenses', 9), ('{CALLS}',
            'calls', 0)
        ) as measures (dataset, measure, extra)
        """,
        f"""
        create or replace table intermediate.int_daily_counts as
        select
            dataset, measure, offense_group, day as occurred_date,
            number + case extra when 0 then 0 else number // extra end as measure_count,
            case
                when dataset in ('{NIBRS}', '{OFFENSES}') then number
                when dataset = '{AUSTIN}' and offense_group in (select offense_group from facts.offense_groups where
                offense_scope = 'index') then number - number // 15
                else 0
            end as exact_count,
            case when dataset in ('{AUSTIN}', '{LEGACY}') then number - number // 11 else number end as low_count,
            case when dataset in ('{AUSTIN}', '{LEGACY}') then number + number // 9 else number end as high_count,
            month
        from counted inner join measures using (dataset)
        """,
        f"""
        create or replace table intermediate.int_recorded_days as
        select
            dataset, offense_group, (day + lag_days)::date as recorded_date,
            sum(case when dataset in ('{NIBRS}', '{OFFENSES}') then number + number // 7 else number end)::bigint as
            record_count, month
        from known where number > 0 group by all
        """,
        """
        create or replace table intermediate.int_reports_by_day as
        select dataset, measure, offense_group, (day + lag_days)::date as recorded_date, sum(number)::bigint as
        measure_count, month
        from known inner join measures using (dataset)
        where measure <> 'records' and number > 0 group by all
        """,
        f"""
        create or replace table intermediate.int_report_lags as
        select dataset, 'cases' as measure, offense_group, lag_days, sum(number)::bigint as measure_count, month
        from known where dataset <> '{CALLS}' and number > 0 group by all
        """,
        """
        create temp table months as
        select dataset, offense_group, month, sum(number)::bigint as number,
            case when offense_group = 'call' then 'calls' else 'cases' end as measure
        from counted group by all
        """,
        _area_counts(),
        _hour_counts(),
        _statuses(),
        _outcomes(),
        _vintages(),
        *_facts(),
        f"""
        create or replace table intermediate.int_month_counts as
        select
            dataset, month, case when dataset in ('{CALLS}', '{OFFENSES}') then null else rows + rows // 900 + rows
            // 1500 end as portal_rows,
            rows + rows // 900 + rows // 1500 as raw_rows, rows as clean_rows, rows // 900 as rejected_rows,
            rows // 1500 as duplicate_rows, rows as warehouse_rows, rows as fact_rows, true as has_current_facts
        from warehouse.month_ledger
        """,
    ]


def _area_counts() -> str:
    los_angeles = [(area.code, area.name, area.weight) for area in AREAS]
    areas: list[tuple[object, ...]] = []
    for dataset, entries in {
        AUSTIN: [(sector.code, "", sector.weight) for sector in SECTORS],
        LEGACY: los_angeles,
        NIBRS: los_angeles,
        OFFENSES: [(code, name, 1.0) for code, name in DIVISIONS.items()],
        CALLS: [(beat.code, beat.neighborhood, beat.weight) for beat in BEATS],
    }.items():
        total, before = sum(weight for *_, weight in entries), 0.0
        for code, name, weight in entries:
            areas.append((dataset, code, name, before, weight / total))
            before += weight / total
    part = _split("number", "share_before", "share", *KEYS)
    return f"""
        create or replace table intermediate.int_area_counts as
        select
            dataset, measure, offense_group, area_code, nullif(area_name, '') as area_name,
            greatest(0, {part} + (hash(area_code, month, offense_group) % 5)::bigint - 2) as measure_count, month
        from months
        inner join (values {_values(areas)}) as areas (dataset, area_code, area_name, share_before, share) using
        (dataset)
        where offense_group <> 'rape' and {part} > 0
    """


def _hour_counts() -> str:
    share = "(1 + 0.55 * cos((hour - 21) * 2 * pi() / 24) + 0.18 * cos((weekday - 6.5) * 2 * pi() / 7)) / 168"
    return f"""
        create or replace table intermediate.int_hour_counts as
        with slots as (
            select weekday, hour, {share} as share, sum({share}) over (order by weekday, hour) - {share} as share_before
            from range(1, 8) as weekdays (weekday) cross join range(0, 24) as hours (hour)
        ),
        parts as (
            select
                dataset, measure, offense_group, weekday, hour,
                {_split("(number * 9 // 10)", "share_before", "share", *KEYS)} as measure_count, month
            from months cross join slots
            where offense_group in ('murder', 'rape', 'robbery', 'aggravated_assault', 'call') and dataset <>
            '{OFFENSES}'
        )
        select dataset, measure, offense_group, true as is_minute, weekday as weekday_number, hour as hour_of_day,
        measure_count, month
        from parts where measure_count > 0
        union all
        select dataset, measure, offense_group, false, null, null, case when dataset = '{OFFENSES}' then number else
        number - number * 9 // 10 end, month
        from months where offense_group in ('murder', 'rape', 'robbery', 'aggravated_assault') and number > 0
    """


def _statuses() -> str:
    statuses = _values(
        [
            *[
                (AUSTIN, "Arrested", days, before, 0.05)
                for days, before in ((3, 0.0), (40, 0.05), (120, 0.1), (250, 0.15))
            ],
            (AUSTIN, "Exception", 60, 0.20, 0.03),
            (AUSTIN, "Not cleared", 20, 0.23, 0.37),
            (AUSTIN, "", 0, 0.60, 0.40),
            *[
                (dataset, *status)
                for dataset in (LEGACY, NIBRS)
                for status in (
                    ("Invest Cont", 0, 0.0, 0.78),
                    ("Adult Arrest", 0, 0.78, 0.1),
                    ("Adult Other", 0, 0.88, 0.09),
                    ("Juv Arrest", 0, 0.97, 0.03),
                )
            ],
        ]
    )
    return f"""
        create or replace table intermediate.int_case_statuses as
        select
            dataset, measure, offense_group, nullif(status_name, '') as status_name,
            case when dataset = '{AUSTIN}' and status_name <> '' then status_days end as status_days,
            {_split("number", "share_before", "share", *KEYS)} as measure_count, month
        from months
        inner join (values {statuses}) as statuses (dataset, status_name, status_days, share_before, share) using
        (dataset)
        where number > 0
    """


def _outcomes() -> str:
    total, before = sum(weight for _, weight in DISPOSITIONS.values()), 0.0
    outcomes: list[tuple[object, ...]] = []
    for code, (name, weight) in DISPOSITIONS.items():
        outcomes.append((code or "none", name or "none", before, weight / total))
        before += weight / total
    return f"""
        create or replace table intermediate.int_call_outcomes as
        select
            dataset, day as occurred_date, nullif(code, 'none') as disposition_code,
            case when code <> 'none' then name end as disposition_name,
            {_split("number", "share_before", "share", "day")} as measure_count, month
        from counted
        cross join (values {_values(outcomes)}) as outcomes (code, name, share_before, share)
        where dataset = '{CALLS}'
    """


def _vintages() -> str:
    """Each month as it is now, and the latest two years as they were when they were younger."""
    return """
        create or replace table facts.vintages as
        with newest as (
            select dataset, month, offense_group, sum(record_count)::bigint as record_count
            from intermediate.int_recorded_days group by all
        ),
        ages as (select * from (values (27, 0.93), (57, 0.975), (87, 0.99)) as ages (days, share))
        select
            dataset, month, offense_group, 'GENERATED' as offense_name, format('{}-{}', month, days) as month_version,
            (month + interval 1 month + to_days(days))::timestamp as as_of, as_of as loaded_at, (record_count *
            share)::bigint as record_count
        from newest cross join ages
        where month >= '2024-11-01' and month + interval 1 month + to_days(days) < timestamp '2026-11-22'
        union all
        select dataset, month, offense_group, 'GENERATED', 'now', timestamp '2026-11-22 05:00', timestamp
        '2026-11-22 06:00', record_count from newest
    """


def _facts() -> list[str]:
    """The ledger of the months, and one row per code and year in place of the facts' millions."""
    mapped = "coalesce(nibrs.offense_group, 'unmapped')"
    return [
        """
        insert into warehouse.month_ledger (dataset, month, version, rows, raw_rows, clean_rows, rejected_rows,
        duplicate_rows, portal_rows, made_at, fetched_at)
        select
            dataset, month, 'now', sum(record_count), sum(record_count), sum(record_count), 0, 0, null,
            timestamp '2026-11-22 06:00', timestamp '2026-11-22 05:00'
        from intermediate.int_recorded_days group by dataset, month
        """,
        f"""
        create or replace table facts.fct_incidents as
        select
            '{AUSTIN}' as dataset, {mapped} as offense_group, codes.offense_code, codes.nibrs_code,
            codes.authority as mapping_authority, codes.confidence as mapping_confidence, codes.index_group_low,
            codes.index_group_high, codes.offense_name, make_date(2003 + year::int, 1, 1) as month
        from facts.austin_offense_crosswalk as codes
        left join facts.dim_nibrs_offenses as nibrs using (nibrs_code) cross join range(24) as years (year)
        union all
        select
            '{LEGACY}', {mapped}, codes.offense_code, codes.nibrs_code, codes.authority, codes.confidence,
            codes.index_group_low,
            codes.index_group_high, codes.offense_name, make_date(2010 + year::int, 1, 1)
        from facts.los_angeles_offense_crosswalk as codes
        left join facts.dim_nibrs_offenses as nibrs using (nibrs_code) cross join range(15) as years (year)
        union all
        select
            dataset, offense_group, nibrs_code, nibrs_code, 'agency', 'exact', index_series, index_series, nibrs_name,
            make_date(2024 + year::int, 4, 1)
        from facts.dim_nibrs_offenses cross join (values ('{AUSTIN}'), ('{NIBRS}'), ('{OFFENSES}')) as datasets
        (dataset)
        cross join range(3) as years (year) where offense_group is not null
        union all
        select '{CALLS}', 'call', 'GENERATED', null, null, null, null, null, 'GENERATED TYPE OF CALL', make_date(2015
        + year::int, 1, 1)
        from range(12) as years (year)
        """,
    ]


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    write_page(make_full_history(folder), folder / "dashboard.html")
