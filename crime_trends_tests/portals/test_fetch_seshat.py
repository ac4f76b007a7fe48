"""Raw years and look-ups from a file server: what changed, what is missing, what is refused, what is left on disk."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS, LOOKUPS
from crime_trends.errors import CrimeTrendsError, LakeConflictError, PortalError, UsageError
from crime_trends.lake.manifests import CleanManifest
from crime_trends.lake.orphans import sweep_orphans
from crime_trends.portals.http import PortalSession
from crime_trends.portals.kind import check_kind
from crime_trends.portals.lookups import lookup_rows
from crime_trends.sample.faults import Fault
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.portals.conftest import AUSTIN, CALLS, CALLS_2023, CALLS_HEADER, CALLS_ROWS, Ingest, write_csv

CALL_TYPES = LOOKUPS["san_diego_call_types"]


@pytest.fixture
def publish(portal_dir: Path) -> Callable[[list[list[str]]], None]:
    """Publishes other rows as the year's file."""
    return lambda rows: write_csv(portal_dir / "san_diego" / CALLS_2023, CALLS_HEADER, rows)


def methods(portal: SamplePortal) -> list[str]:
    return [request.method for request in portal.requests]


def test_a_year_is_the_file_as_served(ingest: Ingest, portal_dir: Path) -> None:
    result = ingest.new().fetch_year(CALLS, 2023)
    manifest = result.manifest
    assert ingest.lake.path(manifest.files[0].path).read_bytes() == (portal_dir / "san_diego" / CALLS_2023).read_bytes()
    assert (result.status, result.changed_months) == ("fetched", ["2023-01", "2023-02"])
    assert {month: (entry.rows, entry.portal_rows) for month, entry in manifest.months.items()} == {
        "2023-01": (2, None),
        "2023-02": (1, None),
    }
    assert (manifest.rows, manifest.undated_rows, manifest.source) == (4, 1, CALLS_2023)
    assert set(manifest.portal_version) == {"etag", "last_modified", "length"}


def test_a_file_without_change_is_not_downloaded(ingest: Ingest, portal: SamplePortal) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    before = ingest.lake_state()
    portal.requests.clear()
    assert ingest.new().fetch_year(CALLS, 2023).status == "unchanged"
    assert methods(portal) == ["HEAD"]
    assert ingest.lake_state() == before


def test_a_late_row_replaces_its_month_only(ingest: Ingest, publish: Callable[..., None]) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    publish([*CALLS_ROWS, ["E23010000003", "2023-01-20 12:00:00", "6", "FD", "CAN", "523", "2"]])
    reason = ingest.new().plan_year(CALLS, 2023).reason
    assert {"ETag", "Content-Length"} <= set(reason.removesuffix(" at the portal").split(", "))
    result = ingest.new().fetch_year(CALLS, 2023)
    assert (result.changed_months, result.manifest.rows) == (["2023-01"], 5)


def test_rows_in_another_order_replace_the_manifest_and_no_month(ingest: Ingest, publish: Callable[..., None]) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    publish(CALLS_ROWS[::-1])
    result = ingest.new().fetch_year(CALLS, 2023)
    assert (result.status, result.changed_months) == ("fetched", [])


def test_a_change_of_undated_rows_is_one_of_the_first_month(ingest: Ingest, publish: Callable[..., None]) -> None:
    publish(CALLS_ROWS[2:])
    assert ingest.new().fetch_year(CALLS, 2023).changed_months == ["2023-01", "2023-02"], "though January has no rows"
    publish(CALLS_ROWS[2:3])
    assert ingest.new().fetch_year(CALLS, 2023).changed_months == ["2023-01"]


def test_plan_states_the_size(ingest: Ingest, portal_dir: Path) -> None:
    plan = ingest.new().plan_year(CALLS, 2023)
    assert (plan.fetch, plan.reason, plan.rows) == (True, "never fetched", None)
    assert plan.bytes == (portal_dir / "san_diego" / CALLS_2023).stat().st_size


@pytest.mark.parametrize("replacements", [1, 2, 3])
def test_a_file_replaced_during_the_download_is_downloaded_again_at_most_three_times(
    ingest: Ingest, publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch, replacements: int
) -> None:
    download = PortalSession.download
    downloads = []

    def replaced_meanwhile(session: PortalSession, path: str, file: Path) -> None:
        download(session, path, file)
        downloads.append(path)
        if len(downloads) <= replacements:
            publish(CALLS_ROWS[: len(downloads)])

    monkeypatch.setattr(PortalSession, "download", replaced_meanwhile)
    if replacements == 3:
        with pytest.raises(PortalError, match=r"expected the same ETag.* \(attempts: 3\)"):
            ingest.new().fetch_year(CALLS, 2023)
        assert ingest.lake_state() == {}
    else:
        assert ingest.new().fetch_year(CALLS, 2023).manifest.rows == replacements
    assert len(downloads) == min(replacements + 1, 3)


