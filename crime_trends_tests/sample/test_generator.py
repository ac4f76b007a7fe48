"""The generated sample: the same each time, shaped like the real data, and with their quirks."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from crime_trends.datasets import BOUNDARIES, DATASETS, LOOKUPS, Boundary, Lookup, SeshatSource
from crime_trends.errors import CrimeTrendsError, UsageError
from crime_trends.portals.boundaries import read_shapes
from crime_trends.sample.generator import write_sample
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home
from crime_trends_tests.sample.conftest import Client

CALLS = "san_diego/police_calls_for_service/pd_calls_for_service"
SD_NIBRS = "san_diego/police_nibrs/pd_nibrs"
FILES = {
    "austin": "austin/fdj4-gpfu",
    "los_angeles": "los_angeles/2nrs-mtv8",
    "nibrs": "los_angeles/k7nn-b2ep",
    "calls": CALLS,
    "san_diego_nibrs": SD_NIBRS,
}
Rows = duckdb.DuckDBPyConnection


def digest(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of the files below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def rows(sample_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The CSV files of the sample as tables of text: austin, los_angeles, nibrs, calls, san_diego_nibrs."""
    with duckdb.connect() as connection:
        for table, name in FILES.items():
            files = f"read_csv('{sample_dir}/{name}*.csv', all_varchar = true, union_by_name = true)"
            connection.execute(f"CREATE TABLE {table} AS FROM {files}")
        yield connection


def number(rows: Rows, sql: str) -> float:
    """The one number of a query."""
    [(value,)] = rows.execute(sql).fetchall()
    assert isinstance(value, int | float)
    return value


def test_same_bytes_in_another_process(sample_dir: Path, tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from crime_trends.sample.generator import write_sample; "
        "write_sample(pathlib.Path(sys.argv[1]), share=0.02)"
    )
    environment = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again")], check=True, env=environment)
    assert digest(tmp_path / "again") == digest(sample_dir)


