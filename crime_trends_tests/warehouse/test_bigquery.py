"""BigQuery's own: partitions, labels, jobs that are joined, transactions that are aborted, loads that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crime_trends.commands.backfill import backfill
from crime_trends.commands.run import RunRequest
from crime_trends.datasets import DATASETS
from crime_trends.errors import (
    CloudBusyError,
    CloudError,
    CrimeTrendsError,
    NoTableError,
    UsageError,
    WarehouseBusyError,
)
from crime_trends.warehouse import bigquery_jobs
from crime_trends.warehouse.base import LedgerEntry
from crime_trends.warehouse.schema import dataset_columns
from crime_trends_tests.cloud.bigquery import LOCATION, PROJECT, BigQuery
from crime_trends_tests.cloud.bigquery_front import Front, running_front
from crime_trends_tests.warehouse.conftest import CleanFiles, open_bigquery

# One worker for all tests that need BigQuery's emulator and no run.
pytestmark = pytest.mark.xdist_group("models")

PREFIX = "own"
AUSTIN = "austin_crime_reports"
NIBRS = "san_diego_nibrs_offenses"
CALLS = "san_diego_calls_for_service"


@pytest.fixture(scope="module", autouse=True)
def prepared(bigquery: BigQuery) -> None:
    """The tables."""
    open_bigquery(bigquery.endpoint, PREFIX).prepare()


@pytest.fixture
def front(bigquery: BigQuery, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """A front that fails when told; whoever waits before trying again does not."""
    monkeypatch.setattr(bigquery_jobs.time, "sleep", lambda _: None)
    with running_front(bigquery.endpoint) as front:
        yield front


@pytest.fixture
def files(bigquery: BigQuery, tmp_path: Path) -> CleanFiles:
    """Files for this test."""
    return CleanFiles(tmp_path, bigquery.files)


def staging_tables(bigquery: BigQuery) -> list[str]:
    """The tables that were left where months are loaded into."""
    listed = bigquery.client.list_tables(f"{PROJECT}.{PREFIX}_warehouse")
    return [item.table_id for item in listed if item.table_id.startswith("loading_")]


def test_tables_are_partitioned_clustered_described_and_labelled(bigquery: BigQuery) -> None:
    table = bigquery.client.get_table(f"{PROJECT}.{PREFIX}_warehouse.{AUSTIN}")
    assert (table.time_partitioning.type_, table.time_partitioning.field) == ("MONTH", "month")
    assert table.clustering_fields == ["occurred_date", "incident_id"]
    assert table.labels == {"application": "crime_trends", "layer": "warehouse"}
    assert table.description.startswith("Austin crime reports: the clean months. One row per report")
    entry = DATASETS[AUSTIN].column_map.column("report_date")
    assert next(field.description for field in table.schema if field.name == "report_date") == entry.description
    assert bigquery.client.get_dataset(f"{PROJECT}.{PREFIX}_marts").location == LOCATION


def test_a_column_that_a_map_gained_is_added_and_nothing_else_is(
    bigquery: BigQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = dataset_columns(AUSTIN)
    monkeypatch.setattr(
        "crime_trends.warehouse.schema.dataset_columns", lambda key: changed if key == AUSTIN else dataset_columns(key)
    )
    warehouse = open_bigquery(bigquery.endpoint, PREFIX)
    changed = {**columns, "gained": "VARCHAR"}
    warehouse.prepare()
    table = bigquery.client.get_table(f"{PROJECT}.{PREFIX}_warehouse.{AUSTIN}")
    assert (table.schema[-1].name, table.schema[-1].mode) == ("gained", "NULLABLE")
    changed = {**columns, "gained": "BIGINT"}
    with pytest.raises(CrimeTrendsError, match=r"gained is VARCHAR in .*, but its column map says BIGINT"):
        warehouse.prepare()
    changed = columns
    with pytest.raises(CrimeTrendsError, match=r"gained is in .*, but in no column map; drop the table"):
        warehouse.prepare()


def test_an_aborted_transaction_is_tried_again(bigquery: BigQuery, front: Front, files: CleanFiles) -> None:
    aborted = f"Query error: Transaction is aborted due to concurrent update against table {PROJECT}:{PREFIX}.x"
    front.refuse("begin transaction", aborted, times=2)
    files.load(open_bigquery(front.url, PREFIX), files.month(NIBRS, "2023-01", [("1", 1)]))
    assert [job[-1] for job in front.named("swap")] == ["3"]
    assert open_bigquery(bigquery.endpoint, PREFIX).month_versions()[NIBRS]["2023-01"] == LedgerEntry("a", 1)

    front.refuse("begin transaction", aborted, times=bigquery_jobs.ABORTED_ATTEMPTS)
    with pytest.raises(WarehouseBusyError, match="concurrent update"):
        files.load(open_bigquery(front.url, PREFIX), files.month(NIBRS, "2023-01", [], "b"))
    assert open_bigquery(bigquery.endpoint, PREFIX).month_versions()[NIBRS]["2023-01"] == LedgerEntry("a", 1)


def test_a_refused_load_leaves_the_months_as_they_were(bigquery: BigQuery, files: CleanFiles) -> None:
    warehouse = open_bigquery(bigquery.endpoint, PREFIX)
    files.load(warehouse, files.month(NIBRS, "2023-02", [("1", 1)]))
    manifest, _ = files.month(NIBRS, "2023-02", [("2", 1)], "b")
    broken = files.folder / "broken.parquet"
    broken.write_text("no Parquet")
    with pytest.raises(CrimeTrendsError, match=rf"loading warehouse.{NIBRS} into BigQuery failed: .*[Pp]arquet"):
        files.load(warehouse, (manifest, [files.address(broken)]))
    assert warehouse.month_versions()[NIBRS]["2023-02"] == LedgerEntry("a", 1)
    assert warehouse.month_rows(NIBRS)["2023-02"] == 1
    assert not [table for table in staging_tables(bigquery) if warehouse.run[:8] in table]

    files.load(warehouse, files.month(NIBRS, "2023-02", [("2", 1), ("3", 3)], "b"))
    assert warehouse.month_rows(NIBRS)["2023-02"] == 2


def test_whoever_lost_an_answer_joins_the_job_that_is_running(
    bigquery: BigQuery, front: Front, files: CleanFiles
) -> None:
    front.lose("sourceUris")
    front.lose("begin transaction")
    front.look_running(2)
    warehouse = open_bigquery(front.url, PREFIX)
    files.load(warehouse, files.month(NIBRS, "2023-03", [("1", 1), ("2", 2)]))
    assert (len(front.named("-load-")), len(front.named("-swap-"))) == (2, 1)  # a swap is named after its load
    assert warehouse.month_rows(NIBRS)["2023-03"] == 2
    ledger = warehouse.table("warehouse", "month_ledger")
    assert warehouse.read(f"select count(*) from {ledger} where month = date '2023-03-01'") == [(1,)]
    assert not [table for table in staging_tables(bigquery) if NIBRS in table and warehouse.run[:8] in table]


def test_a_run_that_died_between_load_and_swap_loads_nothing_twice(
    bigquery: BigQuery, front: Front, files: CleanFiles
) -> None:
    month = files.month(NIBRS, "2023-04", [("1", 1)])
    front.refuse("begin transaction", "the process died here")
    with pytest.raises(CrimeTrendsError, match="the process died here"):
        files.load(open_bigquery(front.url, PREFIX, run="a-run"), month)
    files.load(open_bigquery(front.url, PREFIX, run="a-run"), month)
    loads = [job for job in front.named("-load-") if "swap" not in job]
    assert (len(loads), len(front.named("-swap-"))) == (1, 1)
    assert open_bigquery(bigquery.endpoint, PREFIX).month_rows(NIBRS)["2023-04"] == 1

    # The same months again, by force: what is done does not count as done.
    files.load(open_bigquery(front.url, PREFIX, run="a-run"), month)
    assert len(front.named("-swap-")) == 2
    assert not [table for table in staging_tables(bigquery) if "a-run" in table]


def test_a_file_that_is_missing_is_no_table_that_was_never_made(
    bigquery: BigQuery, front: Front, files: CleanFiles
) -> None:
    front.refuse("sourceUris", "Not found: URI gs://lake/clean/x.parquet", status=404)
    with pytest.raises(CloudError, match=r"failed: status 404, Not found: URI gs://lake/clean/x.parquet$") as failure:
        files.load(open_bigquery(front.url, PREFIX), files.month(NIBRS, "2023-05", [("1", 1)]))
    assert not failure.value.passes
    assert "2023-05" not in open_bigquery(bigquery.endpoint, PREFIX).month_versions()[NIBRS]

    front.refuse("select 1", f"Not found: Table {PROJECT}:{PREFIX}_facts.x was not found in location US", status=404)
    with pytest.raises(NoTableError, match="run `crime-trends run` first, or set CRIME_TRENDS_BIGQUERY_LOCATION"):
        open_bigquery(front.url, PREFIX).read("select 1")


def test_a_job_that_passes_its_deadline_is_cancelled_and_its_months_stay(
    bigquery: BigQuery, front: Front, files: CleanFiles
) -> None:
    late = open_bigquery(front.url, PREFIX, deadline_seconds=0.5)
    said = r"was not done after 0.5 seconds and is cancelled; .* set CRIME_TRENDS_BIGQUERY_DEADLINE_SECONDS$"
    for marker, call in (
        ("-read-", lambda: late.read("select 1")),
        ("-load-", lambda: files.load(late, files.month(NIBRS, "2023-06", [("1", 1)]))),
    ):
        front.look_running(1_000_000)
        with pytest.raises(WarehouseBusyError, match=said) as failure:
            call()
        assert front.cancelled[-1:] == front.named(marker)[-1:]
        assert front.cancelled[-1] in str(failure.value)
    front.look_running(0)
    assert "2023-06" not in open_bigquery(bigquery.endpoint, PREFIX).month_versions()[NIBRS]


def test_a_service_that_never_answers_is_given_up(
    front: Front, files: CleanFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bigquery_jobs.TRIES, "timeout", 0.1)
    monkeypatch.setitem(bigquery_jobs.TRIES, "retry", bigquery_jobs.DEFAULT_RETRY.with_timeout(0.2))
    front.is_silent = True
    warehouse = open_bigquery(front.url, PREFIX)
    for call in (
        warehouse.prepare,
        lambda: warehouse.read("select 1"),
        lambda: warehouse.tables_in(["marts"]),
        lambda: files.load(warehouse, files.month(NIBRS, "2023-07", [("1", 1)])),
    ):
        with pytest.raises(CloudBusyError, match="no answer"):
            call()


def test_what_does_not_answer_is_tried_later(bigquery: BigQuery, front: Front) -> None:
    with pytest.raises(CrimeTrendsError) as refused:
        front.refuse("select 1", "Quota exceeded", status=403)
        open_bigquery(front.url, PREFIX).read("select 1")
    assert not refused.value.passes
    front.refuse("select 1", "Too many", status=429)
    with pytest.raises(CloudBusyError) as busy:
        open_bigquery(front.url, PREFIX).read("select 1")
    assert busy.value.passes


def test_a_large_backfill_is_told_and_needs_a_yes(
    bigquery: BigQuery, files: CleanFiles, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    open_bigquery(bigquery.endpoint, "large").prepare()
    files.load(open_bigquery(bigquery.endpoint, "large"), files.month(CALLS, "2024-03", [("E1", 1), ("E2", 2)]))
    for name, value in {
        "TARGET": "gcp",
        "SPARK": "local",
        "GCP_PROJECT": PROJECT,
        "LAKE_BUCKET": "lake",
        "BIGQUERY_PREFIX": "large",
        "BIGQUERY_ENDPOINT": bigquery.endpoint,
        "WEB_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(f"CRIME_TRENDS_{name}", value)
    with pytest.raises(CrimeTrendsError, match="no Dagster answers"):
        backfill(RunRequest("2024-01", "2024-12"))
    assert capfd.readouterr().err == ""

    large = RunRequest("2018-01", "2024-12", (AUSTIN, CALLS))
    with pytest.raises(UsageError, match=r"large backfill \(168 months, about 0.52 GB in BigQuery\); say --yes"):
        backfill(large)
    said = capfd.readouterr().err
    assert f"{AUSTIN}: 84 months, 2018-01 to 2024-12, about 524 MB" in said
    assert f"{CALLS}: 84 months, 2018-01 to 2024-12, about 0 MB" in said  # as small as the month that was loaded
    with pytest.raises(CrimeTrendsError, match="no Dagster answers"):
        backfill(replace(large, yes=True))
