"""What a raw CSV is measured to hold: rows and checksums by month, whatever the file looks like."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest
from crime_cleaning.column_maps import COLUMN_MAPS

from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.checksums import Measured, date_sql, measure, month_sql

CALLS = COLUMN_MAPS["san_diego_calls_for_service"]
AUSTIN = COLUMN_MAPS["austin_crime_reports"]
MONTHS = [f"2023-{number:02}" for number in range(1, 13)]


@pytest.fixture
def measured(tmp_path: Path):
    def of(content: str | bytes, column_map=CALLS) -> Measured:
        file = tmp_path / "it's a file.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return measure(file, column_map, MONTHS, memory_limit="200MB", temporary_dir=tmp_path)

    return of


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def by_hand(*rows: dict[str, str]) -> str:
    """The checksum as its definition says, without the code under test; rows by target name, in the map's order."""
    total = 0
    for row in rows:
        updated_at = row.pop(":updated_at", "")
        digest = md5("\x1e".join(f"{name}\x1f{value}" for name, value in row.items()))
        if updated_at:
            digest = md5(f"{digest}\x1f{updated_at}")
        total += int(digest[:16], 16)
    return f"{total % 2**64:016x}"


PINNED = (
    "incident_num,date_time,call_type,beat\n"
    "E1,2023-01-01 00:00:05,FD,523\n"
    "E2,2023-01-31 23:59:59,415,\n"
    'E3,2023-02-01 00:00:00,"A ""quoted"", text",611\n'
)


def test_checksum_is_pinned_and_equals_its_definition(measured) -> None:
    january = by_hand(
        {"call_id": "E1", "occurred_at": "2023-01-01 00:00:05", "call_type_code": "FD", "beat_code": "523"},
        {"call_id": "E2", "occurred_at": "2023-01-31 23:59:59", "call_type_code": "415"},
    )
    february = by_hand(
        {
            "call_id": "E3",
            "occurred_at": "2023-02-01 00:00:00",
            "call_type_code": 'A "quoted", text',
            "beat_code": "611",
        }
    )
    assert (january, february) == ("39c522a41a443853", "e95299248fb92d2a")
    assert measured(PINNED).months == {"2023-01": (2, january), "2023-02": (1, february)}


@pytest.mark.parametrize(
    "same",
    [
        "incident_num,date_time,call_type,beat\n"
        'E3,2023-02-01 00:00:00,"A ""quoted"", text",611\n'
        "E2,2023-01-31 23:59:59,415,\n"
        "E1,2023-01-01 00:00:05,FD,523\n",
        '"BEAT"," CALL_TYPE ","DATE_TIME","INCIDENT_NUM"\n'
        '"523","FD","2023-01-01 00:00:05","E1"\n'
        '"","415","2023-01-31 23:59:59","E2"\n'
        '"611","A ""quoted"", text","2023-02-01 00:00:00","E3"\n',
        ":id,:updated_at,incident_num,date_time,call_type,beat,priority,something_new\n"
        "a,2023-01-01T00:00:00.000Z,E1,2023-01-01 00:00:05,FD,523,,x\n"
        "b,,E2,2023-01-31 23:59:59,415,,,\n"
        'c,,E3,2023-02-01 00:00:00,"A ""quoted"", text",611,,z\n',
    ],
    ids=["other row order", "other spelling, quoting and column order", "system, unknown and empty columns"],
)
def test_checksum_does_not_depend_on(measured, same: str) -> None:
    assert measured(same).months == measured(PINNED).months


@pytest.mark.parametrize(
    "content", ["\ufeff" + PINNED, PINNED.replace("\n", "\r\n"), PINNED.rstrip("\n"), PINNED + "\n"]
)
def test_byte_order_mark_crlf_and_a_missing_or_double_end_change_nothing(measured, content: str) -> None:
    assert measured(content).months == measured(PINNED).months
    assert measured(content).header == ["incident_num", "date_time", "call_type", "beat"]
    assert not measured(content).has_line_breaks


def test_duplicates_count(measured) -> None:
    row = "E1,2023-01-01 00:00:05,FD,523\n"
    header = PINNED.splitlines(keepends=True)[0]
    assert measured(header + row + row).months["2023-01"][0] == 2
    assert measured(header + row + row).months != measured(header + row * 3).months


