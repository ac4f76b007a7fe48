"""Each check judges all that a dataset holds, lists the months that offend, and says the numbers."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest
from crime_cleaning.spec import CleaningReport, MonthCounts

from crime_trends.age import age_on
from crime_trends.assets.common import stop_at_error
from crime_trends.checks.age import judge
from crime_trends.checks.breaks import incomparable_months
from crime_trends.checks.clean import duplicates, reconciliation
from crime_trends.checks.issues import issue_shares
from crime_trends.checks.raw import portal_count, rows_of_no_month, schema_drift
from crime_trends.checks.volume import volume
from crime_trends.datasets import DATASETS
from crime_trends.errors import ReconciliationError
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.manifests import RawMonth
from crime_trends.lake.publishing import publish_months
from crime_trends_tests.checks.conftest import CALLS, HEADER, WrittenLake
from crime_trends_tests.checks.test_unusual import calls_by_month

WARN = dg.AssetCheckSeverity.WARN


def offending(result: dg.AssetCheckResult) -> str:
    return str(result.metadata["offending_months"].value)


def cleaning(written: WrittenLake, month: str, counts: MonthCounts) -> None:
    """A Spark job that counts so, and its publication."""
    publish_months(written.lake, plan_cleaning(written.lake, CALLS, [month]), CleaningReport({month: counts}))


def test_a_month_that_was_refused_stays_red_until_it_is_published(written: WrittenLake) -> None:
    written.clean("2024-03", 10)
    written.clean("2024-04", 10)
    written.fetch("2024")  # The rows of all its months are gone at the portal...
    with pytest.raises(ReconciliationError):
        cleaning(written, "2024-03", MonthCounts(duplicate_rows=1))  # ...and yet one is counted.
    assert offending(reconciliation.evaluate(written.lake, CALLS)) == "2024-03"

    cleaning(written, "2024-04", MonthCounts())
    result = reconciliation.evaluate(written.lake, CALLS)
    assert (result.passed, offending(result)) == (False, "2024-03")
    assert "0 raw rows, but 0 clean + 0 rejected + 1 exact duplicates = 1" in str(result.description)

    cleaning(written, "2024-03", MonthCounts())
    assert reconciliation.evaluate(written.lake, CALLS).passed


def test_reconciliation_adds_up_all_months(written: WrittenLake) -> None:
    written.clean("2023-12", 10, rejected_rows=1)
    written.clean("2024-01", 20, duplicate_rows=2)
    result = reconciliation.evaluate(written.lake, CALLS)
    assert result.passed
    assert {name: value.value for name, value in result.metadata.items()} == {
        "raw_rows": 30,
        "clean_rows": 27,
        "rejected_rows": 1,
        "duplicate_rows": 2,
        "offending_months": "none",
    }
    written.clean("2023-12", 10, clean_rows=8, rejected_rows=1)
    result = reconciliation.evaluate(written.lake, CALLS)
    assert (result.passed, result.severity, offending(result)) == (False, dg.AssetCheckSeverity.ERROR, "2023-12")


def test_few_duplicates_pass_and_many_warn(written: WrittenLake) -> None:
    written.clean("2024-01", 1_000, duplicate_rows=10)
    assert duplicates.evaluate(written.lake, CALLS).passed
    written.clean("2024-02", 1_000, duplicate_rows=6, rejected_rows=5, rejections={"superseded": 5})
    result = duplicates.evaluate(written.lake, CALLS)
    assert (result.passed, result.severity, offending(result)) == (False, WARN, "2024-02")
    assert result.description == "2024-02: 6 exact duplicates and 5 superseded of 1,000 rows"


def test_volume_warns_of_no_known_hole_and_of_any_other(written: WrittenLake) -> None:
    """San Diego's yearly totals, and its published holes as they are; then a month that nobody knows of."""
    for month, rows in calls_by_month().items():
        written.clean(month, rows)
    assert volume.evaluate(written.lake, CALLS).passed

    written.clean("2022-02", 25_000)
    result = volume.evaluate(written.lake, CALLS)
    assert (result.passed, result.severity, offending(result)) == (False, WARN, "2022-02")
    (row,) = [row.data for row in result.metadata["intervals"].records if row.data["month"] == "2022-02"]
    assert row["observed"] == 25_000
    assert row["observed"] < row["low"] < row["expected"] < row["high"]


def test_volume_waits_for_months_that_still_fill_up(written: WrittenLake) -> None:
    for month, rows in calls_by_month().items():
        written.clean(month, rows)
    for fetched_at, judged in (("2026-04-01T23:00:00+00:00", "none"), ("2026-04-02T00:00:00+00:00", "2026-01")):
        written.fetch("2026", fetched_at=fetched_at)
        written.clean("2026-01", 20_000)
        assert offending(volume.evaluate(written.lake, CALLS)) == judged


def test_volume_of_a_few_months_is_not_judged(written: WrittenLake) -> None:
    for month in ("2024-03", "2024-04", "2024-05"):
        written.clean(month, 40_000)
    result = volume.evaluate(written.lake, CALLS)
    assert result.passed
    assert result.metadata["months_judged"].value == 0
    assert "fewer than 12" in str(result.metadata["why_none"].value)


