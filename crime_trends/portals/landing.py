"""How a download becomes part of the lake: a new file, proven bytes, then the manifest; on failure no trace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import LakeFile, RawManifest
from crime_trends.lake.orphans import retire, sweep_orphans


@contextmanager
def landing_file(lake: LocalLake, dataset: str, partition: str) -> Iterator[Path]:
    """A new file in the folder of a raw partition; removed again if the block fails in whatever way."""
    file = lake.new_file(lake.raw_folder(dataset, partition), ".csv")
    try:
        yield file
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def settle(lake: LocalLake, file: Path, rows: int, old: RawManifest | None) -> LakeFile:
    """Describes a finished download; where the old manifest names the very same bytes, keeps that file instead."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    described = lake.describe(file, rows)
    for stored in old.files if old else ():
        if stored.sha256 == described.sha256 and lake.path(stored.path).exists():
            file.unlink()
            return stored
    return described


def publish(lake: LocalLake, manifest: RawManifest, old: RawManifest | None) -> None:
    """Makes the raw partition be what the manifest says, and lets go of what it no longer names."""
    kept = {file.path for file in manifest.files}
    retire(lake, [file for file in old.files if file.path not in kept] if old else [])
    lake.publish_raw(manifest, replaces=old)
    sweep_orphans(lake, manifest.dataset)


def now() -> str:
    """The moment as manifests hold it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def disk_errors(lake: LocalLake) -> Iterator[None]:
    """Turns a full disk, a missing right and the like into one line."""
    try:
        yield
    except OSError as error:
        raise CrimeTrendsError(
            f"{lake.root} can't be read or written: {error.strerror or error}; free space or correct the rights, then "
            "run again; the last good data stay"
        ) from error
