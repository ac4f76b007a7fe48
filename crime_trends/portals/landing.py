"""How a download becomes part of the lake: a new file, proven bytes, then the manifest; on failure no trace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crime_trends.errors import CrimeTrendsError, LakeConflictError
from crime_trends.lake.base import Lake, sha256_of
from crime_trends.lake.manifests import LakeFile, RawManifest
from crime_trends.lake.orphans import retire, sweep_orphans


def landing_file(lake: Lake, dataset: str, partition: str, *, suffix: str = ".csv") -> AbstractContextManager[Path]:
    """A new file for a raw partition; gone at the end, unless it became part of the lake."""
    return lake.landing(lake.raw_folder(dataset, partition), suffix)


def settle(lake: Lake, file: Path, dataset: str, partition: str, rows: int, old: RawManifest | None) -> LakeFile:
    """Takes a finished download into the lake; where the old manifest names the very same bytes, keeps that file."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    if old is not None:
        digest = sha256_of(file)
        for stored in old.files:
            if stored.sha256 == digest and lake.exists(stored.path):
                return stored
    return lake.put(file, lake.raw_folder(dataset, partition), rows)


def publish(lake: Lake, manifest: RawManifest, old: RawManifest | None) -> None:
    """Makes the raw partition be what the manifest says, and lets go of what it no longer names."""
    kept = {file.path for file in manifest.files}
    retire(lake, [file for file in old.files if file.path not in kept] if old else [])
    try:
        lake.publish_raw(manifest, replaces=old)
    except LakeConflictError:
        for path in kept - {file.path for file in old.files} if old else kept:
            lake.remove(path)
        raise
    sweep_orphans(lake, manifest.dataset)


def now() -> str:
    """The moment as manifests hold it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def disk_errors(lake: Lake) -> Iterator[None]:
    """Turns a full disk, a missing right and the like into one line."""
    try:
        yield
    except OSError as error:
        raise CrimeTrendsError(
            f"{lake.place} can't be read or written: {error.strerror or error}; free space or correct the rights, then "
            "run again; the last good data stay"
        ) from error