def test_line_break_in_a_field_is_noticed_and_part_of_its_row(measured) -> None:
    found = measured('incident_num,date_time,note\nE1,2023-01-01 00:00:05,"two\r\nlines"\n')
    assert found.has_line_breaks
    assert found.rows == 1


def test_rows_with_too_few_and_too_many_fields_are_rows(measured) -> None:
    found = measured("incident_num,date_time,beat\nE1,2023-01-01\nE2,2023-01-02,1,2,3\nE3,2023-02-01,1\n")
    short = {"call_id": "E1", "occurred_at": "2023-01-01", "row": "E1\x1f2023-01-01"}
    long = {"call_id": "E2", "occurred_at": "2023-01-02", "beat_code": "1", "row": "E2\x1f2023-01-02\x1f1\x1f2\x1f3"}
    whole = {"call_id": "E3", "occurred_at": "2023-02-01", "beat_code": "1"}
    assert found.months == {"2023-01": (2, by_hand(short, long)), "2023-02": (1, by_hand(whole))}


@pytest.mark.parametrize(
    ("broken", "repaired"),
    [
        ("E1,2023-01-01 00:00:05,FD", "E1,2023-01-01 00:00:05,FD,"),
        ("E1,2023-01-01 00:00:05,FD,523,", "E1,2023-01-01 00:00:05,FD,523"),
        ("E1,2023-01-01 00:00:05,FD,523,more", "E1,2023-01-01 00:00:05,FD,523"),
        ("E1,2023-01-01 00:00:05,FD,523,more", "E1,2023-01-01 00:00:05,FD,523,other"),
    ],
    ids=["a field too few", "an empty field too many", "a field too many", "another field too many"],
)
def test_a_row_whose_number_of_fields_is_mended_changes_its_month(measured, broken: str, repaired: str) -> None:
    before, after = measured(PINNED + broken + "\n").months, measured(PINNED + repaired + "\n").months
    assert (before["2023-01"][0], after["2023-01"][0]) == (3, 3)
    assert before["2023-01"] != after["2023-01"]
    assert before["2023-02"] == after["2023-02"]


def test_undated_rows_and_rows_of_another_year_are_apart(measured) -> None:
    found = measured(PINNED + "E4,,415,\nE5,2022-12-31 23:59:59,415,\nE6,nonsense,,\n")
    assert found.months == measured(PINNED).months
    assert (found.rows, found.undated_rows) == (6, 3)
    assert found.undated_checksum == by_hand(
        {"call_id": "E4", "call_type_code": "415"},
        {"call_id": "E5", "occurred_at": "2022-12-31 23:59:59", "call_type_code": "415"},
        {"call_id": "E6", "occurred_at": "nonsense"},
    )


def test_no_rows(measured) -> None:
    found = measured("incident_num,date_time\n")
    assert (found.rows, found.months, found.undated_rows, found.undated_checksum) == (0, {}, 0, "")


def austin(*rows: str) -> str:
    return ":id,:updated_at,incident_report_number,occ_date,sector\n" + "".join(f"{row}\n" for row in rows)


def test_updated_at_counts_only_where_an_id_has_other_content_in_the_month(measured) -> None:
    alone = measured(austin("a,2023-05-01T00:00:00.000Z,1,2023-01-01,CH"), AUSTIN)
    assert alone.months == measured(austin("a,2023-06-01T00:00:00.000Z,1,2023-01-01,CH"), AUSTIN).months

    twins = [austin(f"a,{time},1,2023-01-01,CH", f"b,{time},1,2023-01-01,CH") for time in ("2023-05-01", "2023-06-01")]
    assert measured(twins[0], AUSTIN).months == measured(twins[1], AUSTIN).months

    found = measured(austin("a,2023-05-01,1,2023-01-01,CH", "b,2023-06-01,1,2023-01-01,BA", "c,,2,2023-01-01,"), AUSTIN)
    assert found.months["2023-01"] == (
        3,
        by_hand(
            {"incident_id": "1", "occurred_date": "2023-01-01", "sector_code": "CH", ":updated_at": "2023-05-01"},
            {"incident_id": "1", "occurred_date": "2023-01-01", "sector_code": "BA", ":updated_at": "2023-06-01"},
            {"incident_id": "2", "occurred_date": "2023-01-01"},
        ),
    )
    elsewhere = austin("a,2023-05-01,1,2023-01-01,CH", "b,2023-06-01,1,2023-02-01,BA")
    assert measured(elsewhere, AUSTIN).months["2023-01"] == alone.months["2023-01"]


