"""Planning and publishing: what is stale and why, and months that appear whole or not at all. No Spark needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import crime_cleaning
import duckdb
import pytest
from crime_cleaning.spec import CleaningReport, MonthCounts

from crime_trends.datasets import DATASETS
from crime_trends.errors import CrimeTrendsError, LakeConflictError, ReconciliationError
from crime_trends.lake import cleaning, local
from crime_trends.lake.base import ATTEMPTS
from crime_trends.lake.cleaning import CleaningPlan, code_hash, months_to_clean, plan_cleaning
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import LakeFile, RawManifest, RawMonth
from crime_trends.lake.publishing import publish_months

CALLS = DATASETS["san_diego_calls_for_service"]
NIBRS = DATASETS["los_angeles_nibrs_offenses"]


@pytest.fixture
def lake(tmp_path: Path) -> LocalLake:
    return LocalLake(tmp_path / "lake of [tests]")


def publish_raw(lake: LocalLake, months: dict[str, RawMonth], undated_rows: int = 0, year: str = "2023") -> None:
    manifest = RawManifest(
        dataset=CALLS.key,
        partition=year,
        source="file",
        synthetic=True,
        fetched_at="2024-01-01T00:00:00+00:00",
        portal_version={},
        files=[LakeFile("raw.csv", 10, "00", undated_rows + sum(month.rows for month in months.values()))],
        header=["incident_num", "date_time"],
        months=months,
        undated_rows=undated_rows,
        undated_checksum="undated" if undated_rows else "",
    )
    lake.publish_raw(manifest, lake.raw_manifest(CALLS.key, year))


def write(lake: LocalLake, plan: CleaningPlan, kind: str, month: str, rows: int) -> None:
    """What Spark would leave in the attempt's folder."""
    folder = lake.path(f"{plan.attempt}/{kind}/partition={month}")
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"copy (select i from range({rows}) t(i)) to '{folder}/part-0.parquet'")


def cleaned(lake: LocalLake, months: list[str], rows: int = 3) -> None:
    plan = plan_cleaning(lake, CALLS, months)
    for month in plan.months_with_rows:
        write(lake, plan, "clean", month, rows)
    publish_months(lake, plan, CleaningReport({month: MonthCounts(rows) for month in plan.months_with_rows}))


