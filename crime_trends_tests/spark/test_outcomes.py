"""What becomes of rows: nothing is lost or doubled, and what is left out says why."""

from __future__ import annotations

from datetime import date

import pytest
from crime_cleaning.spec import MonthCounts

from crime_trends_tests.spark.conftest import Clean, Cleaned, csv_text

CALLS = "san_diego_calls_for_service"
REPORTS = "los_angeles_crime_reports"


def call(number: str, time: str = "2023-01-05 10:00:00", **more: str) -> dict[str, str]:
    row = {"incident_num": number, "date_time": time, "call_type": "415", "disposition": "K", "beat": "523"}
    return {**row, **more}


@pytest.fixture(scope="module")
def mixed(clean: Clean) -> Cleaned:
    """January with every outcome, February with one row, March not asked for."""
    rows = [
        call("E1"),
        call("E1"),
        call("E1"),
        call("E2", beat="111"),
        call("E2", beat="112"),
        call(""),
        call("", beat="111"),
        call("E3", time="not a time"),
        call("E4", time="2022-12-31 23:59:59"),
        call("E1", time="2023-02-01 00:00:00"),
        call("E5", time="2023-03-01 00:00:00"),
    ]
    months = ["2023-01", "2023-02"]
    return clean(CALLS, csv_text(rows), months, known_months=[*months, "2023-03"], undated_month="2023-01")


def test_raw_rows_are_clean_plus_rejected_plus_duplicates(mixed: Cleaned) -> None:
    assert mixed.report.months == {
        "2023-01": MonthCounts(
            clean_rows=2,
            rejected_rows=5,
            duplicate_rows=2,
            rejections={"no_id": 2, "no_month": 2, "superseded": 1},
        ),
        "2023-02": MonthCounts(clean_rows=1),
    }


def test_the_files_hold_what_was_counted(mixed: Cleaned) -> None:
    assert [(f"{row['month']:%Y-%m}", row["call_id"]) for row in mixed.rows] == [
        ("2023-01", "E1"),
        ("2023-01", "E2"),
        ("2023-02", "E1"),
    ]
    assert len(mixed.rejects) == 5


def test_rejects_keep_the_row_and_the_reason(mixed: Cleaned) -> None:
    rejects = {(reject["reason"], reject["row_id"]): reject for reject in mixed.rejects}
    undated = rejects["no_month", "E3"]
    assert (undated["month"], undated["raw"]["date_time"]) == (date(2023, 1, 1), "not a time")
    assert rejects["no_month", "E4"]["raw"]["date_time"] == "2022-12-31 23:59:59"
    assert {reject["raw"]["beat"] for reject in mixed.rejects if reject["reason"] == "no_id"} == {"523", "111"}


def test_undated_rows_are_nobodys_when_the_first_month_is_not_asked_for(clean: Clean) -> None:
    rows = [call("E1", time=""), call("E2", time="2023-02-01 00:00:00")]
    result = clean(CALLS, csv_text(rows), ["2023-02"], known_months=["2023-02"])
    assert result.report.months == {"2023-02": MonthCounts(clean_rows=1)}


def report(number: str, updated_at: str, area: str) -> dict[str, str]:
    row = {":id": f"row-{updated_at}", ":updated_at": updated_at, "dr_no": number, "area": area}
    return {**row, "date_occ": "2023-01-10T00:00:00.000", "time_occ": "1200", "crm_cd": "510", "crm_cd_desc": "THEFT"}


def test_the_later_updated_row_of_a_key_stays_whatever_the_order(clean: Clean) -> None:
    old = report("1", "2023-02-01T00:00:00.000Z", "01")
    new = report("1", "2023-03-01T00:00:00.000Z", "02")
    for rows in ([old, new], [new, old]):
        result = clean(REPORTS, csv_text(rows), ["2023-01"])
        assert [row["area_code"] for row in result.rows] == ["02"]
        assert [(reject["reason"], reject["raw"]["area"]) for reject in result.rejects] == [("superseded", "01")]


