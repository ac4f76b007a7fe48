"""The lake in a bucket: what it keeps, what another writer meets, and what becomes of it when the service fails."""

from __future__ import annotations

import hashlib
import threading
import uuid
from pathlib import Path

import pytest

from crime_trends.errors import CloudBusyError, CloudError, CrimeTrendsError, LakeConflictError
from crime_trends.gcp import storage_client
from crime_trends.lake.base import MANIFEST
from crime_trends.lake.gcs import CHUNK_BYTES, GCSLake
from crime_trends.lake.manifests import LakeFile, RawManifest
from crime_trends.lake.orphans import retire, sweep_orphans
from crime_trends.lake.refusals import accept, refusals, refuse
from crime_trends_tests.cloud.storage import PROJECT, Fault, Storage, StorageFront

pytestmark = pytest.mark.xdist_group("cloud")

KEY, YEAR = "austin_crime_reports", "2023"
FOLDER = f"raw/{KEY}/{YEAR}"
TRIES_SECONDS = 4.0


@pytest.fixture
def lake(storage: Storage, front: StorageFront, tmp_path: Path) -> GCSLake:
    bucket = storage.bucket(f"lake-{uuid.uuid4().hex}")
    client = storage_client(PROJECT, front.url)
    return GCSLake(client, bucket.name, tmp_path / "a folder", deadline_seconds=TRIES_SECONDS)


def put(lake: GCSLake, content: bytes) -> LakeFile:
    with lake.landing(FOLDER, ".csv") as file:
        file.write_bytes(content)
        return lake.put(file, FOLDER, rows=3)


def manifest(*files: LakeFile, source: str = "x") -> RawManifest:
    return RawManifest(KEY, YEAR, source, True, "2024-01-01T00:00:00+00:00", {}, list(files))


def scratch_is_empty(lake: GCSLake) -> bool:
    return not any(lake.temporary_dir.rglob("*"))


