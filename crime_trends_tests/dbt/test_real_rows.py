"""San Diego's own file of January 2023, straight from its CSV into the warehouse, through the models."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from crime_trends.datasets import LOOKUPS
from crime_trends_tests.dbt.conftest import CALLS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

ROWS = 26_595


def csv(path: Path) -> str:
    """A table function that reads the file as text."""
    return f"read_csv('{path}', header = true, all_varchar = true)"


def test_every_call_of_january_2023_is_in_both_facts_once(empty_home: ModelsHome, real_portal_dir: Path) -> None:
    folder = real_portal_dir / "san_diego"
    calls = csv(folder / "police_calls_for_service" / "pd_calls_for_service_2023_datasd.csv")
    with empty_home.warehouse.connect() as connection:
        for lookup in LOOKUPS.values():
            for file in lookup.files:
                if (folder / file.path).exists():
                    connection.execute(
                        f"insert into warehouse.{lookup.key} select {lookup.code_source}, {lookup.name_source}, "
                        f"{file.is_historical}, row_number() over () from {csv(folder / file.path)}"
                    )
        connection.execute(
            f"insert into warehouse.{CALLS} by name "
            "select incident_num as call_id, date_time::timestamp as occurred_at, date_time::date as occurred_date, "
            "call_type as call_type_code, disposition as disposition_code, nullif(beat, '-1') as beat_code, "
            f"date '2023-01-01' as month from {calls}"
        )
        connection.execute(
            "insert into warehouse.month_ledger values "
            f"('{CALLS}', '2023-01-01', 'a', {ROWS}, {ROWS}, {ROWS}, 0, 0, null, '2023-01-21')"
        )
    empty_home.warehouse.request_facts([(CALLS, "2023-01")])
    empty_home.build("reference", "monthly", "marts")

    assert empty_home.query("select count(*), count(distinct call_id) from facts.fct_san_diego_calls") == [(ROWS, ROWS)]
    assert empty_home.query("select count(*), count(distinct incident_id) from facts.fct_incidents") == [(ROWS, ROWS)]
    assert empty_home.query("select fact_rows, is_reconciled from marts.mart_reconciliation") == [(ROWS, True)]

    commonest = (
        f"select call_type, count(*) as calls from {calls} group by call_type order by calls desc, call_type limit 10"
    )
    assert (
        empty_home.query(
            "select call_type_code, count(*) as calls from facts.fct_san_diego_calls group by call_type_code "
            "order by calls desc, call_type_code limit 10"
        )
        == duckdb.sql(commonest).fetchall()
    )
    for code, is_listed, expected in (
        ("call_type_code", "is_call_type_listed", [("1016P", 2)]),
        ("disposition_code", "is_disposition_listed", [("DEF", 1)]),
    ):
        unlisted = f"select {code}, count(*) from facts.fct_san_diego_calls where not {is_listed} group by {code}"
        assert empty_home.query(unlisted) == expected
    blank = "select count(*) from facts.fct_san_diego_calls where call_type_code is null and call_type_name is null"
    assert empty_home.query(blank) == [(19,)]