@pytest.mark.parametrize(("today", "is_new"), [(date(2026, 1, 31), True), (date(2026, 2, 1), False)])
def test_a_new_year_may_be_missing_for_31_days(ingest: Ingest, today: date, is_new: bool) -> None:
    ingest.today = today
    if not is_new:
        with pytest.raises(PortalError, match=r"2026: the portal does not have http://.*2026_datasd\.csv"):
            ingest.new().fetch_year(CALLS, 2026)
        assert ingest.lake_state() == {}
        return
    result = ingest.new().fetch_year(CALLS, 2026)
    assert (result.status, result.manifest.files) == ("empty", [])
    assert result.manifest.note == "the portal has no rows of 2026 yet"
    assert ingest.new().fetch_year(CALLS, 2026).status == "unchanged"
    ingest.today = date(2026, 2, 1)
    with pytest.raises(PortalError, match="2026: the portal does not have"):
        ingest.new().fetch_year(CALLS, 2026)


def test_a_new_year_appears(ingest: Ingest, portal_dir: Path) -> None:
    ingest.today = date(2026, 1, 3)
    ingest.new().fetch_year(CALLS, 2026)
    file = portal_dir / "san_diego" / CALLS_2023.replace("2023", "2026")
    write_csv(file, CALLS_HEADER, [["E26010000001", "2026-01-01 00:00:00", "5", "FD", "K", "523", "2"]])
    result = ingest.new().fetch_year(CALLS, 2026)
    assert (result.status, result.changed_months, result.manifest.note) == ("fetched", ["2026-01"], "")


def test_an_older_year_that_is_missing_is_an_error(ingest: Ingest) -> None:
    for ask in (ingest.new().fetch_year, ingest.new().plan_year):
        with pytest.raises(PortalError, match=r"2015: the portal does not have .*\(status 403 or 404\)"):
            ask(CALLS, 2015)


@pytest.mark.parametrize("without", ["file", "rows"])
def test_a_year_that_is_gone_is_withdrawn(
    ingest: Ingest, portal_dir: Path, publish: Callable[..., None], without: str
) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    before = ingest.lake_state()
    if without == "file":
        (portal_dir / "san_diego" / CALLS_2023).unlink()
    else:
        publish([])
    with pytest.raises(PortalError, match=r"2023: withdrawn: .*4 rows were fetched at 20"):
        ingest.new().fetch_year(CALLS, 2023)
    assert ingest.lake_state() == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"INCIDENT_NUM,DATE_TIME,CALL_TYPE,BEAT\nE1,2023-01-01,FD,1\n", "expected the columns disposition, which are"),
        (b"<!DOCTYPE html><title>Down</title>\n", "expected the columns incident_num, date_time"),
        (b"", "expected the columns incident_num, date_time"),
        (b"INCIDENT_NUM,DATE_TIME,CALL_TYPE,DISPOSITION,BEAT\nE1,2023-01-01,\xe9,K,1\n", "can't be read as such (Inv"),
    ],
    ids=["missing column", "HTML as CSV", "empty file", "not UTF-8"],
)
def test_a_file_that_does_not_fit_leaves_the_last_good_data(
    ingest: Ingest, portal_dir: Path, content: bytes, problem: str
) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    before = ingest.lake_state()
    (portal_dir / "san_diego" / CALLS_2023).write_bytes(content)
    with pytest.raises(PortalError) as failed:
        ingest.new().fetch_year(CALLS, 2023)
    assert problem in str(failed.value)
    assert CALLS_2023 in str(failed.value)
    assert ingest.lake_state() == before


@pytest.mark.parametrize("form", ["2023-{:02}-05T00:00:00-08:00", "2022-{:02}-05 00:00:00"], ids=["a new form", "2022"])
def test_a_file_whose_rows_belong_to_no_month_of_the_year_leaves_the_last_good_data(
    ingest: Ingest, publish: Callable[..., None], form: str
) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    before = ingest.lake_state()
    publish([[f"E{number}", form.format(1 + number % 3), "1", "FD", "CAN", "523", "2"] for number in range(21)])
    with pytest.raises(PortalError, match="21 of 21 rows belong to no month of 2023 by their DATE_TIME"):
        ingest.new().fetch_year(CALLS, 2023)
    assert ingest.lake_state() == before