def test_a_large_file_goes_up_in_parts_and_comes_back_the_same(lake: GCSLake, front: StorageFront) -> None:
    content = b"id,offense\n" + b"1,THEFT\n" * (CHUNK_BYTES // 4)
    file = put(lake, content)
    parts = [request for request in front.requests if request.startswith("PUT")]
    assert len(parts) == len(content) // CHUNK_BYTES + 1 > 2
    assert (file.bytes, file.sha256, file.rows) == (len(content), hashlib.sha256(content).hexdigest(), 3)
    with lake.on_this_disk([file.path]) as root:
        assert (root / file.path).read_bytes() == content
    assert scratch_is_empty(lake)
    assert lake.uri(file.path) == f"gs://{lake.bucket.name}/{FOLDER}/{file.path.rpartition('/')[2]}"


def test_a_part_that_meets_503_is_sent_again(lake: GCSLake, front: StorageFront) -> None:
    front.faults = [Fault("PUT", "upload_id", 503)]
    content = b"1,THEFT\n" * (CHUNK_BYTES // 4)
    with lake.on_this_disk([put(lake, content).path]) as root:
        assert [file.read_bytes() for file in root.rglob("*.csv")] == [content]
    assert not front.faults[0].times


def test_a_service_that_stays_away_is_one_clear_error_and_leaves_the_old_year(
    lake: GCSLake, front: StorageFront
) -> None:
    old = manifest(put(lake, b"old"))
    lake.publish_raw(old, None)
    front.faults = [Fault("POST", "/upload/", 503, times=1000)]
    with pytest.raises(CloudBusyError, match=rf"writing gs://{lake.bucket.name}/{FOLDER}/\w+.csv failed: status 503"):
        put(lake, b"new")
    with pytest.raises(CloudBusyError, match=f"{MANIFEST} failed: status 503; try again later$"):
        lake.publish_raw(manifest(source="new"), old)
    assert scratch_is_empty(lake)
    front.faults = []
    assert lake.raw_manifest(KEY, YEAR) == old
    lake.publish_raw(manifest(source="new"), old)


def test_what_the_service_refuses_is_not_tried_again_and_names_no_upload(lake: GCSLake, front: StorageFront) -> None:
    front.faults = [Fault("PUT", "upload_id", 403, times=1000)]
    with pytest.raises(CloudError, match="status 403, planted") as failure:
        put(lake, b"1" * (CHUNK_BYTES * 2))
    assert not failure.value.passes
    assert "upload_id" not in str(failure.value)
    assert sum(request.startswith("PUT") for request in front.requests) == 1


def test_other_bytes_than_were_sent_are_not_kept(lake: GCSLake, front: StorageFront) -> None:
    front.corrupt = (b"THEFT", b"THEFY")
    with pytest.raises(CrimeTrendsError, match="failed"):
        put(lake, b"1,THEFT\n" * CHUNK_BYTES)
    assert lake.files("raw") == []


def test_of_two_writers_the_second_gets_a_clear_error(lake: GCSLake) -> None:
    lake.publish_raw(manifest(source="first"), None)
    with pytest.raises(LakeConflictError, match=f"{FOLDER} was published by another process meanwhile; nothing was"):
        lake.publish_raw(manifest(source="second"), None)
    stored = lake.raw_manifest(KEY, YEAR)
    assert stored and stored.source == "first"


def test_a_manifest_that_changes_between_look_and_write_meets_412(lake: GCSLake, front: StorageFront) -> None:
    old = manifest(source="old")
    lake.publish_raw(old, None)
    other = GCSLake(storage_client(PROJECT, front.target), lake.bucket.name, lake.temporary_dir)
    front.before = ("POST", "/upload/", lambda: other.publish_raw(manifest(source="other"), old))
    with pytest.raises(LakeConflictError):
        lake.publish_raw(manifest(source="mine"), old)
    stored = lake.raw_manifest(KEY, YEAR)
    assert stored and stored.source == "other"


def test_what_is_refused_with_412_and_is_not_there_is_a_conflict_too(lake: GCSLake, front: StorageFront) -> None:
    front.faults = [Fault("POST", MANIFEST, 412), Fault("POST", ".csv", 412)]
    with pytest.raises(LakeConflictError):
        lake.publish_raw(manifest(), None)
    with pytest.raises(CloudBusyError, match=r"\.csv failed: the name is taken by something else; try again$"):
        put(lake, b"x")
    assert lake.files("raw") == []


def test_of_many_writers_at_once_one_wins(lake: GCSLake, front: StorageFront) -> None:
    won, lost = [], []

    def write(number: int) -> None:
        own = GCSLake(storage_client(PROJECT, front.target), lake.bucket.name, lake.temporary_dir)
        try:
            own.publish_raw(manifest(source=str(number)), None)
            won.append(str(number))
        except LakeConflictError:
            lost.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = lake.raw_manifest(KEY, YEAR)
    assert stored and [stored.source] == won
    assert len(lost) == 5


@pytest.mark.parametrize("status", [503, 502])
def test_a_write_whose_answer_got_lost_is_no_conflict_with_itself(
    status: int, lake: GCSLake, front: StorageFront
) -> None:
    front.faults = [Fault("POST", "/upload/", status, done=True)]
    lake.publish_raw(manifest(source="mine"), None)
    stored = lake.raw_manifest(KEY, YEAR)
    assert stored and stored.source == "mine"


def test_partitions_are_what_has_a_manifest(lake: GCSLake) -> None:
    put(lake, b"no manifest")
    assert (lake.raw_partitions(KEY), lake.raw_manifest(KEY, YEAR), lake.any_raw_manifest()) == ([], None, None)
    lake.publish_raw(manifest(), None)
    lookup = RawManifest("austin_crime", "", "x", True, "", {}, [])
    lake.publish_raw(lookup, None)
    assert lake.raw_partitions(KEY) == [YEAR]
    assert lake.raw_partitions("austin_crime") == []
    assert lake.raw_manifest("austin_crime", "") == lookup
    assert lake.any_raw_manifest() is not None


def test_a_damaged_manifest_is_named(lake: GCSLake) -> None:
    lake.write_text(f"{FOLDER}/{MANIFEST}", "{")
    with pytest.raises(CrimeTrendsError, match=rf"gs://{lake.bucket.name}/{FOLDER}/{MANIFEST} is damaged"):
        lake.raw_manifest(KEY, YEAR)


def test_superseded_files_stay_for_their_grace_and_orphans_are_swept(lake: GCSLake) -> None:
    old, new, orphan = (put(lake, content) for content in (b"old", b"new", b"orphan"))
    lake.publish_raw(manifest(old), None)
    before = {file.path: file.since for file in lake.files("raw")}
    retire(lake, [old, LakeFile("raw/gone", 1, "", 1)])
    lake.publish_raw(manifest(new), manifest(old))
    after = {file.path: file.since for file in lake.files("raw")}
    assert after[old.path] > before[old.path] and after[new.path] == before[new.path]
    assert sweep_orphans(lake, KEY) == []
    assert sorted(sweep_orphans(lake, KEY, grace_seconds=-60)) == sorted([old.path, orphan.path])
    assert [file.path for file in lake.files("raw")] == sorted([new.path, f"{FOLDER}/{MANIFEST}"])


def test_what_a_job_of_this_disk_wrote_is_in_the_lake_only_if_it_ended_well(lake: GCSLake) -> None:
    attempt = lake.new_attempt(KEY)

    def write(text: str) -> None:
        with lake.on_this_disk([], output=attempt) as root:
            file = root / attempt / "clean" / "part.parquet"
            file.parent.mkdir(parents=True)
            file.write_text(text)
            file.with_name(".part.parquet.crc").touch()
            if text == "bad":
                raise CrimeTrendsError("the job failed")

    with pytest.raises(CrimeTrendsError, match="the job failed"):
        write("bad")
    assert lake.files(attempt) == []
    write("good")
    assert [file.path for file in lake.files(attempt)] == [f"{attempt}/clean/part.parquet"]
    assert lake.abandoned_attempts(KEY) == [], "it is new"
    lake.remove_folder(attempt)
    assert lake.files(attempt) == []


def test_notes_of_refused_months(lake: GCSLake) -> None:
    refuse(lake, KEY, "2023-02", "a row was lost")
    refuse(lake, KEY, "2023-01", "two rows were lost")
    accept(lake, KEY, "2023-02")
    assert refusals(lake, KEY) == {"2023-01": "two rows were lost"}
