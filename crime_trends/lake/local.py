"""The lake on a local disk."""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from crime_trends.errors import CrimeTrendsError, LakeConflictError
from crime_trends.lake.manifests import CleanManifest, LakeFile, Manifest, RawManifest

MANIFEST = "manifest.json"
AnyManifest = TypeVar("AnyManifest", bound=Manifest)


class LocalLake:
    """A folder that holds ``raw/<dataset>/<year>/`` and ``clean/<dataset>/<month>/``; what is unpartitioned lies in
    ``raw/<key>/`` and ``clean/<key>/``, its partition is "".

    Data files get names of their own and are never overwritten; a manifest is replaced in one step, and only if it is
    still the one that the writer started from.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, relative: str) -> Path:
        """The file on disk of a path relative to the lake's root."""
        return self.root / relative

    def uri(self, relative: str) -> str:
        """What Spark and the warehouse open to read that file."""
        return str(self.root / relative)

    def raw_folder(self, dataset: str, partition: str) -> str:
        """Folder of a raw partition, relative to the root."""
        return f"raw/{dataset}/{partition}".rstrip("/")

    def clean_folder(self, dataset: str, partition: str) -> str:
        """Folder of a clean partition, relative to the root."""
        return f"clean/{dataset}/{partition}".rstrip("/")

    def rejects_folder(self, dataset: str, month: str) -> str:
        """Folder of a month's rejects, relative to the root."""
        return f"clean/{dataset}_rejects/{month}"

    def raw_manifest(self, dataset: str, partition: str) -> RawManifest | None:
        """The manifest of a raw partition, or None if it was never built.

        Raises:
            CrimeTrendsError: it is damaged.
        """
        return self._read(self.root / self.raw_folder(dataset, partition), RawManifest)

    def clean_manifest(self, dataset: str, partition: str) -> CleanManifest | None:
        """The manifest of a clean partition, or None if it was never built. Raises as ``raw_manifest``."""
        return self._read(self.root / self.clean_folder(dataset, partition), CleanManifest)

    def raw_partitions(self, dataset: str) -> list[str]:
        """The years that have a manifest, oldest first."""
        return self._partitions(f"raw/{dataset}")

    def clean_partitions(self, dataset: str) -> list[str]:
        """The months that have a manifest, oldest first."""
        return self._partitions(f"clean/{dataset}")

    def any_raw_manifest(self) -> RawManifest | None:
        """Some raw manifest of the lake (they all agree on whether it is synthetic), or None if there is none.

        Raises:
            CrimeTrendsError: it is damaged.
        """
        for path in sorted((self.root / "raw").glob(f"**/{MANIFEST}")):
            return self._read(path.parent, RawManifest)
        return None

    def new_file(self, folder: str, suffix: str) -> Path:
        """A path in that folder, with a name that never existed; the folder is made."""
        path = self.root / folder / f"{uuid.uuid4().hex}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def adopt(self, file: Path, folder: str, rows: int) -> LakeFile:
        """Moves a finished file of the same disk into a folder of the lake under a new name, and describes it."""
        target = self.new_file(folder, file.suffix)
        file.replace(target)
        return self.describe(target, rows)

    def describe(self, file: Path, rows: int) -> LakeFile:
        """Size and SHA-256 of a file of the lake."""
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return LakeFile(str(file.relative_to(self.root)), file.stat().st_size, digest, rows)

    def publish_raw(self, manifest: RawManifest, replaces: RawManifest | None) -> None:
        """Makes a raw year or look-up be what the manifest says, in one step.

        Raises:
            LakeConflictError: the manifest in the lake is not the one that this one was meant to replace.
        """
        with self._locked(manifest.dataset):
            current = self.raw_manifest(manifest.dataset, manifest.partition)
            self._refuse_conflict(current != replaces, "raw", manifest.dataset, manifest.partition)
            self._write(f"{self.raw_folder(manifest.dataset, manifest.partition)}/{MANIFEST}", manifest.to_json())

    def publish_clean(self, manifest: CleanManifest, replaces: CleanManifest | None) -> None:
        """Makes a clean month be what the manifest says, in one step. Raises as ``publish_raw``."""
        with self._locked(manifest.dataset):
            current = self.clean_manifest(manifest.dataset, manifest.partition)
            self._refuse_conflict(current != replaces, "clean", manifest.dataset, manifest.partition)
            self._write(f"{self.clean_folder(manifest.dataset, manifest.partition)}/{MANIFEST}", manifest.to_json())

    @staticmethod
    def _refuse_conflict(conflict: bool, layer: str, dataset: str, partition: str) -> None:
        if conflict:
            raise LakeConflictError(
                f"{layer}/{dataset} {partition} was published by another process meanwhile; "
                "nothing was overwritten, run it again"
            )

    def _partitions(self, folder: str) -> list[str]:
        return sorted(path.parent.name for path in (self.root / folder).glob(f"*/{MANIFEST}"))

    @staticmethod
    def _read(folder: Path, kind: type[AnyManifest]) -> AnyManifest | None:
        path = folder / MANIFEST
        try:
            return kind.from_json(path.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise CrimeTrendsError(
                f"{path} is damaged ({error}); delete it and run again, so that what it described is made anew"
            ) from None

    def _write(self, relative: str, text: str) -> None:
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{uuid.uuid4().hex}.tmp")
        try:
            with aside.open("w") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, dataset: str) -> Iterator[None]:
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{dataset}.lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
