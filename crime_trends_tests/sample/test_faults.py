"""Each fault as a client meets it, the ways to set them, and the log."""

from __future__ import annotations

import time

import pytest
import requests

from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.sample.conftest import CALLS, CALLS_BYTES, Client

ID = "2nrs-mtv8"
CSV = f"resource/{ID}.csv"


def test_status_with_retry_after_for_a_number_of_requests(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("status", path="/resource/", status=429, retry_after="1", times=2))
    assert [los_angeles.get(CSV).status_code for _ in range(3)] == [429, 429, 200]
    portal.faults.add(Fault("status", path="/resource/", status=429, retry_after="1"))
    assert los_angeles.get(CSV).headers["Retry-After"] == "1"
    assert los_angeles.get(f"api/views/{ID}.json").status_code == 200


def test_fault_of_one_city_spares_the_others(portal: SamplePortal, los_angeles: Client, san_diego: Client) -> None:
    portal.faults.add(Fault("status", city="los_angeles", status=500))
    assert los_angeles.get(CSV).status_code == 500
    assert san_diego.get(CALLS).status_code == 200


def test_html_page_with_status_200(portal: SamplePortal, san_diego: Client) -> None:
    portal.faults.add(Fault("html"))
    answer = san_diego.get(CALLS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_body_of_a_file_is_cut_short(portal: SamplePortal, san_diego: Client) -> None:
    portal.faults.add(Fault("cut", bytes=10))
    with requests.get(f"{san_diego.base}/{CALLS}", stream=True, timeout=10) as answer:
        assert answer.headers["Content-Length"] == str(len(CALLS_BYTES))
        assert answer.raw.read(10) == CALLS_BYTES[:10]
        with pytest.raises(Exception, match="IncompleteRead"):
            answer.raw.read(1)


def test_chunked_body_is_cut_short(portal: SamplePortal, los_angeles: Client) -> None:
    assert los_angeles.get(CSV).headers["Transfer-Encoding"] == "chunked"
    portal.faults.add(Fault("cut", bytes=10))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        los_angeles.get(CSV)


def test_connection_reset(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("reset", times=1))
    with pytest.raises(requests.exceptions.ConnectionError, match="reset"):
        los_angeles.get(CSV)
    assert los_angeles.get(CSV).status_code == 200


def test_slow_answer(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("slow", seconds=0.5))
    started = time.monotonic()
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{los_angeles.base}/{CSV}", timeout=0.1)
    assert los_angeles.get(CSV).status_code == 200
    assert time.monotonic() - started >= 0.6


def test_counts_are_off(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("wrong_count", rows=-3))
    assert los_angeles.values(ID, select="count(*) as rows") == [{"rows": "6"}]


def test_column_is_dropped(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("drop_column", column="date_occ"))
    assert list(los_angeles.rows(ID, select="dr_no,date_occ,area")[0]) == ["dr_no", "area"]


def test_rows_are_dropped_from_an_answer_that_is_whole(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("drop_rows", rows=2))
    assert [row["dr_no"] for row in los_angeles.rows(ID)] == [f"{number:03d}" for number in range(1, 8)]


def test_rows_are_said_to_have_changed_in_mid_download(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("touch", path=r"\.csv", after=1))
    seen = []
    for _ in range(3):
        los_angeles.get(CSV)
        seen.append(los_angeles.get(f"api/views/{ID}.json").json()["rowsUpdatedAt"])
    assert [moment - seen[0] for moment in seen] == [0, 1, 1]


def test_file_is_said_to_have_changed(portal: SamplePortal, san_diego: Client) -> None:
    portal.faults.add(Fault("touch", after=1))
    versions = [(a.headers["ETag"], a.headers["Last-Modified"]) for a in (san_diego.get(CALLS) for _ in range(3))]
    assert versions[0] != versions[1] == versions[2]


def test_row_is_inserted_between_two_pages(portal: SamplePortal, los_angeles: Client) -> None:
    portal.faults.add(Fault("insert_row", path=r"\.csv", after=1))
    page = {"select": ":id,*", "where": "date_occ >= '2021-01-01T00:00:00.000'", "order": ":id", "limit": 1}
    first, second = los_angeles.rows(ID, **page), los_angeles.rows(ID, **page, offset=1)
    assert first[0][":id"] == second[0][":id"], "the row was pushed to the second page"
    assert los_angeles.values(ID, select="count(*) as rows", where=page["where"]) == [{"rows": "3"}]
    [new] = los_angeles.rows(ID, **page)
    assert (new["dr_no"], new["date_occ"]) == ("0069", "2021-01-01T00:00:00.000")


def test_faults_are_set_and_cleared_over_http(portal: SamplePortal, los_angeles: Client) -> None:
    control = f"{portal.url}/faults"
    requests.post(control, json={"kind": "insert_row", "path": "/resource/"}, timeout=10).raise_for_status()
    requests.post(control, json={"kind": "status", "status": 503, "after": 1}, timeout=10).raise_for_status()
    assert len(los_angeles.rows(ID)) == 10
    assert los_angeles.get(CSV).status_code == 503
    requests.delete(control, timeout=10).raise_for_status()
    assert len(los_angeles.rows(ID)) == 9


@pytest.mark.parametrize(
    ("fault", "named"),
    [({"kind": "flood"}, "flood"), ({"kind": "cut", "size": 1}, "size"), ({"kind": "cut", "path": "("}, "path")],
)
def test_unknown_fault_is_refused(portal: SamplePortal, fault: dict[str, object], named: str) -> None:
    answer = requests.post(f"{portal.url}/faults", json=fault, timeout=10)
    assert answer.status_code == 400
    assert named in answer.json()["message"]


def test_log_of_requests(portal: SamplePortal, los_angeles: Client) -> None:
    los_angeles.get(CSV, limit=1)
    los_angeles.get("resource/aaaa-bbbb.csv")
    expected = [
        {"method": "GET", "target": f"/los_angeles/{CSV}?%24limit=1", "status": 200},
        {"method": "GET", "target": "/los_angeles/resource/aaaa-bbbb.csv", "status": 404},
    ]
    assert requests.get(f"{portal.url}/requests", timeout=10).json() == expected
    assert portal.requests[0].headers["accept"] == "*/*"