def test_the_command_writes_the_folder_that_the_portal_serves(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    result = Home(tmp_path / "home").command("sample", "--out", str(folder))
    assert (result.returncode, result.stderr) == (0, "")
    assert f"crime-trends portal --data {folder}" in result.stdout
    for name in FILES.values():
        assert sum(path.read_bytes().count(b"\n") for path in folder.glob(f"{name}*.csv")) > 1000, name


def test_finished_sample_is_left_alone_and_another_is_made_anew(tmp_path: Path) -> None:
    out = tmp_path / "sample"
    write_sample(out, 2024, 2024, share=0.001)
    before = {path: path.stat().st_ino for path in out.rglob("*")}
    write_sample(out, 2024, 2024, share=0.001)
    assert {path: path.stat().st_ino for path in out.rglob("*")} == before
    write_sample(out, 2023, 2023, share=0.001)
    assert sorted(path.name for path in (out / "austin").glob("*.csv")) == ["fdj4-gpfu_2023.csv"]


def test_half_made_sample_is_made_again(tmp_path: Path) -> None:
    out = tmp_path / "sample"
    write_sample(out, 2024, 2024, share=0.001)
    whole = digest(out)
    (out / "SYNTHETIC").rename(out / "SYNTHETIC.unfinished")
    (out / "austin/fdj4-gpfu_2024.csv").write_text("half")
    (out / "austin" / "fdj4-gpfu_2019.csv").write_text("of an older sample")
    with SamplePortal(out) as portal:
        answer = Client(portal.urls["san_diego"]).get("x")
    assert answer.headers["X-Crime-Trends-Synthetic"] == "true", "half of made-up rows is made up as well"
    write_sample(out, 2024, 2024, share=0.001)
    assert digest(out) == whole


def test_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(UsageError, match="no generated sample"):
        write_sample(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_place_that_can_not_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CrimeTrendsError, match=r"can't be written to .*file/sample: Not a directory"):
        write_sample(tmp_path / "file" / "sample")


@pytest.mark.parametrize(
    ("years", "share"), [((2024, 2023), 0.1), ((1999, 2024), 0.1), ((2023, 2024), 0), ((2023, 2024), 2)]
)
def test_impossible_sample_is_refused(tmp_path: Path, years: tuple[int, int], share: float) -> None:
    with pytest.raises(UsageError, match="no sample"):
        write_sample(tmp_path / "sample", *years, share)


def test_years_of_the_older_source_and_before_nibrs(tmp_path: Path) -> None:
    out = tmp_path / "sample"
    write_sample(out, 2019, 2020, share=0.0005)
    names = {path.name for path in (out / "los_angeles").glob("*.csv")}
    assert names == {"63jg-8b9z_2019.csv", "2nrs-mtv8_2020.csv"}


@pytest.fixture(scope="module")
def urls(sample_dir: Path) -> Iterator[dict[str, str]]:
    """The addresses of a portal over the sample."""
    with SamplePortal(sample_dir) as portal:
        yield portal.urls


@pytest.mark.parametrize("key", DATASETS)
def test_every_dataset_fits_its_column_map_and_has_rows_in_spring_2024(
    sample_dir: Path, rows: Rows, urls: dict[str, str], key: str
) -> None:
    dataset = DATASETS[key]
    source = dataset.source(2024)
    if isinstance(source, SeshatSource):
        file = sample_dir / dataset.city / source.path.format(year=2024)
        header = file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        sql = f"FROM read_csv('{file}', all_varchar = true, normalize_names = true)"
        months = dict(rows.execute(f"SELECT left({source.date_column}, 7), count(*) {sql} GROUP BY ALL").fetchall())
    else:
        client = Client(urls[dataset.city])
        header = client.get(f"resource/{source.id}.csv", limit=1).text.splitlines()[0].split(",")
        found = client.values(
            source.id, select=f"date_trunc_ym({source.date_column}) as month,count(*) as rows", group="month"
        )
        months = {row.get("month", "")[:7]: int(row["rows"]) for row in found}
        assert "synthetic" in client.get(f"api/views/{source.id}.json").json()["name"]
    assert dataset.column_map.missing_columns(header) == []
    assert dataset.column_map.unknown_columns(header) == []
    assert all(months[month] > 40 for month in ("2024-03", "2024-04", "2024-05"))


@pytest.mark.parametrize("lookup", LOOKUPS.values(), ids=LOOKUPS)
def test_every_look_up_file_is_there(urls: dict[str, str], lookup: Lookup) -> None:
    for file in lookup.files:
        text = Client(urls["san_diego"]).get(file.path).content.decode("utf-8-sig")
        assert text.splitlines()[0].startswith(f"{lookup.code_source},{lookup.name_source}")
        assert len(text.splitlines()) > 2


@pytest.mark.parametrize("boundary", BOUNDARIES.values(), ids=BOUNDARIES)
def test_boundaries_are_served_where_the_registry_says(
    urls: dict[str, str], tmp_path: Path, boundary: Boundary
) -> None:
    answer = Client(urls[boundary.city]).get(boundary.path)
    assert answer.headers["Content-Type"] == "application/geo+json"
    (tmp_path / "served").write_bytes(answer.content)
    assert len(read_shapes(tmp_path / "served", boundary)) > 9


def test_look_ups_have_double_codes_and_a_byte_order_mark(sample_dir: Path) -> None:
    content = (sample_dir / "san_diego/police_calls_for_service/pd_cfs_calltypes_datasd.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfcall_type,description,,,\n")
    assert content.count(b"\n415,") == 2
    assert content.count(b"\nFP,") == 2


def test_times_of_los_angeles_are_padded_and_heaped(rows: Rows) -> None:
    times = dict(rows.execute("SELECT time_occ, count(*) FROM los_angeles GROUP BY ALL").fetchall())
    assert {len(str(time)) for time in times} == {4}
    assert "0000" not in times
    assert {time for time, _ in sorted(times.items(), key=lambda item: item[1])[-2:]} == {"0001", "1200"}


def test_legacy_reports_taper_as_nibrs_ramps(rows: Rows) -> None:
    def months(name: str) -> list[int]:
        where = "year(date_occ::TIMESTAMP) = 2024"
        sql = f"SELECT month(date_occ::TIMESTAMP), count(*) FROM {name} WHERE {where} GROUP BY 1 ORDER BY 1"
        return [int(str(count)) for _, count in rows.execute(sql).fetchall()]

    legacy, nibrs = months("los_angeles"), months("nibrs")
    assert legacy[2:] == sorted(legacy[2:], reverse=True)
    assert legacy[11] < legacy[0] / 3
    assert nibrs[0] < nibrs[1] < nibrs[2]
    [(first,)] = rows.execute("SELECT min(date_occ[:10]) FROM nibrs WHERE date_occ >= '2024'").fetchall()
    assert first == "2024-03-07"


def test_nights_and_weekends_differ_from_days(rows: Rows) -> None:
    hours = "SELECT hour(date_time::TIMESTAMP) AS hour, isodow(date_time::TIMESTAMP) AS day FROM calls"
    four, sixteen = (number(rows, f"SELECT count(*) FROM ({hours}) WHERE hour = {h}") for h in (4, 16))
    assert sixteen > 2 * four
    weekend = number(rows, f"SELECT avg((hour = 1)::INT) FROM ({hours}) WHERE day >= 6")
    assert weekend > 1.3 * number(rows, f"SELECT avg((hour = 1)::INT) FROM ({hours}) WHERE day < 6")


@pytest.mark.parametrize(
    ("quirk", "name", "condition"),
    [
        ("unpadded times", "austin", "length(occ_time) < 3"),
        ("2400", "austin", "occ_time = '2400' AND occ_date_time IS NULL"),
        ("invalid times", "austin", "occ_time IN ('60', '80', '170', '1970') AND occ_date_time IS NULL"),
        ("no time at all", "austin", "occ_time IS NULL AND occ_date_time IS NULL"),
        ("points at 0, 0", "austin", "x_coordinate = '0' AND latitude IS NULL"),
        ("points near 0, 0", "austin", "latitude = '0.00011857' AND address = 'UNKNOWN'"),
        ("double spaces", "austin", "crime_type = 'DWI  .15 BAC OR ABOVE'"),
        ("undated", "austin", "occ_date IS NULL"),
        ("undated", "nibrs", "date_occ IS NULL"),
        ("dated before all times", "los_angeles", "date_occ LIKE '1800-01-06%'"),
        ("dated in the future", "austin", "occ_date > '2090'"),
        ("cleared without a date or status", "austin", "(clearance_status IS NULL) <> (clearance_date IS NULL)"),
        ("zero padding", "los_angeles", "area = '03' AND rpt_dist_no LIKE '03%'"),
        ("points at 0, 0", "los_angeles", "lat = '0' AND lon = '0'"),
        ("unknown ages", "los_angeles", "vict_age IN ('0', '-1')"),
        ("padded addresses", "los_angeles", "location LIKE '%          %'"),
        ("another first code", "los_angeles", "crm_cd <> crm_cd_1"),
        ("late reports", "los_angeles", "date_rptd::DATE - date_occ::DATE > 100"),
        ("garbage dates", "nibrs", "date_occ < '2020'"),
        ("several offenses in a case", "nibrs", "totaloffensecount = '2'"),
        ("letters in a premise code", "nibrs", "premis_cd = 'RA'"),
        ("no beat", "calls", "beat = '-1'"),
        ("no call type", "calls", "call_type IS NULL"),
        ("a call type that no list has", "calls", "call_type = '1016P'"),
        ("no disposition", "calls", "disposition IS NULL"),
        ("no house number", "calls", "address_number_primary = '0'"),
        ("administrative offenses", "san_diego_nibrs", "ibr_offense = '90Z'"),
        ("no point", "san_diego_nibrs", "latitude IS NULL AND geocode_status = 'U'"),
    ],
)
def test_quirk_occurs(rows: Rows, quirk: str, name: str, condition: str) -> None:
    assert number(rows, f"SELECT count(*) FROM {name} WHERE {condition}") > 0


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("austin", "incident_report_number"),
        ("los_angeles", "dr_no"),
        ("nibrs", "uniquenibrno"),
        ("calls", "incident_num"),
        ("san_diego_nibrs", "nibrs_uniq"),
    ],
)
def test_keys_are_unique_but_for_the_rows_that_are_meant_not_to_be(rows: Rows, name: str, key: str) -> None:
    [found] = rows.execute(f"SELECT count(*), count({key}), count(DISTINCT {key}) FROM {name}").fetchall()
    all_rows, keyed, distinct = found
    months = 10 if name == "nibrs" else 24
    assert all_rows - keyed == months, "one row without an id in each month"
    assert keyed - distinct == months * {"austin": 1, "los_angeles": 3, "nibrs": 1}.get(name, 0)