def test_known_breaks_are_those_of_the_seed() -> None:
    assert incomparable_months(CALLS) == {"2015-06", "2020-06", "2023-08", "2025-05", "2025-06"}
    legacy = incomparable_months(DATASETS["los_angeles_crime_reports"])
    assert legacy == {f"2024-{month:02d}" for month in range(3, 13)}
    assert incomparable_months(DATASETS["san_diego_nibrs_offenses"]) == {f"2020-{month:02d}" for month in range(1, 13)}
    assert incomparable_months(DATASETS["austin_crime_reports"]) == frozenset()


def test_a_column_that_changed_its_form_is_found_by_its_issues(written: WrittenLake) -> None:
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    for position, month in enumerate(months):
        written.clean(month, 40_000, issues={"beat_code": 600 + position % 7, "priority": 3})
    assert issue_shares.evaluate(written.lake, CALLS).passed

    written.clean("2024-05", 40_000, issues={"beat_code": 602, "priority": 900})
    result = issue_shares.evaluate(written.lake, CALLS)
    assert (result.passed, result.severity, offending(result)) == (False, WARN, "2024-05")
    assert str(result.description).startswith("priority in 2024-05: 900 observed, 3 expected")


def test_a_few_values_more_are_no_matter(written: WrittenLake) -> None:
    for month in range(1, 13):
        written.clean(f"2023-{month:02d}", 40_000)
        written.clean(f"2024-{month:02d}", 40_000, issues={"priority": 150} if month == 5 else {})
    assert issue_shares.evaluate(written.lake, CALLS).passed


def test_a_month_with_other_rows_than_the_portal_counts_is_an_error_until_they_are_the_same(
    written: WrittenLake,
) -> None:
    def count(portal_rows: int | None) -> dg.AssetCheckResult:
        written.fetch("2024", months={"2024-01": RawMonth(5, "a", portal_rows), "2024-02": RawMonth(7, "b", 7)})
        return portal_count.evaluate(written.lake, CALLS)

    result = count(6)
    assert (result.passed, result.severity, offending(result)) == (False, dg.AssetCheckSeverity.ERROR, "2024-01")
    assert result.description == "the portal counts other rows in 2024-01"
    assert result.metadata["months_counted_by_the_portal"].value == 2
    assert portal_count.spec(dg.AssetKey("raw")).blocking
    with pytest.raises(dg.Failure, match="other rows in 2024-01"):
        stop_at_error(result)
    assert count(5).passed
    assert count(None).passed


def test_a_year_with_many_rows_of_no_month_is_named(written: WrittenLake) -> None:
    written.fetch("2023", rows=1000, undated_rows=10)
    written.fetch("2024", rows=1000, undated_rows=11)
    result = rows_of_no_month.evaluate(written.lake, CALLS)
    assert (result.passed, result.severity) == (False, WARN)
    assert result.description == "11 of 1000 rows of 2024 belong to none of its months"

    written.fetch("2024", rows=1100, undated_rows=11)
    assert rows_of_no_month.evaluate(written.lake, CALLS).passed


def test_schema_drift_names_new_columns_and_those_that_are_gone(written: WrittenLake) -> None:
    written.fetch("2023")
    written.fetch("2024", [*HEADER, "drone_used"])
    result = schema_drift.evaluate(written.lake, CALLS)
    assert (result.passed, result.severity) == (False, WARN)
    assert result.description == "drone_used is new in 2024"

    written.fetch("2024", [name for name in HEADER if name != "priority"])
    assert schema_drift.evaluate(written.lake, CALLS).description == "priority is gone in 2024"
    written.fetch("2024")
    assert schema_drift.evaluate(written.lake, CALLS).passed


@pytest.mark.parametrize(
    ("newest", "years", "passed", "says"),
    [
        (date(2026, 9, 26), ["2026"], True, None),
        (
            date(2026, 9, 25),
            ["2025", "2026"],
            False,
            "the newest event is of 2026-09-25, 6 days ago; usual are 5 days at most",
        ),
        (None, ["2026"], False, "there is no row; usual are 5 days at most"),
        (date(2025, 12, 31), ["2025"], True, None),
        (None, [], True, None),
    ],
    ids=["as usual", "the portal stopped", "no row", "only older years were fetched", "nothing was fetched"],
)
def test_data_age(newest: date | None, years: list[str], passed: bool, says: str | None) -> None:
    result = judge(age_on(date(2026, 10, 1), CALLS, newest, years))
    assert (result.passed, result.severity, result.description) == (passed, WARN, says)


def test_at_new_year_the_old_years_file_may_still_be_the_newest() -> None:
    today = date(2026, 1, 3)
    assert judge(age_on(today, CALLS, date(2025, 12, 30), ["2025"])).metadata["age_days"].value == 4
    assert not judge(age_on(today, CALLS, date(2025, 12, 25), ["2025"])).passed
