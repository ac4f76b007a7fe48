"""What stops the marts, whichever run asks for them."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster_dbt import DbtProject

from crime_trends.assets.models import model_assets
from crime_trends.resources.dbt import dbt_resource
from crime_trends.resources.storage import DuckDBWarehouseResource
from crime_trends.warehouse.models import FAULTY, REFERENCE
from crime_trends_tests.dbt.conftest import ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")


def test_marts_stay_as_they_were_while_a_test_of_the_reference_tables_fails(
    home: ModelsHome, project: DbtProject, tmp_path: Path
) -> None:
    warehouse = DuckDBWarehouseResource(
        file=str(home.warehouse.file), memory_limit="1GB", temporary_dir=str(tmp_path), lock_timeout_seconds=5
    )
    home.execute("delete from marts.mart_monthly_counts")
    home.warehouse.record_table(REFERENCE, FAULTY)
    *_, marts = model_assets(project)
    result = dg.materialize(
        [marts], resources={"dbt": dbt_resource(project), "warehouse": warehouse}, raise_on_error=False
    )
    (failure,) = (event.step_failure_data for event in result.all_events if event.is_step_failure)
    assert failure.user_failure_data is not None
    assert failure.user_failure_data.description == (
        "marts stay as they were until the failed checks of the reference tables pass"
    )
    assert home.query("select count(*) from marts.mart_monthly_counts") == [(0,)]
