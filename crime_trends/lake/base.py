"""The lake: where raw and clean data live, whatever keeps the bytes.

A lake holds ``raw/<dataset>/<year>/`` and ``clean/<dataset>/<month>/``; what is unpartitioned lies in ``raw/<key>/``
and ``clean/<key>/``, its partition is "". Data files get names of their own and are never overwritten; a manifest is
replaced in one step, and only if it is still the one that the writer started from. ``LocalLake`` is a folder,
``GCSLake`` a bucket; both have the same paths, which are relative to their root.
"""

from __future__ import annotations

import hashlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from crime_trends.errors import CrimeTrendsError, LakeConflictError
from crime_trends.lake.manifests import CleanManifest, LakeFile, Manifest, RawManifest

MANIFEST = "manifest.json"
ATTEMPTS = "attempts"
ATTEMPT_SECONDS = 24 * 3600.0
"""No attempt takes longer; an older folder or log is swept even if a process with its number runs again."""

AnyManifest = TypeVar("AnyManifest", bound=Manifest)


@dataclass(frozen=True)
class StoredFile:
    """A file that the lake holds: its path, and since when it has been there or been superseded, in Unix seconds."""

    path: str
    since: float


class Lake(ABC):
    """What keeps files and manifests. Methods that reach for a remote place raise ``LakeError`` when it fails."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, for people."""

    @abstractmethod
    def uri(self, path: str) -> str:
        """What Spark and the warehouse open to read that file or to write into that folder."""

    @abstractmethod
    def landing(self, folder: str, suffix: str) -> AbstractContextManager[Path]:
        """A new file on this disk, to be written and then ``put`` into that folder; gone at the end."""

    @abstractmethod
    def put(self, file: Path, folder: str, rows: int) -> LakeFile:
        """Takes a finished file of this disk into a folder of the lake under a new name, and describes it."""

    @abstractmethod
    def on_this_disk(self, paths: Iterable[str], output: str = "") -> AbstractContextManager[Path]:
        """A folder of this disk that holds these files of the lake under their paths.

        Arguments:
            output: path of a folder; what is written into it there is in the lake at the end, unless the block raised.
        """

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Whether that file is there."""

    @abstractmethod
    def files(self, folder: str) -> list[StoredFile]:
        """All files below a folder, by path."""

    @abstractmethod
    def retire(self, path: str) -> None:
        """Notes that a file is superseded from now on; nothing if it is gone."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Removes a file; nothing if it is gone."""

    @abstractmethod
    def remove_folder(self, folder: str) -> None:
        """Removes a folder with all that it holds; nothing if it is gone."""

    @abstractmethod
    def read_text(self, path: str) -> str | None:
        """The text of a small file, with marks for what is no UTF-8; None if it is not there."""

    def read_texts(self, paths: Sequence[str]) -> list[str | None]:
        """As ``read_text``, of many files."""
        return [self.read_text(path) for path in paths]

    @abstractmethod
    def write_text(self, path: str, text: str) -> None:
        """Writes a small file, whether or not it is there."""

    @abstractmethod
    def replace_text(self, path: str, text: str, is_expected: Callable[[str | None], bool]) -> bool:
        """Writes a small file in one step if what it now holds (None: it is not there) is as expected.

        Returns:
            Whether it was.
        """

    @abstractmethod
    def attempt_folder(self, dataset: str, name: str) -> str:
        """Path of the folder in which a job may write files of a dataset. The same name gives the same folder."""

    @abstractmethod
    def abandoned_attempts(self, dataset: str) -> list[str]:
        """The folders of jobs that no longer run."""

    def new_attempt(self, dataset: str) -> str:
        """An ``attempt_folder`` that never existed."""
        return self.attempt_folder(dataset, uuid.uuid4().hex)

    def raw_folder(self, dataset: str, partition: str) -> str:
        """Folder of a raw partition."""
        return f"raw/{dataset}/{partition}".rstrip("/")

    def clean_folder(self, dataset: str, partition: str) -> str:
        """Folder of a clean partition."""
        return f"clean/{dataset}/{partition}".rstrip("/")

    def rejects_folder(self, dataset: str, month: str) -> str:
        """Folder of a month's rejects."""
        return f"clean/{dataset}_rejects/{month}"

    def raw_manifest(self, dataset: str, partition: str) -> RawManifest | None:
        """The manifest of a raw partition, or None if it was never built.

        Raises:
            CrimeTrendsError: it is damaged.
        """
        return self._manifest(self.raw_folder(dataset, partition), RawManifest)

    def clean_manifest(self, dataset: str, partition: str) -> CleanManifest | None:
        """The manifest of a clean partition, or None if it was never built. Raises as ``raw_manifest``."""
        return self._manifest(self.clean_folder(dataset, partition), CleanManifest)

    def raw_partitions(self, dataset: str) -> list[str]:
        """The years that have a manifest, oldest first."""
        return self._partitions(self.raw_folder(dataset, ""))

    def clean_partitions(self, dataset: str) -> list[str]:
        """The months that have a manifest, oldest first."""
        return self._partitions(self.clean_folder(dataset, ""))

    def raw_manifests(self, dataset: str) -> dict[str, RawManifest]:
        """Year -> its manifest, of all years that have one, oldest first. Raises as ``raw_manifest``."""
        return self._manifests(self.raw_folder(dataset, ""), RawManifest)

    def clean_manifests(self, dataset: str) -> dict[str, CleanManifest]:
        """Month -> its manifest, of all months that have one, oldest first. Raises as ``raw_manifest``."""
        return self._manifests(self.clean_folder(dataset, ""), CleanManifest)

    def any_raw_manifest(self) -> RawManifest | None:
        """Some raw manifest of the lake (they all agree on whether it is synthetic), or None if there is none.

        Raises:
            CrimeTrendsError: it is damaged.
        """
        for file in self.files("raw"):
            folder, _, name = file.path.rpartition("/")
            if name == MANIFEST:
                return self._manifest(folder, RawManifest)
        return None

    def publish_raw(self, manifest: RawManifest, replaces: RawManifest | None) -> None:
        """Makes a raw year or look-up be what the manifest says, in one step.

        Raises:
            LakeConflictError: the manifest in the lake is not the one that this one was meant to replace.
        """
        self._publish(self.raw_folder(manifest.dataset, manifest.partition), manifest, replaces)

    def publish_clean(self, manifest: CleanManifest, replaces: CleanManifest | None) -> None:
        """Makes a clean month be what the manifest says, in one step. Raises as ``publish_raw``."""
        self._publish(self.clean_folder(manifest.dataset, manifest.partition), manifest, replaces)

    def _publish(self, folder: str, manifest: AnyManifest, replaces: AnyManifest | None) -> None:
        def is_replaced(text: str | None) -> bool:
            return self._parsed(folder, text, type(manifest)) == replaces

        if not self.replace_text(f"{folder}/{MANIFEST}", manifest.to_json(), is_replaced):
            raise LakeConflictError(
                f"{folder} was published by another process meanwhile; nothing was overwritten, run it again"
            )

    def _manifest(self, folder: str, kind: type[AnyManifest]) -> AnyManifest | None:
        return self._parsed(folder, self.read_text(f"{folder}/{MANIFEST}"), kind)

    def _manifests(self, folder: str, kind: type[AnyManifest]) -> dict[str, AnyManifest]:
        partitions = self._partitions(folder)
        texts = self.read_texts([f"{folder}/{partition}/{MANIFEST}" for partition in partitions])
        parsed = {
            partition: self._parsed(f"{folder}/{partition}", text, kind)
            for partition, text in zip(partitions, texts, strict=True)
        }
        return {partition: manifest for partition, manifest in parsed.items() if manifest is not None}

    def _parsed(self, folder: str, text: str | None, kind: type[AnyManifest]) -> AnyManifest | None:
        try:
            return None if text is None else kind.from_json(text)
        except ValueError as error:
            raise CrimeTrendsError(
                f"{self.uri(f'{folder}/{MANIFEST}')} is damaged ({error}); delete it and run again, so that what it "
                "described is made anew"
            ) from None

    def _partitions(self, folder: str) -> list[str]:
        found = (file.path.removeprefix(f"{folder}/").rpartition("/") for file in self.files(folder))
        return sorted(partition for partition, _, name in found if name == MANIFEST and partition)


def sha256_of(file: Path) -> str:
    """SHA-256 of a file of this disk."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
