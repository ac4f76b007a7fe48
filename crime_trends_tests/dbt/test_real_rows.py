"""Real rows, straight from the portals' files into the warehouse, through the models.

What they are compared with is counted from the files themselves, in SQL that shares nothing with the models'.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from crime_trends.datasets import LOOKUPS
from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.dbt.conftest import CALLS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

ROWS = 26_595
SEEDS = REPOSITORY / "dbt_project" / "seeds" / "offenses"


def csv(path: Path) -> str:
    """A table function that reads the file as text."""
    return f"read_csv('{path}', header = true, all_varchar = true, quote = '\"', escape = '\"', union_by_name = true)"


def seed(name: str) -> str:
    """A table function that reads a seed."""
    return csv(SEEDS / f"{name}.csv")


def calls(folder: Path) -> str:
    """San Diego's calls of January 2023, as published."""
    return csv(folder / "san_diego" / "police_calls_for_service" / "pd_calls_for_service_2023_datasd.csv")


def reports(folder: Path) -> str:
    """Los Angeles's reports, as published; those of 2023 are a biased fragment, good for a test of code only."""
    return csv(folder / "los_angeles" / "2nrs-mtv8_20*.csv")


@pytest.fixture(scope="module")
def real_home(home_path: Path, real_portal_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelsHome:
    """A home whose models are built of all real rows; only to be read."""
    home = ModelsHome(home_path)
    home.warehouse.file.unlink(missing_ok=True)
    home.warehouse.prepare()
    with home.warehouse.connect() as connection:
        for lookup in LOOKUPS.values():
            for file in lookup.files:
                path = real_portal_dir / "san_diego" / file.path
                if path.exists():
                    connection.execute(
                        f"insert into warehouse.{lookup.key} select {lookup.code_source}, {lookup.name_source}, "
                        f"{file.is_historical}, row_number() over () from {csv(path)}"
                    )
        connection.execute(
            f"insert into warehouse.{CALLS} by name "
            "select incident_num as call_id, date_time::timestamp as occurred_at, date_time::date as occurred_date, "
            "call_type as call_type_code, disposition as disposition_code, nullif(beat, '-1') as beat_code, "
            f"date '2023-01-01' as month from {calls(real_portal_dir)}"
        )
        connection.execute(
            "insert into warehouse.austin_crime_reports by name "
            "select incident_report_number as incident_id, occ_date::date as occurred_date, "
            "rep_date::date as report_date, ucr_code as offense_code, crime_type as offense_name, "
            "ucr_category as ucr_category_code, clearance_date::date as clearance_date, "
            "case clearance_status when 'C' then 'Arrested' when 'O' then 'Exception' when 'N' then 'Not cleared' end "
            "as clearance_status_name, "
            "date_trunc('month', occ_date::date) as month "
            f"from read_json('{real_portal_dir / 'austin' / 'fdj4-gpfu.json'}')"
        )
        connection.execute(
            "insert into warehouse.los_angeles_crime_reports by name "
            "select DR_NO as incident_id, strptime(\"DATE OCC\"[:10], '%m/%d/%Y')::date as occurred_date, "
            'strptime("Date Rptd"[:10], \'%m/%d/%Y\')::date as report_date, "TIME OCC" as occurred_time, '
            '"Crm Cd" as offense_code, "Crm Cd Desc" as offense_name, "Status Desc" as status_name, '
            "date_trunc('month', occurred_date) as month "
            f"from {reports(real_portal_dir)}"
        )
        for table in (CALLS, "austin_crime_reports", "los_angeles_crime_reports"):
            connection.execute(
                "insert into warehouse.month_ledger "
                f"select '{table}', month, 'a', count(*), count(*), count(*), 0, 0, null, '2024-07-01', '2024-07-01' "
                f"from warehouse.{table} group by month"
            )
            connection.execute(
                f"insert into facts.months_to_build select distinct '{table}', month from warehouse.{table}"
            )
    home.make()
    kept = ModelsHome(tmp_path_factory.mktemp("real"))
    shutil.copy(home.warehouse.file, kept.warehouse.file)
    return kept


def test_every_call_of_january_2023_is_in_both_facts_once(real_home: ModelsHome) -> None:
    counted = [(ROWS, ROWS)]
    assert real_home.query("select count(*), count(distinct call_id) from facts.fct_san_diego_calls") == counted
    assert (
        real_home.query(
            f"select count(*), count(distinct incident_id) from facts.fct_incidents where dataset = '{CALLS}'"
        )
        == counted
    )
    assert real_home.query(
        f"select fact_rows, is_reconciled from marts.mart_reconciliation where dataset = '{CALLS}'"
    ) == [(ROWS, True)]


def test_calls_have_the_types_and_outcomes_of_the_file(real_home: ModelsHome, real_portal_dir: Path) -> None:
    file = calls(real_portal_dir)
    commonest = "group by call_type order by calls desc, call_type limit 10"
    expected = duckdb.sql(f"select call_type, count(*) as calls from {file} {commonest}").fetchall()
    for fact, code in (("fct_san_diego_calls", "call_type_code"), ("fct_incidents", "offense_code")):
        assert expected == real_home.query(
            f"select {code} as call_type, count(*) as calls from facts.{fact} where dataset = '{CALLS}' {commonest}"
        )
    for code, is_listed, expected in (
        ("call_type_code", "is_call_type_listed", [("1016P", 2)]),
        ("disposition_code", "is_disposition_listed", [("DEF", 1)]),
    ):
        unlisted = f"select {code}, count(*) from facts.fct_san_diego_calls where not {is_listed} group by {code}"
        assert real_home.query(unlisted) == expected
    blank = "select count(*) from facts.fct_san_diego_calls where call_type_code is null and call_type_name is null"
    assert real_home.query(blank) == [(19,)]
    sensitive = "'207', '207R', '272', '278R', '314', '314R', '647B', 'TRO'"
    with_beat = (
        f"select count(*), count(beat_code) from facts.fct_san_diego_calls where call_type_code in ({sensitive})"
    )
    assert real_home.query(with_beat) == [
        (*duckdb.sql(f"select count(*) from {file} where call_type in ({sensitive})").fetchall()[0], 0)
    ]


GROUPS_OF_THE_FACTS = "select offense_scope, offense_group, count(*) from facts.fct_incidents"
NAMED_GROUPS = f"""
    select offense_groups.offense_scope, found.offense_group, found.records
    from (select offense_group, count(*) as records from grouped group by all) as found
    join {seed("offense_groups")} as offense_groups using (offense_group)
    order by all
"""
GROUP_OF_A_NIBRS_CODE = f"""
    select
        nibrs_code,
        case
            when nibrs_code in ('09C', '90I') then 'not_a_crime'
            when index_series is not null then index_series
            when nibrs_group = 'A' then 'other_group_a'
            else 'group_b'
        end as offense_group
    from {seed("nibrs_offenses")}
"""


def test_austins_offense_groups_are_those_of_the_file_and_the_crosswalk(
    real_home: ModelsHome, real_portal_dir: Path
) -> None:
    listed = f"select offense_code from {seed('not_a_crime_offenses')} where dataset = 'austin_crime_reports'"
    expected = duckdb.sql(f"""
        with codes as ({GROUP_OF_A_NIBRS_CODE}),
        crosswalk as (select * from {seed("austin_offense_crosswalk")}),
        reports as (select *, coalesce(
            (select nibrs_code from codes where nibrs_code = ucr_category),
            (select nibrs_code from crosswalk where offense_code = ucr_code and crime_type like name_pattern),
            (select nibrs_code from crosswalk where offense_code = ucr_code and name_pattern is null)
        ) as nibrs from read_json('{real_portal_dir / "austin" / "fdj4-gpfu.json"}')),
        grouped as (select case
            when ucr_category is null and ucr_code in ({listed}) then 'not_a_crime'
            else coalesce((select offense_group from codes where nibrs_code = nibrs), 'unmapped')
        end as offense_group from reports)
        {NAMED_GROUPS}
    """).fetchall()
    assert sum(row[2] for row in expected) == 1_000
    assert (
        real_home.query(f"{GROUPS_OF_THE_FACTS} where dataset = 'austin_crime_reports' group by all order by all")
        == expected
    )
    # The portal fills its category for index offenses alone: as many are index offenses, and none more.
    index_offenses = sum(row[2] for row in expected if row[0] == "index")
    assert index_offenses == 373


def test_los_angeless_offense_groups_are_those_of_the_file_and_the_crosswalk(
    real_home: ModelsHome, real_portal_dir: Path
) -> None:
    expected = duckdb.sql(f"""
        with codes as ({GROUP_OF_A_NIBRS_CODE}),
        grouped as (
            select coalesce(codes.offense_group, 'unmapped') as offense_group
            from {reports(real_portal_dir)} as reports
            left join {seed("los_angeles_offense_crosswalk")} as crosswalk on reports."Crm Cd" = crosswalk.offense_code
            left join codes using (nibrs_code)
        )
        {NAMED_GROUPS}
    """).fetchall()
    assert sum(row[2] for row in expected) == 874 + 24_569
    assert (
        real_home.query(f"{GROUPS_OF_THE_FACTS} where dataset = 'los_angeles_crime_reports' group by all order by all")
        == expected
    )


def test_nearly_all_real_records_have_a_mapping(real_home: ModelsHome) -> None:
    shares = dict(
        real_home.query(
            "select dataset, sum(mapped_count) / sum(record_count) from intermediate.int_mapped_shares group by dataset"
        )
    )
    assert shares.keys() == {"austin_crime_reports", "los_angeles_crime_reports"}
    assert min(shares.values()) > 0.98


def test_marts_count_the_calls_of_the_file(real_home: ModelsHome, real_portal_dir: Path) -> None:
    file = calls(real_portal_dir)
    assert (
        real_home.query(
            "select disposition_code, sum(measure_count) from marts.mart_call_outcomes group by all order by all"
        )
        == duckdb.sql(f"select disposition, count(*) from {file} group by all order by all").fetchall()
    )
    assert (
        real_home.query(
            "select weekday_number, hour_of_day, measure_count from intermediate.int_hour_counts "
            f"where dataset = '{CALLS}' order by all"
        )
        == duckdb.sql(
            "select dayofweek(date_time::timestamp) + 1, hour(date_time::timestamp), count(*) "
            f"from {file} group by all order by all"
        ).fetchall()
    )


def test_beats_of_the_file_show_five_calls_or_more(real_home: ModelsHome, real_portal_dir: Path) -> None:
    counted = dict(
        duckdb.sql(
            f"select beat, count(*) from {calls(real_portal_dir)} where beat <> '-1' "
            f"and coalesce(call_type, '') not in (select call_type_code from {seed('sensitive_call_types')}) "
            "group by beat"
        ).fetchall()
    )
    shown = dict(
        real_home.query(
            f"select area_code, measure_count from marts.mart_monthly_area_counts where dataset = '{CALLS}'"
        )
    )
    assert shown.keys() == counted.keys()
    withheld = {beat for beat, count in shown.items() if count is None}
    small = {beat for beat, count in counted.items() if count < 5}
    assert small <= withheld
    assert len(withheld) <= len(small) + 1
    assert {beat: counted[beat] for beat in shown.keys() - withheld} == {
        beat: count for beat, count in shown.items() if count is not None
    }


def test_marts_have_the_months_and_statuses_of_the_files(real_home: ModelsHome, real_portal_dir: Path) -> None:
    austin = f"read_json('{real_portal_dir / 'austin' / 'fdj4-gpfu.json'}')"
    assert (
        real_home.query(
            "select month, sum(measure_count) from marts.mart_monthly_counts where dataset = 'austin_crime_reports' "
            "and measure = 'cases' group by month order by month"
        )
        == duckdb.sql(
            f"select date_trunc('month', occ_date::date)::date, count(*) from {austin} group by all order by all"
        ).fetchall()
    )
    assert (
        real_home.query(
            "select status_name, status_days, sum(measure_count) from intermediate.int_case_statuses "
            "where dataset = 'austin_crime_reports' group by all order by all"
        )
        == duckdb.sql(
            "select case clearance_status "
            "when 'C' then 'Arrested' when 'O' then 'Exception' when 'N' then 'Not cleared' end, "
            f"date_diff('day', rep_date::date, clearance_date::date), count(*) from {austin} group by all order by all"
        ).fetchall()
    )
    assert (
        real_home.query(
            "select status_name, sum(measure_count) from marts.mart_los_angeles_status group by all order by 1"
        )
        == duckdb.sql(
            f"select coalesce(\"Status Desc\", 'not stated'), count(*) from {reports(real_portal_dir)} "
            "group by all order by 1"
        ).fetchall()
    )
