"""The requests that the project's clients make of Socrata, and what lies outside them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from crime_trends_tests.sample.conftest import LOS_ANGELES_CSV, Client

ID = "2nrs-mtv8"
YEARS = {
    "select": "date_extract_y(date_occ) as year,count(*) as rows,max(:updated_at) as updated_at",
    "group": "year",
    "order": "year",
    "limit": 50_000,
}
IN_2020 = "date_occ >= '2020-01-01T00:00:00.000' AND date_occ < '2021-01-01T00:00:00.000'"
OUTSIDE_2020 = "date_occ IS NULL OR date_occ < '2020-01-01T00:00:00.000' OR date_occ >= '2021-01-01T00:00:00.000'"
PAGE = {"select": ":id,:updated_at,*", "order": ":id"}


def test_years_are_counted_over_every_way_of_writing_a_date(los_angeles: Client) -> None:
    years = los_angeles.values(ID, **YEARS)
    assert [(row.get("year"), row["rows"]) for row in years] == [("2020", "5"), ("2021", "2"), (None, "2")]
    assert "year" not in years[2], "a null is an absent key"
    assert all(row["updated_at"].endswith("Z") for row in years)


def test_months_of_a_year(los_angeles: Client) -> None:
    months = los_angeles.values(
        ID, select="date_trunc_ym(date_occ) as month,count(*) as rows", where=IN_2020, group="month", order="month"
    )
    assert months == [
        {"month": "2020-01-01T00:00:00.000", "rows": "2"},
        {"month": "2020-10-01T00:00:00.000", "rows": "1"},
        {"month": "2020-11-01T00:00:00.000", "rows": "1"},
        {"month": "2020-12-01T00:00:00.000", "rows": "1"},
    ]


def test_page_has_api_names_and_the_values_of_the_file(los_angeles: Client) -> None:
    rows = los_angeles.rows(ID, **PAGE, where=IN_2020)
    assert list(rows[0]) == [
        *(":id", ":updated_at", "dr_no", "date_rptd", "date_occ", "time_occ", "area", "crm_cd_desc", "location"),
        "new_column",
    ]
    assert rows[0]["dr_no"] == "001"
    assert rows[0]["date_occ"] == "01/08/2020 12:00:00 AM"
    assert rows[0]["time_occ"] == "0001"
    assert rows[0]["crm_cd_desc"] == 'SAYS "NO", TWICE'
    assert rows[0]["location"] == "1100 W  39TH                         PL"
    assert [row["date_occ"] for row in rows[1:]] == [
        "1/8/2020 0:00",
        "11/27/2020  14:00",
        "44119",
        "2020 Dec 22 11:31:16 AM",
    ]


def test_year_and_its_complement_are_all_rows(los_angeles: Client) -> None:
    inside, outside = los_angeles.rows(ID, where=IN_2020), los_angeles.rows(ID, where=OUTSIDE_2020)
    assert sorted(row["dr_no"] for row in inside + outside) == [f"{number:03d}" for number in range(1, 10)]
    assert los_angeles.values(ID, select="count(*) as rows", where=OUTSIDE_2020) == [{"rows": "4"}]


def test_pages_join_to_the_whole(los_angeles: Client) -> None:
    whole = los_angeles.rows(ID, **PAGE)
    pages = [row for offset in (0, 4, 8) for row in los_angeles.rows(ID, **PAGE, limit=4, offset=offset)]
    assert pages == whole
    assert [row[":id"] for row in whole] == sorted({row[":id"] for row in whole})


def test_csv_text_is_quoted_and_typed_as_socratas(los_angeles: Client) -> None:
    answer = los_angeles.get(f"resource/{ID}.csv", select="dr_no,date_rptd,time_occ", limit=2)
    assert answer.text == '"dr_no","date_rptd","time_occ"\n"001","01/08/2020 12:00:00 AM","0001"\n"002",,"1200"\n'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert json.loads(answer.headers["X-SODA2-Fields"]) == ["dr_no", "date_rptd", "time_occ"]


def test_json_rows_leave_nulls_out_and_an_object_is_text(austin: Client) -> None:
    rows = austin.values("fdj4-gpfu", order="occ_date DESC")
    assert rows == [
        {
            "incident_report_number": "20233571105",
            "occ_date": "2023-12-23T00:00:00.000",
            "location": "(30.22, -97.75)",
        },
        {"incident_report_number": "2016160056", "occ_date": "2016-01-16T00:00:00.000", "occ_time": "27"},
    ]


def test_thousand_rows_unless_the_limit_says_otherwise(folder: Path, los_angeles: Client) -> None:
    lines = ["DR_NO,DATE OCC", *(f"{number},01/08/2020 12:00:00 AM" for number in range(1_500))]
    (folder / "los_angeles" / f"{ID}_2020.csv").write_text("\n".join(lines) + "\n")
    assert len(los_angeles.rows(ID)) == 1_000
    assert len(los_angeles.rows(ID, limit=50_000)) == 1_500


def test_metadata(los_angeles: Client, folder: Path) -> None:
    metadata = los_angeles.get(f"api/views/{ID}.json").json()
    assert (metadata["id"], metadata["name"]) == (ID, "Los Angeles crime reports (legacy codes)")
    assert metadata["rowsUpdatedAt"] == int((folder / "los_angeles" / f"{ID}_2020.csv").stat().st_mtime)
    assert {"fieldName": "date_occ", "name": "DATE OCC", "dataTypeName": "calendar_date"} in metadata["columns"]


def test_files_of_an_id_are_one_data_set_with_the_columns_of_all(folder: Path, los_angeles: Client) -> None:
    (folder / "los_angeles" / f"{ID}_2021.csv").write_text(
        ":id,:updated_at,dr_no,date_occ,lat\nrow-a,2024-05-06T07:08:09.000Z,100,2021-05-05T00:00:00.000,34\n"
    )
    rows = los_angeles.rows(ID, **PAGE)
    assert len(rows) == 10
    [new] = [row for row in rows if row[":id"] == "row-a"]
    assert (new[":updated_at"], new["lat"], new["time_occ"]) == ("2024-05-06T07:08:09.000Z", "34", "")
    assert los_angeles.values(ID, **YEARS)[1]["rows"] == "3"


def test_file_replaced_within_the_same_second_is_another_version(folder: Path, los_angeles: Client) -> None:
    file = folder / "los_angeles" / f"{ID}_2020.csv"
    before = los_angeles.get(f"api/views/{ID}.json").json()["rowsUpdatedAt"]
    moment = file.stat().st_mtime
    file.write_text(file.read_text() + "010,,01/09/2020 12:00:00 AM,1200,03,THEFT,,\n")
    os.utime(file, (moment, moment))
    assert los_angeles.get(f"api/views/{ID}.json").json()["rowsUpdatedAt"] > before
    assert los_angeles.values(ID, select="count(*) as rows") == [{"rows": "10"}]


@pytest.mark.parametrize(
    ("clauses", "named"),
    [
        ({"having": "rows > 1"}, "$having"),
        ({"select": "no_such"}, "no_such"),
        ({"select": "upper(dr_no) as x"}, "upper"),
        ({"select": "count(*)"}, "as"),
        ({"where": "date_occ > 'yesterday'"}, "yesterday"),
        ({"where": "date_occ LIKE '2020%'"}, "LIKE"),
        ({"where": "dr_no = '001' OR"}, "the end"),
        ({"where": "dr_no = 1"}, "mismatch"),
        ({"where": "dr_no; DROP TABLE x"}, "; DROP"),
        ({"where": "count(*) > 1"}, "mismatch"),
        ({"select": "dr_no,count(*) as n"}, "dr_no"),
        ({"limit": "many"}, "$limit"),
        ({"limit": 50_001}, "50000"),
    ],
)
def test_query_outside_the_subset_is_refused_by_name(los_angeles: Client, clauses: dict[str, str], named: str) -> None:
    answer = los_angeles.get(f"resource/{ID}.json", **clauses)
    assert answer.status_code == 400
    assert named in answer.json()["message"]
    assert answer.json()["code"].startswith("query.")


def test_quote_in_a_text_is_data_and_not_syntax(los_angeles: Client) -> None:
    assert los_angeles.values(ID, where="dr_no = '001'' OR ''1'' = ''1'") == []


def test_unknown_id_is_404(los_angeles: Client, austin: Client) -> None:
    assert los_angeles.get("resource/aaaa-bbbb.json").status_code == 404
    assert austin.get(f"api/views/{ID}.json").status_code == 404


def test_file_that_is_no_csv_is_named(folder: Path, los_angeles: Client) -> None:
    (folder / "los_angeles" / f"{ID}_2020.csv").write_text("DR_NO,DATE OCC\n1,2,3,4\n")
    answer = los_angeles.get(f"resource/{ID}.json")
    assert answer.status_code == 500
    assert f"{ID}_2020.csv" in answer.json()["message"]


def test_many_rows_are_counted_and_paged(folder: Path, los_angeles: Client) -> None:
    line = "01/08/2020 12:00:00 AM,01/08/2020 12:00:00 AM,1200,03,THEFT,1100 W  39TH                         PL,"
    head = LOS_ANGELES_CSV.splitlines()[0]
    text = "\n".join([head, *(f"{number},{line}" for number in range(120_000))])
    (folder / "los_angeles" / f"{ID}_2020.csv").write_text(f"{text}\n")
    assert los_angeles.values(ID, **YEARS)[0]["rows"] == "120000"
    started = time.monotonic()
    pages = [
        los_angeles.rows(ID, **PAGE, where=IN_2020, limit=50_000, offset=offset) for offset in (0, 50_000, 100_000)
    ]
    assert [row["dr_no"] for page in pages for row in page] == [str(number) for number in range(120_000)]
    assert time.monotonic() - started < 20