@pytest.mark.parametrize(
    ("name", "key", "status", "months"),
    [
        ("austin", "incident_report_number", "clearance_status", 24),
        ("los_angeles", "dr_no", "status", 24),
        ("nibrs", "uniquenibrno", "status", 10),
    ],
)
def test_one_row_of_each_month_has_a_newer_version(rows: Rows, name: str, key: str, status: str, months: int) -> None:
    versions = f"count(DISTINCT coalesce({status}, '')) = 2 AND count(DISTINCT \":updated_at\") = 2"
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {name} WHERE {key} IS NOT NULL GROUP BY {key} HAVING {versions})"
    assert number(rows, sql) == months


def test_two_rows_of_each_month_of_los_angeles_come_twice(rows: Rows) -> None:
    columns = ", ".join(f'"{name}"' for name in rows.table("los_angeles").columns if name != ":id")
    sql = f"SELECT count(*) FROM (SELECT {columns} FROM los_angeles GROUP BY ALL HAVING count(*) = 2)"
    assert number(rows, sql) == 48


def test_header_of_san_diego_changes_case_and_quotes(sample_dir: Path) -> None:
    heads = [(sample_dir / f"{CALLS}_{year}_datasd.csv").read_text().splitlines()[0] for year in (2023, 2024)]
    assert heads[0].startswith('"incident_num","date_time",')
    assert heads[1].startswith("INCIDENT_NUM,DATE_TIME,")
    assert (sample_dir / f"{SD_NIBRS}_2024_datasd.csv").read_bytes().startswith(b"\xef\xbb\xbfobjectid,")


def test_quarter_of_a_month_is_approved_after_its_end(rows: Rows) -> None:
    late = number(rows, "SELECT avg((left(approved_on, 7) > left(occured_on, 7))::INT) FROM san_diego_nibrs")
    assert 0.15 < late < 0.35


def test_socrata_rows_carry_ids_and_versions_of_their_own(rows: Rows) -> None:
    for name in ("austin", "los_angeles", "nibrs"):
        sql = f'SELECT count(*) - count(DISTINCT ":id"), max(":updated_at") FROM {name}'
        [(repeated, newest)] = rows.execute(sql).fetchall()
        assert repeated == 0
        assert str(newest).startswith("2025-01-20T")
