"""San Diego's files, as S3 serves them."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.sample.conftest import CALLS, CALLS_BYTES, Client


def test_file_is_served_as_it_is(san_diego: Client) -> None:
    answer = san_diego.get(CALLS)
    assert answer.content == CALLS_BYTES
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Length"] == str(len(CALLS_BYTES))


def test_head_tells_the_version_without_a_body(san_diego: Client) -> None:
    head = requests.head(f"{san_diego.base}/{CALLS}", timeout=10)
    answer = san_diego.get(CALLS)
    for name in ("ETag", "Last-Modified", "Content-Length"):
        assert head.headers[name] == answer.headers[name]
    assert head.content == b""


def test_changed_file_has_another_etag(folder: Path, san_diego: Client) -> None:
    before = san_diego.get(CALLS).headers["ETag"]
    (folder / "san_diego" / CALLS).write_bytes(CALLS_BYTES + b'"E23010000002","2023-01-01 00:00:30"\n')
    after = san_diego.get(CALLS)
    assert after.headers["ETag"] != before
    assert after.content.endswith(b':30"\n')


def test_known_etag_is_not_modified(san_diego: Client) -> None:
    etag = san_diego.get(CALLS).headers["ETag"]
    answer = requests.get(f"{san_diego.base}/{CALLS}", headers={"If-None-Match": etag}, timeout=10)
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("path", ["police_nibrs/pd_nibrs_2023_datasd.csv", "", "../austin/fdj4-gpfu.json", "%2e%2e/x"])
def test_what_does_not_exist_is_403(portal: SamplePortal, path: str) -> None:
    request = requests.Request("GET", portal.urls["san_diego"]).prepare()
    request.url = f"{portal.urls['san_diego']}/{path}"  # as it is: requests would tidy the dots away
    with requests.Session() as session:
        assert session.send(request, timeout=10).status_code == 403