def test_a_full_disk_is_one_line_and_leaves_the_last_good_data(
    ingest: Ingest, publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest.new().fetch_year(CALLS, 2023)
    before = ingest.lake_state()
    publish(CALLS_ROWS[:1])

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CrimeTrendsError, match="lake can't be read or written: No space left on device") as failed:
        ingest.new().fetch_year(CALLS, 2023)
    assert not isinstance(failed.value, PortalError)
    assert ingest.lake_state() == before


def test_a_lake_that_can_not_be_made_is_one_line(ingest: Ingest) -> None:
    ingest.settings.home.write_text("a file where the home should be")
    with pytest.raises(CrimeTrendsError, match="lake can't be read or written: Not a directory"):
        ingest.new().fetch_year(CALLS, 2023)


def test_a_year_published_meanwhile_is_not_overwritten(
    ingest: Ingest, publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = ingest.new()
    old = ingest.new().fetch_year(CALLS, 2023).manifest
    publish(CALLS_ROWS[:2])
    newer = ingest.new().fetch_year(CALLS, 2023).manifest
    monkeypatch.setattr(slow.lake, "raw_manifest", lambda *_: (monkeypatch.undo(), old)[1])
    with pytest.raises(LakeConflictError):
        slow.fetch_year(CALLS, 2023)
    assert ingest.lake.raw_manifest(CALLS.key, "2023") == newer
    assert len(list(ingest.settings.lake_dir.rglob("*.csv"))) == 2  # the old file's grace still runs


def test_a_superseded_file_stays_for_a_day(ingest: Ingest, publish: Callable[..., None]) -> None:
    old = ingest.lake.path(ingest.new().fetch_year(CALLS, 2023).manifest.files[0].path)
    week_ago = time.time() - 7 * 86400
    os.utime(old, (week_ago, week_ago))
    publish(CALLS_ROWS[:2])
    new = ingest.lake.path(ingest.new().fetch_year(CALLS, 2023).manifest.files[0].path)
    assert old.exists()  # its grace began when it was superseded
    os.utime(old, (week_ago, week_ago))
    os.utime(new, (week_ago, week_ago))
    assert sweep_orphans(ingest.lake, CALLS.key) == [str(old.relative_to(ingest.lake.root))]
    assert new.exists()


def test_orphans_of_clean_months_are_swept_and_named_files_stay(ingest: Ingest) -> None:
    lake = ingest.lake
    files = []
    for folder in (lake.clean_folder(CALLS.key, "2023-01"), lake.rejects_folder(CALLS.key, "2023-01")):
        for _ in range(2):
            with lake.landing(folder, ".parquet") as file:
                file.write_bytes(b"x")
                files.append(lake.put(file, folder, rows=1))
            os.utime(lake.path(files[-1].path), (0, 0))
    manifest = CleanManifest(
        CALLS.key, "2023-01", "", "", "", 2, 1, 1, 0, {}, {}, [files[0]], [files[2]], None, "2026-01-01T00:00:00+00:00"
    )
    lake.publish_clean(manifest, replaces=None)
    assert sorted(sweep_orphans(lake, CALLS.key)) == sorted([files[1].path, files[3].path])
    assert lake.path(files[0].path).exists()
    assert lake.path(files[2].path).exists()


def test_lookup_rows_of_the_published_file_and_a_note_on_the_missing_one(ingest: Ingest) -> None:
    result = ingest.new().fetch_lookup(CALL_TYPES)
    assert result.status == "fetched"
    assert result.manifest.note == f"the portal does not have {CALL_TYPES.files[1].path}"
    assert result.manifest.rows == 3
    assert lookup_rows(ingest.lake, CALL_TYPES) == [
        ("415", "DISTURBING PEACE", False, 1),
        ("FD", "FLAG DOWN", False, 2),
        ("415", "DISTURBANCE", False, 3),
    ]


def test_lookup_takes_the_historical_file_once_it_is_there(
    ingest: Ingest, portal: SamplePortal, portal_dir: Path
) -> None:
    ingest.new().fetch_lookup(CALL_TYPES)
    before = ingest.lake_state()
    portal.requests.clear()
    assert ingest.new().fetch_lookup(CALL_TYPES).status == "unchanged"
    assert methods(portal) == ["HEAD", "HEAD"]
    assert ingest.lake_state() == before

    write_csv(portal_dir / "san_diego" / CALL_TYPES.files[1].path, ["CALL_TYPE", "DESCRIPTION"], [["999", "OLD CODE"]])
    result = ingest.new().fetch_lookup(CALL_TYPES)
    assert (result.status, result.manifest.note) == ("fetched", "")
    assert lookup_rows(ingest.lake, CALL_TYPES)[-1] == ("999", "OLD CODE", True, 4)


def test_lookup_fetched_never_has_no_rows(ingest: Ingest) -> None:
    assert lookup_rows(ingest.lake, CALL_TYPES) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "withdrawn: the portal does not have"),
        (b"call_type,text\n1,x\n", "expected the column description, got call_type, text"),
        (b"call_type,description\n", "expected codes, got none"),
        (b"", "it is empty"),
        (b"call_type,description\n1,\xe9\n", "it is not UTF-8"),
    ],
)
def test_lookup_that_does_not_fit_leaves_the_last_good_one(
    ingest: Ingest, portal_dir: Path, content: bytes | None, problem: str
) -> None:
    ingest.new().fetch_lookup(CALL_TYPES)
    before = ingest.lake_state()
    file = portal_dir / "san_diego" / CALL_TYPES.files[0].path
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(PortalError) as failed:
        ingest.new().fetch_lookup(CALL_TYPES)
    assert problem in str(failed.value)
    assert CALL_TYPES.files[0].path in str(failed.value)
    assert ingest.lake_state() == before