def test_what_is_stale_and_why(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a"), "2023-02": RawMonth(3, "b")})
    plan = plan_cleaning(lake, CALLS, ["2023-01", "2023-02", "2023-03"])
    assert plan.stale == dict.fromkeys(("2023-01", "2023-02", "2023-03"), "never cleaned")
    assert plan.months_with_rows == ["2023-01", "2023-02"]
    cleaned(lake, ["2023-01", "2023-02", "2023-03"])

    assert plan_cleaning(lake, CALLS, ["2023-01", "2023-02", "2023-03"]).stale == {}
    assert plan_cleaning(lake, CALLS, ["2023-01", "2023-02"], force=["2023-02"]).stale == {"2023-02": "forced"}

    publish_raw(lake, {"2023-01": RawMonth(3, "a"), "2023-02": RawMonth(3, "changed")})
    assert plan_cleaning(lake, CALLS, ["2023-01", "2023-02"]).stale == {"2023-02": "the raw rows changed"}


def test_new_code_makes_months_stale(lake: LocalLake, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a")})
    cleaned(lake, ["2023-01"])
    monkeypatch.setattr(cleaning, "code_hash", lambda dataset: "new")
    assert plan_cleaning(lake, CALLS, ["2023-01"]).stale == {"2023-01": "the cleaning code changed"}


def test_code_hash_is_of_contents_and_of_the_datasets_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "elsewhere" / "spark"
    shutil.copytree(cleaning.spark_folder(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = {dataset.key: code_hash(dataset) for dataset in DATASETS.values()}
    assert len(set(before.values())) == len(DATASETS)
    monkeypatch.setattr(crime_cleaning, "__file__", str(copy / "crime_cleaning" / "__init__.py"))
    assert {dataset.key: code_hash(dataset) for dataset in DATASETS.values()} == before

    cleaner = copy / "crime_cleaning" / "cleaners" / f"{CALLS.key}.py"
    cleaner.write_text(cleaner.read_text() + "X = 1\n")
    changed = {dataset.key: code_hash(dataset) for dataset in DATASETS.values()}
    assert {key for key in before if changed[key] != before[key]} == {CALLS.key}

    rules = copy / "crime_cleaning" / "rules.py"
    rules.write_text(rules.read_text() + "X = 1\n")
    assert all(code_hash(dataset) != changed[dataset.key] for dataset in DATASETS.values())


def test_spark_is_given_the_changed_months_and_only_their_years(lake: LocalLake) -> None:
    publish_raw(lake, {"2022-12": RawMonth(3, "a")}, year="2022")
    publish_raw(lake, {"2023-01": RawMonth(3, "a"), "2023-02": RawMonth(3, "b")})
    cleaned(lake, ["2022-12", "2023-01", "2023-02"])
    publish_raw(lake, {"2023-01": RawMonth(3, "a"), "2023-02": RawMonth(4, "changed")})
    plan = plan_cleaning(lake, CALLS, ["2022-12", "2023-01", "2023-02"])
    job = plan.job(lake.uri, partitions=1)
    assert [(year.year, year.months) for year in job.inputs] == [("2023", ["2023-02"])]
    assert plan.input_bytes == 10


def test_a_year_never_fetched_is_named(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a")})
    with pytest.raises(CrimeTrendsError, match=r"san_diego_calls_for_service 2022 was never fetched"):
        plan_cleaning(lake, CALLS, ["2022-12", "2023-01"])


def test_undated_rows_belong_to_the_first_month_of_the_span(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a"), "2023-02": RawMonth(3, "b")}, undated_rows=2)
    plan = plan_cleaning(lake, CALLS, ["2023-01", "2023-02"])
    assert (plan.rows["2023-01"].rows, plan.rows["2023-02"].rows) == (5, 3)
    (year,) = plan.job(lake.uri, partitions=1).inputs
    assert year.undated_month == "2023-01"
    (year,) = plan_cleaning(lake, CALLS, ["2023-02"]).job(lake.uri, partitions=1).inputs
    assert (year.undated_month, year.months, year.known_months) == (None, ["2023-02"], ["2023-01", "2023-02"])


def test_an_emptied_month_is_published_without_files(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a")})
    cleaned(lake, ["2023-01"])
    before = lake.clean_manifest(CALLS.key, "2023-01")
    publish_raw(lake, {})
    plan = plan_cleaning(lake, CALLS, ["2023-01"])
    assert (plan.stale, plan.months_with_rows) == ({"2023-01": "the raw rows changed"}, [])
    (manifest,) = publish_months(lake, plan, CleaningReport({}))
    assert (manifest.raw_rows, manifest.clean_rows, manifest.files, manifest.rejected_files) == (0, 0, [], [])
    assert before is not None and manifest.version != before.version
    assert lake.path(before.files[0].path).exists(), "a reader of the old manifest may still need it"


def test_published_files_and_numbers(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(9, "a", portal_rows=9)})
    plan = plan_cleaning(lake, CALLS, ["2023-01"])
    write(lake, plan, "clean", "2023-01", 5)
    write(lake, plan, "rejects", "2023-01", 3)
    counts = MonthCounts(5, 3, 1, issues={"beat_code": 2}, rejections={"no_id": 3})
    (manifest,) = publish_months(lake, plan, CleaningReport({"2023-01": counts}))
    assert manifest == lake.clean_manifest(CALLS.key, "2023-01")
    assert (manifest.clean_rows, manifest.rejected_rows, manifest.duplicate_rows) == (5, 3, 1)
    assert (manifest.issues, manifest.rejections, manifest.portal_rows) == ({"beat_code": 2}, {"no_id": 3}, 9)
    (file,), (rejected,) = manifest.files, manifest.rejected_files
    assert (file.rows, rejected.rows) == (5, 3)
    assert Path(file.path).parent == Path(f"clean/{CALLS.key}/2023-01")
    assert Path(rejected.path).parent == Path(f"clean/{CALLS.key}_rejects/2023-01")
    assert lake.path(file.path).stat().st_size == file.bytes
    assert not lake.path(plan.attempt).exists()


@pytest.mark.parametrize(
    ("counts", "rows_in_file", "message"),
    [
        (MonthCounts(4), 4, r"2023-01: 5 raw rows, but 4 clean \+ 0 rejected \+ 0 exact duplicates = 4"),
        (MonthCounts(5), 4, r"2023-01: 5 clean rows reported, but 4 in the files"),
        (MonthCounts(4, 1), 4, r"2023-01: 1 rejected rows reported, but 0 in the files"),
    ],
)
def test_a_month_whose_numbers_disagree_is_not_published_and_the_others_are(
    lake: LocalLake, counts: MonthCounts, rows_in_file: int, message: str
) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "old"), "2023-02": RawMonth(3, "old")})
    cleaned(lake, ["2023-01", "2023-02"])
    before = lake.clean_manifest(CALLS.key, "2023-01")
    publish_raw(lake, {"2023-01": RawMonth(5, "new"), "2023-02": RawMonth(2, "new")})
    plan = plan_cleaning(lake, CALLS, ["2023-01", "2023-02"])
    write(lake, plan, "clean", "2023-01", rows_in_file)
    write(lake, plan, "clean", "2023-02", 2)
    with pytest.raises(ReconciliationError, match=message):
        publish_months(lake, plan, CleaningReport({"2023-01": counts, "2023-02": MonthCounts(2)}))
    assert lake.clean_manifest(CALLS.key, "2023-01") == before
    february = lake.clean_manifest(CALLS.key, "2023-02")
    assert february is not None and february.clean_rows == 2
    assert not lake.path(plan.attempt).exists()


def test_a_slower_job_does_not_overwrite_a_newer_month(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a"), "2023-02": RawMonth(3, "b")})
    slow = plan_cleaning(lake, CALLS, ["2023-01", "2023-02"])
    for month in ("2023-01", "2023-02"):
        write(lake, slow, "clean", month, 3)
    cleaned(lake, ["2023-01"])
    newer = lake.clean_manifest(CALLS.key, "2023-01")
    with pytest.raises(LakeConflictError, match="2023-01"):
        publish_months(lake, slow, CleaningReport({month: MonthCounts(3) for month in ("2023-01", "2023-02")}))
    assert lake.clean_manifest(CALLS.key, "2023-01") == newer
    assert lake.clean_manifest(CALLS.key, "2023-02") is not None


def test_what_killed_runs_left_is_swept_and_running_attempts_stay(lake: LocalLake) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a")})
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    dead = lake.path(f"{ATTEMPTS}/{CALLS.key}/{gone.pid}-dead")
    alive = lake.path(f"{ATTEMPTS}/{CALLS.key}/{os.getpid()}-alive")
    for folder in (dead, alive):
        (folder / "clean").mkdir(parents=True)
    cleaned(lake, ["2023-01"])
    assert (dead.exists(), alive.exists()) == (False, True)


def test_an_attempt_that_ends_while_it_is_looked_at_is_no_error(
    lake: LocalLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_raw(lake, {"2023-01": RawMonth(3, "a")})
    ending = lake.path(f"{ATTEMPTS}/{CALLS.key}/{os.getpid()}-ending")
    ending.mkdir(parents=True)

    def is_running(pid: int) -> bool:
        ending.rmdir()
        return True

    monkeypatch.setattr(local, "_is_running", is_running)
    cleaned(lake, ["2023-01"])
    assert lake.clean_manifest(CALLS.key, "2023-01") is not None


def test_months_built_before_come_along_when_they_became_stale(lake: LocalLake) -> None:
    publish_raw(lake, {f"2023-0{number}": RawMonth(3, "a") for number in (1, 2, 3, 4)})
    cleaned(lake, ["2023-01", "2023-02", "2023-03"])
    months = {"2023-01": RawMonth(3, "new"), "2023-02": RawMonth(3, "a"), "2023-04": RawMonth(3, "new")}
    publish_raw(lake, {**months, "2023-03": RawMonth(3, "a")})
    assert months_to_clean(lake, CALLS, ["2023-03"]) == ["2023-01", "2023-03"]


def test_the_first_month_of_a_dataset_that_starts_within_a_year(lake: LocalLake) -> None:
    manifest = RawManifest(
        NIBRS.key, "2024", "x", True, "", {}, [LakeFile("raw.csv", 1, "00", 1)], undated_rows=1, undated_checksum="u"
    )
    lake.publish_raw(manifest, None)
    plan = plan_cleaning(lake, NIBRS, ["2024-03", "2024-04"])
    assert plan.months_with_rows == ["2024-03"]
    assert plan.rows["2024-04"].rows == 0