def test_a_row_with_a_wrong_number_of_fields_never_supersedes_a_whole_one(clean: Clean) -> None:
    header = ":id,:updated_at,date_occ,time_occ,crm_cd,dr_no,crm_cd_desc,area"
    older, newer = (f"a,2023-0{month}-01T00:00:00.000Z,2023-01-10T00:00:00.000,1200,510" for month in (2, 3))
    short, long = f"{newer},{{id}}", f"{newer},{{id}},THEFT, PETTY,01"
    rows, broken = [], []
    for number, text in enumerate((short, long, short, long)):
        pair = [text.format(id=number), f"{older},{number},THEFT,01"]
        rows += pair if number < 2 else pair[::-1]
        broken.append(("superseded", pair[0]))
    result = clean(REPORTS, "\n".join([header, *rows, short.format(id="alone"), ""]), ["2023-01"])
    kept = {row["incident_id"]: (row["area_code"], row["issues"]) for row in result.rows}
    assert kept == {**dict.fromkeys("0123", ("01", [])), "alone": (None, ["row:field_count"])}
    assert sorted((reject["reason"], reject["raw"]) for reject in result.rejects) == sorted(broken)


@pytest.mark.parametrize("spelled", ["20,230,001", "20230001.0", " 20230001 "])
def test_an_id_is_the_same_with_thousands_commas_point_zero_and_spaces(clean: Clean, spelled: str) -> None:
    rows = [report("20230001", "2023-02-01T00:00:00.000Z", "01"), report(spelled, "2023-03-01T00:00:00.000Z", "02")]
    result = clean(REPORTS, csv_text(rows), ["2023-01"])
    assert [(row["incident_id"], row["area_code"]) for row in result.rows] == [("20230001", "02")]
    assert [(reject["reason"], reject["row_id"]) for reject in result.rejects] == [("superseded", "20230001")]


def test_rows_that_differ_only_in_system_fields_are_exact_duplicates(clean: Clean) -> None:
    rows = [report("1", "2023-02-01T00:00:00.000Z", "01"), report("1", "2023-03-01T00:00:00.000Z", "01")]
    result = clean(REPORTS, csv_text(rows), ["2023-01"])
    assert result.report.months["2023-01"] == MonthCounts(clean_rows=1, duplicate_rows=1)


def test_without_updated_at_the_choice_does_not_depend_on_the_order(clean: Clean) -> None:
    rows = [call("E1", beat=beat) for beat in ("111", "112", "113")]
    kept = {clean(CALLS, csv_text(order), ["2023-01"]).rows[0]["beat_code"] for order in (rows, rows[::-1])}
    assert len(kept) == 1


def test_a_value_that_moved_to_another_column_is_no_exact_duplicate(clean: Clean) -> None:
    rows = [
        call("E1", address_dir_primary="N", address_dir_intersecting=""),
        call("E1", address_dir_primary="", address_dir_intersecting="N"),
    ]
    assert clean(CALLS, csv_text(rows), ["2023-01"]).report.months["2023-01"].rejections == {"superseded": 1}


def test_months_lie_sorted_by_time_and_id(clean: Clean) -> None:
    rows = [
        call("E3", time="2023-01-02 00:00:00"),
        call("E2", time="2023-01-01 00:00:00"),
        call("E1", time="2023-01-02 00:00:00"),
    ]
    assert [row["call_id"] for row in clean(CALLS, csv_text(rows), ["2023-01"]).rows] == ["E2", "E1", "E3"]


def test_a_row_of_no_month_never_supersedes_one_of_the_month(clean: Clean) -> None:
    rows = [call(f"E{number}", time=time) for number in range(20) for time in ("2023-01-05 10:00:00", "not a time")]
    report = clean(CALLS, csv_text(rows), ["2023-01"], known_months=["2023-01"], undated_month="2023-01").report
    assert report.months == {"2023-01": MonthCounts(clean_rows=20, rejected_rows=20, rejections={"no_month": 20})}
