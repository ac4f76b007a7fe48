"""Homes with hand-written warehouse rows, and dbt as Dagster calls it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dagster_dbt import DbtProject

from crime_trends.lake.manifests import CleanManifest
from crime_trends.months import first_day
from crime_trends.resources.dbt import dbt_project
from crime_trends.warehouse.duckdb import DuckDBWarehouse, transaction
from crime_trends_tests.conftest import REPOSITORY

Row = dict[str, Any]
AUSTIN, SAN_DIEGO = "austin_crime_reports", "san_diego_nibrs_offenses"
CALLS = "san_diego_calls_for_service"
SECTORS = ["AD", "BA", "CH"]
MAKE = ("build", "--resource-type", "seed", "--resource-type", "model")
"""What has dbt build and not test."""


@dataclass
class ModelsHome:
    """A home with a warehouse, on which the models are built by hand."""

    path: Path

    @property
    def warehouse(self) -> DuckDBWarehouse:
        """The home's warehouse."""
        return DuckDBWarehouse(
            self.path / "crime_trends.duckdb",
            memory_limit="1GB",
            temporary_dir=self.path / "tmp",
            lock_timeout_seconds=10,
        )

    def execute(self, sql: str, *values: object) -> None:
        """One statement on the warehouse."""
        with self.warehouse.connect() as connection:
            connection.execute(sql, list(values))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with self.warehouse.connect(read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def table(self, name: str) -> list[tuple[Any, ...]]:
        """All rows of a table, in an order that depends on nothing but them."""
        return self.query(f"select * from {name} order by all")

    def load_month(self, dataset: str, month: str, rows: Sequence[Row], version: str, **counts: int | None) -> None:
        """Makes a month of a dataset's table these rows, and notes it in the ledger (with other counts, if given)."""
        ledger: dict[str, int | None] = {
            "rows": len(rows),
            "raw_rows": len(rows),
            "clean_rows": len(rows),
            "rejected_rows": 0,
            "duplicate_rows": 0,
            "portal_rows": None,
            **counts,
        }
        with self.warehouse.connect() as connection, transaction(connection):
            connection.execute(f"delete from warehouse.{dataset} where month = ?", [first_day(month)])
            for row in rows:
                values = {"month": first_day(month), "issues": [], **row}
                connection.execute(
                    f"insert into warehouse.{dataset} ({', '.join(values)}) values ({', '.join('?' * len(values))})",
                    list(values.values()),
                )
            entries = connection.execute("select count(*) from warehouse.month_ledger").fetchall()[0][0]
            made_at = datetime(2024, 7, 1) + timedelta(hours=entries)
            entry = {
                "dataset": dataset,
                "month": first_day(month),
                "version": version,
                "made_at": made_at,
                "fetched_at": made_at - timedelta(days=1),
                **ledger,
            }
            connection.execute(
                f"insert into warehouse.month_ledger ({', '.join(entry)}) values ({', '.join('?' * len(entry))})",
                list(entry.values()),
            )

    def note_rows_outside(self, dataset: str, rows: int) -> None:
        """Notes so many rows of a dataset that belong to no month."""
        no_month: tuple[Any, ...] = ("", "a", "", "", rows, 0, rows, 0, {}, {}, [], [], rows, "")
        self.warehouse.record_outside(dataset, CleanManifest(f"{dataset}_outside_rejects", *no_month))

    def load_lookup(self, table: str, rows: Sequence[tuple[str, str, bool]]) -> None:
        """Makes a look-up these rows (code, name, is_historical), in this order."""
        with self.warehouse.connect() as connection, transaction(connection):
            connection.execute(f"delete from warehouse.{table}")
            for position, row in enumerate(rows, start=1):
                connection.execute(f"insert into warehouse.{table} values (?, ?, ?, ?)", [*row, position])

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One call of dbt."""
        settings = {
            "CRIME_TRENDS_HOME": str(self.path),
            "DBT_TARGET_PATH": str(self.path / "dbt" / "target"),
            "DBT_LOG_PATH": str(self.path / "dbt" / "logs"),
            "DBT_USE_COLORS": "false",
        }
        return subprocess.run(
            [str(Path(sys.executable).parent / "dbt"), *arguments],
            cwd=REPOSITORY / "dbt_project",
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    def make(self, *sets: str) -> None:
        """Builds sets of models (none named: all) in one call, without their tests; all of it must work."""
        outcome = self.dbt(*MAKE, *(["--select", *[f"tag:{name}" for name in sets]] if sets else []))
        assert outcome.returncode == 0, outcome.stdout

    def build(self, *sets: str) -> None:
        """Builds and tests sets of models in one call, as Dagster does; all of it must work."""
        outcome = self.dbt(
            "build", "--exclude-resource-type", "unit_test", "--select", *[f"tag:{name}" for name in sets]
        )
        assert outcome.returncode == 0, outcome.stdout

    def statuses(self) -> Mapping[str, str]:
        """Name of each model and test of the last call -> how it went."""
        results = json.loads((self.path / "dbt" / "target" / "run_results.json").read_text())["results"]
        return {result["unique_id"].split(".")[2]: result["status"] for result in results}


def report(number: str, day: str, **values: Any) -> Row:
    """A report of Austin or Los Angeles."""
    return {
        "incident_id": number,
        "occurred_at": datetime.fromisoformat(f"{day}T13:45:00"),
        "occurred_date": date.fromisoformat(day),
        "report_date": date.fromisoformat(day),
        "offense_code": "510",
        "offense_name": "VEHICLE - STOLEN",
        **values,
    }


def offense(key: str, day: str, **values: Any) -> Row:
    """A NIBRS offense of Los Angeles or San Diego."""
    return {
        "offense_id": key,
        "case_id": key.split("_")[0],
        "occurred_date": date.fromisoformat(day),
        "offense_code": "240",
        "offense_name": "Motor Vehicle Theft",
        **values,
    }


def call(number: str, day: str, **values: Any) -> Row:
    """A call of San Diego."""
    return {
        "call_id": number,
        "occurred_at": datetime.fromisoformat(f"{day}T00:30:00"),
        "occurred_date": date.fromisoformat(day),
        "day_of_week": 1,
        "call_type_code": "415",
        "disposition_code": "A",
        "beat_code": "111",
        "priority_code": "2",
        **values,
    }


def add_years(home: ModelsHome) -> None:
    """Adds years of rows to a warehouse, and asks for the facts of all its months.

    Austin, 2019-01 to 2025-06: each month as many thefts as its number in the year and 50 more, one sector after the
    other, reported five days later and one of them after ninety, one in four cleared by arrest after a hundred days; a
    sexual assault in sector BA. San Diego, 2023: a case of robbery and theft a week; its calls of July to November.
    """
    with home.warehouse.connect() as connection:
        connection.execute(
            f"""
            insert into warehouse.{AUSTIN} by name
            select
                format('{{:d}}-{{:d}}', year(month) * 100 + month(month), number) as incident_id,
                month::date as month,
                (month + to_days((number % 28)::int))::date as occurred_date,
                month + to_days((number % 28)::int) + to_hours((number % 24)::int) as occurred_at,
                format('{{:02d}}00', number % 24) as occurred_time,
                occurred_date + case when number = 13 then 90 else 5 end as report_date,
                case when number = 0 then '11A' else '23H' end as ucr_category_code,
                '0600' as offense_code,
                'THEFT' as offense_name,
                ({SECTORS})[1 + case when number = 0 then 1 else number % 3 end] as sector_code,
                case when number % 4 = 0 then 'Arrested' end as clearance_status_name,
                case when number % 4 = 0 then report_date + 100 end as clearance_date
            from range(timestamp '2019-01-01', timestamp '2025-07-01', interval 1 month) as months (month)
            cross join range(0, 63) as numbers (number)
            where number <= 50 + month(month) and report_date <= date '2025-07-31'
            """
        )
        connection.execute(
            f"""
            insert into warehouse.{SAN_DIEGO} by name
            select
                format('{{}}-{{}}', week, code) as offense_id,
                week::varchar as case_id,
                (timestamp '2023-01-02' + to_days((week * 7)::int))::date as occurred_date,
                date_trunc('month', occurred_date)::date as month,
                occurred_date + interval 10 days as approved_at,
                code as offense_code,
                '1' as division_code
            from range(52) as weeks (week)
            cross join (values ('120'), ('23H')) as codes (code)
            """
        )
        connection.execute(
            f"""
            insert into warehouse.{CALLS} by name
            select
                'E' || number as call_id,
                timestamp '2023-07-01' + to_hours((number * 9)::int) as occurred_at,
                occurred_at::date as occurred_date,
                date_trunc('month', occurred_at)::date as month,
                'A' as disposition_code
            from range(400) as numbers (number)
            """
        )
        for table in (AUSTIN, SAN_DIEGO, CALLS):
            connection.execute(
                "insert into warehouse.month_ledger "
                f"select '{table}', month, 'a', count(*), count(*), count(*), 0, 0, null, '2025-08-01', '2025-08-01' "
                f"from warehouse.{table} where month not in (select coalesce(month, date '1900-01-01') "
                f"from warehouse.month_ledger where dataset = '{table}') group by month"
            )
        connection.execute("insert into facts.months_to_build select dataset, month from warehouse.month_ledger")


@pytest.fixture(scope="session")
def home_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The place of all homes of these tests, one after the other: in another place dbt would parse anew."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def built_home(home_path: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelsHome:
    """A home whose models are built for all loaded months but April 2024; only to be read.

    ``test_truth`` runs their tests.
    """
    home = ModelsHome(home_path)
    home.warehouse.file.unlink(missing_ok=True)
    home.warehouse.prepare()
    home.load_lookup(
        "san_diego_call_types",
        [
            ("415", "DISTURBING THE PEACE", False),
            ("415", "DISTURBANCE", False),
            ("FD", "FIRE", False),
            ("415", "FORMER DISTURBANCE", True),
            ("10", "FORMER TYPE", True),
        ],
    )
    home.load_lookup(
        "san_diego_dispositions",
        [("A", "ARREST MADE", False), ("W", "NOT ACKNOWLEDGED", False), ("A", "ARREST", True), ("A", "AGAIN", True)],
    )
    home.load_lookup("san_diego_beats", [("111", "Clairemont Mesa East", False), ("111", "Clairemont", False)])
    home.load_month(
        CALLS,
        "2017-10",
        [call("P1", "2017-10-16"), call("E1", "2017-10-17")],
        "a",
    )
    home.load_month(
        CALLS,
        "2024-03",
        [
            call("E2", "2024-03-01"),
            call("E3", "2024-03-02", call_type_code="DEF", disposition_code="OLD", beat_code="999"),
            call("E4", "2024-03-02", call_type_code=None, disposition_code=None, beat_code=None),
            call("E5", "2024-03-31", call_type_code="10", disposition_code="W"),
        ],
        "a",
        raw_rows=7,
        rejected_rows=2,
        duplicate_rows=1,
    )
    home.load_month(CALLS, "2024-04", [call("E6", "2024-04-01")], "a")
    home.note_rows_outside("los_angeles_nibrs_offenses", 3)
    home.load_month(
        "austin_crime_reports",
        "2024-03",
        [
            report(
                "2024001",
                "2024-03-05",
                offense_code="700",
                ucr_category_code="240",
                sector_code="BA",
                clearance_status_name="Arrested",
                is_family_violence=False,
                address="100 MAIN ST",
            )
        ],
        "a",
        portal_rows=1,
    )
    home.load_month(
        "los_angeles_crime_reports",
        "2024-03",
        [report("010304468", "2024-03-05", area_code="03", area_name="Southwest", status_name="Invest Cont")],
        "a",
    )
    home.load_month("los_angeles_nibrs_offenses", "2024-03", [offense("25_240_1", "2024-03-09", area_code="01")], "a")
    home.load_month(
        "san_diego_nibrs_offenses",
        "2024-03",
        [offense("3463746_220", "2024-03-09", beat_code="111", division_code="1", division_name="Northern")],
        "a",
    )
    home.load_month(
        "los_angeles_nibrs_offenses",
        "2024-05",
        [
            offense("30_23H_0", "2024-05-02", offense_code="23H", report_date=date(2024, 5, 3), area_code="01"),
            offense("30_120_1", "2024-05-02", offense_code="120", report_date=date(2024, 5, 4), area_code="02"),
            offense("30_120_2", "2024-05-02", offense_code="120", report_date=date(2024, 5, 4), area_code="02"),
            offense("31_220_0", "2024-05-09", offense_code="220", status_name="UNFOUNDED"),
            offense("32_90D_0", "2024-05-09", offense_code="90D", report_date=date(2024, 5, 9)),
        ],
        "a",
    )
    home.load_month(
        "san_diego_nibrs_offenses",
        "2024-05",
        [
            offense("40_90Z", "2024-05-01", offense_code="90Z", code_section="3056 PC PAROLE VIOLATION (F) || "),
            offense("41_90Z", "2024-05-01", offense_code="90Z", code_section="166(A)(4) PC COURT ORDER (M) || "),
            offense("41_100", "2024-05-01", offense_code="100", approved_at=datetime(2024, 5, 8, 9)),
        ],
        "a",
    )
    home.warehouse.request_facts(
        [
            (CALLS, "2017-10"),
            (CALLS, "2024-03"),
            ("austin_crime_reports", "2024-03"),
            ("los_angeles_crime_reports", "2024-03"),
            ("los_angeles_nibrs_offenses", "2024-03"),
            ("los_angeles_nibrs_offenses", "2024-05"),
            ("san_diego_nibrs_offenses", "2024-03"),
            ("san_diego_nibrs_offenses", "2024-05"),
        ]
    )
    home.make()
    kept = ModelsHome(tmp_path_factory.mktemp("built"))
    shutil.copy(home.warehouse.file, kept.warehouse.file)
    return kept


@pytest.fixture(scope="session")
def years_home(home_path: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelsHome:
    """A home whose models are built of years of rows: only to be read."""
    home = ModelsHome(home_path)
    home.warehouse.file.unlink(missing_ok=True)
    home.warehouse.prepare()
    add_years(home)
    home.build("reference", "monthly", "marts")
    kept = ModelsHome(tmp_path_factory.mktemp("years"))
    shutil.copy(home.warehouse.file, kept.warehouse.file)
    return kept


@pytest.fixture
def home(built_home: ModelsHome, home_path: Path) -> ModelsHome:
    """A copy of the built home, to be changed."""
    home = ModelsHome(home_path)
    shutil.copy(built_home.warehouse.file, home.warehouse.file)
    return home


@pytest.fixture
def project(home: ModelsHome, monkeypatch: pytest.MonkeyPatch) -> DbtProject:
    """The models as assets have them, over the home that may be changed."""
    target = home.path / "dbt" / "target"
    monkeypatch.setenv("CRIME_TRENDS_HOME", str(home.path))
    monkeypatch.setenv("DBT_TARGET_PATH", str(target))
    return dbt_project(target)
