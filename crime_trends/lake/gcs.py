"""The lake in a bucket of Cloud Storage.

Objects are written whole or not at all, and every upload and download is checked against CRC32C. Data files have names
of their own and are written only if nothing has that name; a manifest is written only if it is still of the generation
that was read. What has to be read as a file (to be measured, hashed, counted) is downloaded to this disk first.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import google_crc32c
from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud import storage
from google.cloud.storage.retry import DEFAULT_RETRY

from crime_trends.errors import CloudBusyError
from crime_trends.gcp import cloud_errors
from crime_trends.lake.base import ATTEMPT_SECONDS, ATTEMPTS, Lake, StoredFile, sha256_of
from crime_trends.lake.local import is_left_over
from crime_trends.lake.manifests import LakeFile

DEADLINE_SECONDS = 300.0
"""How long one request is tried again while the service is busy or away."""

REQUEST_SECONDS = 60.0
CHUNK_BYTES = 8 * 1024 * 1024
"""Larger files go up in parts of this size, each of which can be tried again."""

THREADS = 8


class GCSLake(Lake):
    """A lake in a bucket.

    Arguments:
        client: of Cloud Storage.
        bucket: the bucket's name.
        temporary_dir: folder of this disk for files on their way.
        deadline_seconds: how long one request is tried again.
    """

    def __init__(
        self, client: storage.Client, bucket: str, temporary_dir: Path, *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self.bucket = client.bucket(bucket)
        self.temporary_dir = temporary_dir
        self._tries: dict[str, Any] = {
            "retry": DEFAULT_RETRY.with_timeout(deadline_seconds),
            "timeout": min(REQUEST_SECONDS, deadline_seconds),
        }

    @property
    def place(self) -> str:
        """The bucket's address."""
        return f"gs://{self.bucket.name}"

    def uri(self, path: str) -> str:
        """The object's address."""
        return f"gs://{self.bucket.name}/{path}"

    @contextmanager
    def landing(self, folder: str, suffix: str) -> Iterator[Path]:
        """As ``Lake.landing``."""
        with self._scratch() as scratch:
            yield scratch / f"landing{suffix}"

    def put(self, file: Path, folder: str, rows: int) -> LakeFile:
        """As ``Lake.put``: uploads the file and proves that it arrived whole."""
        path = f"{folder}/{uuid.uuid4().hex}{file.suffix}"
        self._upload_new(path, file)
        return LakeFile(path, file.stat().st_size, sha256_of(file), rows)

    @contextmanager
    def on_this_disk(self, paths: Iterable[str], output: str = "") -> Iterator[Path]:
        """As ``Lake.on_this_disk``: downloads the files, and uploads what was written."""
        with self._scratch() as root:
            for path in paths:
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                with cloud_errors(f"reading {self.uri(path)}"):
                    self.bucket.blob(path).download_to_filename(str(file), checksum="crc32c", **self._tries)
            yield root
            if output:
                for file in sorted((root / output).rglob("*")):
                    if file.is_file() and not file.name.startswith("."):
                        self._upload_new(file.relative_to(root).as_posix(), file)

    def exists(self, path: str) -> bool:
        """As ``Lake.exists``."""
        with cloud_errors(f"looking for {self.uri(path)}"):
            return bool(self.bucket.blob(path).exists(**self._tries))

    def files(self, folder: str) -> list[StoredFile]:
        """As ``Lake.files``; since when is the custom time, which ``retire`` sets, or else that of the upload."""
        return [
            StoredFile(blob.name, (blob.custom_time or blob.time_created).timestamp())
            for blob in self._blobs(folder)
            if not blob.name.endswith("/")
        ]

    def retire(self, path: str) -> None:
        """As ``Lake.retire``: its custom time becomes now."""
        blob = self.bucket.blob(path)
        blob.custom_time = datetime.now(UTC)
        with cloud_errors(f"writing {self.uri(path)}"), suppress(NotFound):
            blob.patch(**self._tries)

    def remove(self, path: str) -> None:
        """As ``Lake.remove``."""
        with cloud_errors(f"removing {self.uri(path)}"), suppress(NotFound):
            self.bucket.blob(path).delete(**self._tries)

    def remove_folder(self, folder: str) -> None:
        """As ``Lake.remove_folder``."""
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(self.remove, [blob.name for blob in self._blobs(folder)]))

    def read_text(self, path: str) -> str | None:
        """As ``Lake.read_text``."""
        with cloud_errors(f"reading {self.uri(path)}"), suppress(NotFound):
            return self._text(self.bucket.blob(path))
        return None

    def read_texts(self, paths: Sequence[str]) -> list[str | None]:
        """As ``Lake.read_texts``: several at a time, since each takes a request."""
        with ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(self.read_text, paths))

    def write_text(self, path: str, text: str) -> None:
        """As ``Lake.write_text``."""
        self._upload(path, text.encode(), generation=None)

    def replace_text(self, path: str, text: str, is_expected: Callable[[str | None], bool]) -> bool:
        """As ``Lake.replace_text``, by the generation of the object."""
        with cloud_errors(f"reading {self.uri(path)}"), suppress(PreconditionFailed, NotFound):
            blob = self.bucket.get_blob(path, **self._tries)
            present = self._text(blob, if_generation_match=blob.generation) if blob else None
            generation = int(blob.generation) if blob else 0
            return is_expected(present) and self._upload(path, text.encode(), generation=generation)
        return False  # it was replaced between the two requests

    def attempt_folder(self, dataset: str, name: str) -> str:
        """As ``Lake.attempt_folder``."""
        return f"{ATTEMPTS}/{dataset}/{name}"

    def abandoned_attempts(self, dataset: str) -> list[str]:
        """As ``Lake.abandoned_attempts``: those in which nothing was written for longer than any attempt takes."""
        newest: defaultdict[str, float] = defaultdict(float)
        for file in self.files(f"{ATTEMPTS}/{dataset}"):
            folder = "/".join(file.path.split("/")[:3])
            newest[folder] = max(newest[folder], file.since)
        return [folder for folder, since in newest.items() if time.time() - since > ATTEMPT_SECONDS]

    def _blobs(self, folder: str) -> list[storage.Blob]:
        with cloud_errors(f"listing {self.uri(folder)}"):
            return list(self.bucket.list_blobs(prefix=f"{folder}/", **self._tries))

    def _text(self, blob: storage.Blob, **conditions: Any) -> str:
        return bytes(blob.download_as_bytes(checksum="crc32c", **conditions, **self._tries)).decode(errors="replace")

    def _upload_new(self, path: str, file: Path) -> None:
        if not self._upload(path, file):
            raise CloudBusyError(f"writing {self.uri(path)} failed: the name is taken by something else; try again")

    def _upload(self, path: str, content: Path | bytes, generation: int | None = 0) -> bool:
        """Writes an object, and proves that what is there is what was sent.

        Arguments:
            generation: what must be there now; 0: nothing; None: whatever it is.

        Returns:
            Whether it was written; if not, something else is there than was to be.
        """
        checksum = google_crc32c.Checksum()
        blob = self.bucket.blob(path, chunk_size=CHUNK_BYTES)
        options = {"checksum": "crc32c", "if_generation_match": generation, **self._tries}
        with cloud_errors(f"writing {self.uri(path)}"):
            try:
                if isinstance(content, bytes):
                    checksum.update(content)
                    blob.upload_from_string(content, **options)
                else:
                    with content.open("rb") as stream:
                        for _ in checksum.consume(stream, CHUNK_BYTES):
                            pass
                    blob.upload_from_filename(str(content), **options)
            except PreconditionFailed:
                # A request that was tried again may meet what it wrote itself, when only its answer was lost.
                with suppress(NotFound):
                    blob.reload(**self._tries)
                    return bool(blob.crc32c == _as_text(checksum))
                return False
            if blob.crc32c != _as_text(checksum):
                blob.delete(if_generation_match=blob.generation, **self._tries)
                raise CloudBusyError(f"writing {self.uri(path)} failed: other bytes arrived than were sent; try again")
        return True

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        self.temporary_dir.mkdir(parents=True, exist_ok=True)
        for old in filter(is_left_over, self.temporary_dir.glob("lake-*")):
            shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self.temporary_dir, prefix="lake-") as folder:
            yield Path(folder)


def _as_text(checksum: google_crc32c.Checksum) -> str:
    return base64.b64encode(checksum.digest()).decode()