@pytest.mark.parametrize("home_is_synthetic", [True, False])
def test_a_portal_of_the_other_kind_is_refused_before_anything_is_fetched(
    ingest: Ingest, portal: SamplePortal, portal_dir: Path, home_is_synthetic: bool
) -> None:
    marker = portal_dir / "SYNTHETIC"
    if home_is_synthetic:
        marker.touch()
    assert ingest.new().fetch_year(CALLS, 2023).manifest.synthetic is home_is_synthetic
    before = ingest.lake_state()
    marker.unlink() if home_is_synthetic else marker.touch()
    portal.requests.clear()

    held, served = ("synthetic", "real") if home_is_synthetic else ("real", "synthetic")
    message = f"home holds {held} data, but the portal of .* serves {served} data.*CRIME_TRENDS_HOME"
    for refused in (
        lambda: check_kind(ingest.settings, ingest.lake, ["austin", "san_diego"]),
        lambda: ingest.new().fetch_year(AUSTIN, 2023),
        lambda: ingest.new().fetch_year(CALLS, 2023),
        lambda: ingest.new().plan_year(CALLS, 2023),
        lambda: ingest.new().fetch_lookup(CALL_TYPES),
    ):
        with pytest.raises(UsageError, match=message):
            refused()
    assert not any(".csv?" in request.target for request in portal.requests)
    assert ingest.lake_state() == before


def test_portals_of_both_kinds_are_refused_for_a_new_home(ingest: Ingest, portal: SamplePortal, tmp_path: Path) -> None:
    made_up = tmp_path / "made_up"
    write_csv(made_up / "austin/fdj4-gpfu.csv", ["incident_report_number"], [["1"]])
    (made_up / "SYNTHETIC").touch()
    check_kind(ingest.settings, ingest.lake, ["austin", "san_diego"])
    with SamplePortal(made_up) as synthetic:
        settings = ingest.settings.model_copy(update={"austin_url": synthetic.urls["austin"]})
        with pytest.raises(UsageError, match=r"Austin \(.*serves synthetic data; .*San Diego \(.*serves real data"):
            check_kind(settings, ingest.lake, ["austin", "san_diego"])


def test_a_portal_that_is_down_is_passed_over_by_the_check_of_kinds(ingest: Ingest, portal: SamplePortal) -> None:
    portal.faults.add(Fault("status", status=500, city="austin"))
    check_kind(ingest.settings, ingest.lake, ["austin", "san_diego"])
    assert len(portal.requests) == 2
    portal.stop()
    check_kind(ingest.settings, ingest.lake, ["austin"])


def test_every_city_has_a_small_document_to_ask_for(ingest: Ingest, portal: SamplePortal) -> None:
    check_kind(ingest.settings, ingest.lake, sorted({dataset.city for dataset in DATASETS.values()}))
    assert [request.target for request in portal.requests] == [
        "/austin/api/views/fdj4-gpfu.json",
        "/los_angeles/api/views/63jg-8b9z.json",
        "/san_diego/police_calls_for_service/pd_cfs_calltypes_datasd.csv",
    ]