@pytest.mark.parametrize("spelled", ["20,230,001", "20230001.0", " 20230001 "])
def test_an_id_is_the_same_with_thousands_commas_point_zero_and_spaces(measured, spelled: str) -> None:
    first, other = 'a,2023-05-01,"20230001",2023-01-01,CH', f'b,2023-06-01,"{spelled}",2023-01-01,BA'
    assert measured(austin(first, other), AUSTIN).months["2023-01"] == (
        2,
        by_hand(
            {
                "incident_id": "20230001",
                "occurred_date": "2023-01-01",
                "sector_code": "CH",
                ":updated_at": "2023-05-01",
            },
            {"incident_id": spelled, "occurred_date": "2023-01-01", "sector_code": "BA", ":updated_at": "2023-06-01"},
        ),
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"incident_num,date_time\nE1,2023-01-01 \xe9\n", "CSV Error on Line: 2"),
        (b'incident_num,date_time\nE1,"2023"-01\n', "CSV Error on Line: 2"),
        (b"incident_num,date_time\nE1,1" + b",x" * 30 + b"\n", "CSV Error on Line: 2"),
        (b'incident_num,date_time\nE1,"' + b"x" * 3_000_000 + b'"\n', "CSV Error on Line: 2"),
    ],
    ids=["not UTF-8", "text after a quote", "far too many fields", "a field that never ends"],
)
def test_a_file_that_is_no_csv_is_refused_without_showing_a_row(measured, content: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        measured(content)
    assert "E1" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-12-22T22:00:00.000", "2023-12-22"),
        ("2023-01-01 00:00:05", "2023-01-01"),
        ("2025-01-01 00:00:00.000", "2025-01-01"),
        ("2023-01-31", "2023-01-31"),
        ("01/08/2020 12:00:00 AM", "2020-01-08"),
        ("12/31/2020 11:59:59 PM", "2020-12-31"),
        ("01/08/2020 00:00", "2020-01-08"),
        ("1/8/2020 0:00", "2020-01-08"),
        ("10/15/2020 0:00", "2020-10-15"),
        ("11/27/2005  14:00", "2005-11-27"),
        ("11/27/2005", "2005-11-27"),
        ("2014 Dec 22 11:31:16 AM", "2014-12-22"),
        (" 2014 Dec 2 ", "2014-12-02"),
        ("44119", "2020-10-15"),
        ("44119.75", "2020-10-15"),
        ("1800-01-06T00:00:00.000", "1800-01-06"),
        ("", None),
        (" ", None),
        ("02/30/2020", None),
        ("13/01/2020", None),
        ("2023-13-01", None),
        ("2023-01-01T25:00:00.000", None),
        ("2023-01-01 24:00:00", None),
        ("2023-01-01 and more", None),
        ("16,776,960", None),
        ("2014 Foo 22", None),
        ("0", None),
        ("UNKNOWN", None),
    ],
)
def test_every_way_of_writing_a_date(text: str, day: str | None) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {date_sql('text')}::varchar, {month_sql('text')} from (select $1 as text)", [text]
        ).fetchone()
    assert found == (day, day[:7] if day else None)


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A file far larger than the limit is measured by way of the temporary folder, or refused in one line."""
    file = tmp_path / "large.csv"
    with file.open("w") as stream:
        stream.write("incident_num,date_time\n")
        stream.writelines(f"E{number:08},2023-01-01 00:00:00\n" for number in range(300_000))
    temporary = tmp_path / "not" / "there yet"
    assert measure(file, CALLS, MONTHS, memory_limit="60MB", temporary_dir=temporary).rows == 300_000
    with pytest.raises(CrimeTrendsError, match=r"8MB of memory are not enough .*CRIME_TRENDS_DUCKDB_MEMORY"):
        measure(file, CALLS, MONTHS, memory_limit="8MB", temporary_dir=temporary)
