"""What a Spark job on Dataproc runs: the job's script, and an archive of the package it imports and of Dagster Pipes.

Both lie in the bucket under the hash of what they hold, so that each version is uploaded once and a job that runs keeps
the code that it was started with.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster_pipes
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage

from crime_trends.gcp import cloud_errors
from crime_trends.lake.cleaning import spark_folder

SCRIPT = "clean_crimes.py"
PACKAGES = (spark_folder() / "crime_cleaning", Path(dagster_pipes.__file__).parent)
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of all files in the archive: the oldest that the format can hold."""


@dataclass(frozen=True)
class UploadedCode:
    """Addresses of the script and of the archive that it imports from."""

    script: str
    archive: str


def upload_code(bucket: storage.Bucket) -> UploadedCode:
    """Brings the code into a bucket, if this version of it is not there yet."""
    files = {SCRIPT: (spark_folder() / SCRIPT).read_bytes()}
    for package in PACKAGES:
        for file in sorted(package.rglob("*.py")):
            files[file.relative_to(package.parent).as_posix()] = file.read_bytes()
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    folder = f"code/{digest.hexdigest()[:32]}"
    script = files.pop(SCRIPT)
    _upload_once(bucket, f"{folder}/{SCRIPT}", lambda: script)
    _upload_once(bucket, f"{folder}/packages.zip", lambda: _zipped(files))
    return UploadedCode(f"gs://{bucket.name}/{folder}/{SCRIPT}", f"gs://{bucket.name}/{folder}/packages.zip")


def _upload_once(bucket: storage.Bucket, path: str, content: Callable[[], bytes]) -> None:
    blob = bucket.blob(path)
    with cloud_errors(f"uploading gs://{bucket.name}/{path}"), suppress(PreconditionFailed):
        if not blob.exists():
            blob.upload_from_string(content(), checksum="crc32c", if_generation_match=0)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return archive.getvalue()
