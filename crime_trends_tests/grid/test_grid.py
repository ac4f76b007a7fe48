"""Counts on a grid, from hand-written facts and tables to the table that an IO manager keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster_duckdb_pyspark import DuckDBPySparkIOManager
from pyspark.sql import SparkSession

from crime_trends.assets.grid import GRID, STORAGE, grid_checks, mart_grid_counts
from crime_trends.checks.grid import evaluate_grid
from crime_trends.resources.pyspark import PySparkResource
from crime_trends.resources.spark_session import SparkSessionResource
from crime_trends.resources.storage import DuckDBWarehouseResource
from crime_trends.warehouse.base import Statement
from crime_trends.warehouse.duckdb import DuckDBWarehouse

LEGACY = "los_angeles_crime_reports"
SAN_DIEGO = "san_diego_nibrs_offenses"
HOME_CELL = (34.0501, -118.2501)
BESIDE = (34.0546, -118.2501)
FAR = (34.3001, -118.6001)


class Grid:
    """A warehouse with facts, and the asset over it.

    Arguments:
        folder: where the warehouse lies.
    """

    def __init__(self, folder: Path) -> None:
        self.resource = DuckDBWarehouseResource(
            file=str(folder / "crime_trends.duckdb"),
            memory_limit="1GB",
            temporary_dir=str(folder),
            lock_timeout_seconds=10,
        )
        self.warehouse: DuckDBWarehouse = self.resource.open()  # type: ignore[assignment]
        local = PySparkResource(memory="1g", temporary_dir=str(folder))
        self.spark = SparkSessionResource(local=local, deadline_seconds=300)
        self.frames: Any = DuckDBPySparkIOManager(database=self.resource.file, schema="marts")
        self.records = 0
        columns = "dataset varchar, city varchar, record_type varchar, month date, incident_id varchar"
        self.warehouse.write(
            [Statement(f"create table facts.fct_incidents ({columns}, offense_group varchar, is_sensitive boolean)")]
        )

    def add(
        self,
        count: int,
        place: tuple[float, float] | None,
        *,
        dataset: str = LEGACY,
        group: str = "theft",
        year: int = 2023,
        sensitive: bool = False,
    ) -> None:
        """Records of one month, at one place or without one."""
        key = "incident_id" if dataset == LEGACY else "offense_id"
        ids = [f"R{self.records + number}" for number in range(count)]
        self.records += count
        latitude, longitude = place or (None, None)
        city = dataset.rsplit("_", 2)[0]
        statements = []
        for name in ids:
            statements += [
                Statement(
                    f"insert into facts.fct_incidents values (?, ?, 'report', '{year}-03-01', ?, ?, ?)",
                    [dataset, city, name, group, sensitive],
                ),
                Statement(
                    f"insert into warehouse.{dataset} ({key}, month, latitude, longitude) "
                    f"values (?, '{year}-03-01', {latitude or 'null'}, {longitude or 'null'})",
                    [name],
                ),
            ]
        self.warehouse.write(statements)

    def make(self, *, raises: bool = True) -> dg.ExecuteInProcessResult:
        """Materializes the asset and runs its checks."""
        return dg.materialize(
            [mart_grid_counts, grid_checks],
            resources={"warehouse": self.resource, "spark": self.spark, STORAGE: self.frames},
            raise_on_error=raises,
        )

    def checks(self) -> dict[str, str | None]:
        """Check -> None if it passed, else what it says, by the table as it is."""
        return {
            str(check.check_name): None if check.passed else check.description
            for check in evaluate_grid(self.warehouse, GRID)
        }

    def cells(self) -> list[tuple[Any, ...]]:
        """Dataset, year, group, meters, records and whether they heap."""
        return self.warehouse.read(
            "select dataset, calendar_year, offense_group, cell_meters, record_count, is_heaped "
            "from marts.mart_grid_counts order by all"
        )


@pytest.fixture
def grid(tmp_path: Path) -> Iterator[Grid]:
    """A warehouse without a record."""
    yield Grid(tmp_path)


ALL_PASS = {"no_small_cell": None, "no_sensitive_offense": None, "adds_up": None}


def test_cells_under_five_are_merged_until_they_are_not(grid: Grid) -> None:
    grid.add(6, HOME_CELL)  # a cell of its own, all on one point
    grid.add(3, BESIDE)
    grid.add(3, (34.0590, -118.2450))  # with those beside, in a larger square
    grid.add(2, FAR, group="burglary")
    grid.add(4, HOME_CELL, group="burglary")  # too far apart for any square
    grid.add(1, FAR, group="robbery")
    grid.add(4, HOME_CELL, group="murder")  # several groups of the city
    grid.add(4, HOME_CELL, year=2022)  # too few in all
    grid.add(9, HOME_CELL, group="rape", sensitive=True)
    grid.add(9, HOME_CELL, group="not_a_crime")
    grid.add(9, None)
    grid.add(5, (32.72, -117.16), dataset=SAN_DIEGO)
    result = grid.make()
    cells = grid.cells()
    assert cells[0] == (LEGACY, 2023, "burglary", None, 6, True)
    assert (LEGACY, 2023, "several", None, 5, True) in cells
    assert (LEGACY, 2023, "theft", 500, 6, True) in cells
    (merged,) = [cell for cell in cells if cell[2] == "theft" and cell[3] != 500]
    assert merged[3] in (1000, 2000, 4000) and merged[4:] == (6, False)
    assert cells[-1] == (SAN_DIEGO, 2023, "theft", 500, 5, True)
    assert len(cells) == 5
    assert all(check.passed for check in result.get_asset_check_evaluations())
    assert len(result.get_asset_check_evaluations()) == 3
    assert result.asset_materializations_for_node("grid__mart_grid_counts")[0].metadata["dagster/row_count"].value == 5

    latitude, longitude, basis = grid.warehouse.read(
        "select cell_latitude, cell_longitude, location_basis from marts.mart_grid_counts "
        f"where dataset = '{LEGACY}' and cell_meters = 500"
    )[0]
    assert abs(latitude - HOME_CELL[0]) < 0.0023 and abs(longitude - HOME_CELL[1]) < 0.0028
    assert basis == "hundred block"


def test_what_breaks_off_is_seen_and_a_second_run_heals_it(grid: Grid) -> None:
    grid.add(6, HOME_CELL)
    grid.make()
    assert grid.checks() == ALL_PASS

    class Broken(DuckDBPySparkIOManager):
        """Empties the table and then fails, as a write does that is not one transaction."""

        @staticmethod
        def type_handlers() -> list[Any]:
            class Handler(type(DuckDBPySparkIOManager.type_handlers()[0])):  # type: ignore[misc]
                def handle_output(self, *_: Any) -> None:
                    raise ConnectionError("the network is gone")

            return [Handler()]

    whole, grid.frames = grid.frames, Broken(database=grid.resource.file, schema="marts")
    assert not grid.make(raises=False).success
    gc.collect()  # The IO manager leaves its connection to whoever cleans up; else that is the end of the process.
    assert grid.cells() == []
    assert grid.checks() == {**ALL_PASS, "adds_up": f"{LEGACY} 2023: 0 in the grid of 6"}
    grid.frames = whole
    grid.make()
    assert grid.checks() == ALL_PASS

    grid.warehouse.write([Statement("update facts.fct_incidents set is_sensitive = true where true")])
    assert grid.checks()["no_sensitive_offense"] == f"{LEGACY} 2023 theft: 6 in the grid, 0 not sensitive"
    grid.make()  # an empty frame: the table is there, and empty
    assert grid.cells() == []
    assert grid.checks() == ALL_PASS
    grid.warehouse.write(
        [
            Statement(
                "insert into marts.mart_grid_counts (dataset, calendar_year, offense_group, cell_id, record_count) "
                f"values ('{LEGACY}', 2023, 'theft', '500/1/1', 4)"
            )
        ]
    )
    assert grid.checks()["no_small_cell"] == f"{LEGACY} 2023 theft 500/1/1"


def test_a_read_that_is_never_answered_is_ended_and_the_next_run_works(
    grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unanswered(_: DuckDBWarehouse, spark: SparkSession, *__: object) -> None:
        spark.sql("select java_method('java.lang.Thread', 'sleep', 600000L)").collect()

    grid.add(6, HOME_CELL)
    grid.make()
    patient = grid.spark
    grid.spark = SparkSessionResource(local=patient.local, deadline_seconds=3)
    with monkeypatch.context() as patch:
        patch.setattr(DuckDBWarehouse, "frame", unanswered)
        with pytest.raises(
            dg.Failure, match=r"not done after 3 seconds .* CRIME_TRENDS_SPARK_SESSION_DEADLINE_SECONDS"
        ):
            grid.make()
    assert SparkSession.getActiveSession() is None
    assert len(grid.cells()) == 1
    grid.spark = patient
    grid.make()
    assert grid.checks() == ALL_PASS


def test_without_facts_it_says_what_to_do(tmp_path: Path) -> None:
    grid = Grid(tmp_path)
    grid.warehouse.write([Statement("drop table facts.fct_incidents")])
    with pytest.raises(dg.Failure, match="run `crime-trends run` first"):
        grid.make()
