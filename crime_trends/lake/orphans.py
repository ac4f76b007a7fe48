"""Removes files of the lake that no manifest names any more, once no running job can still be reading them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from crime_trends.lake.local import MANIFEST, LocalLake
from crime_trends.lake.manifests import LakeFile

GRACE_SECONDS = 24 * 3600.0
"""How long a superseded file stays: a job that read the old manifest has long ended by then."""


def retire(lake: LocalLake, files: Iterable[LakeFile]) -> None:
    """Starts the grace of files that are about to be superseded. Call it before the manifest is replaced."""
    for file in files:
        path = lake.path(file.path)
        if path.exists():
            path.touch()


def sweep_orphans(lake: LocalLake, dataset: str, *, grace_seconds: float = GRACE_SECONDS) -> list[str]:
    """Removes the files of a dataset, look-up or rows outside, raw and clean, that no manifest names, their grace over.

    Returns:
        Their paths relative to the lake's root.
    """
    named = {lake.path(file.path) for file in _named_files(lake, dataset)}
    deadline = time.time() - grace_seconds
    removed = []
    for folder in (lake.raw_folder(dataset, ""), f"clean/{dataset}", f"clean/{dataset}_rejects"):
        for path in sorted(lake.path(folder).rglob("*")):
            if path.is_file() and path.name != MANIFEST and path not in named and path.stat().st_mtime < deadline:
                path.unlink(missing_ok=True)
                removed.append(_relative(lake, path))
    return removed


def _named_files(lake: LocalLake, dataset: str) -> Iterator[LakeFile]:
    for partition in ("", *lake.raw_partitions(dataset)):
        raw = lake.raw_manifest(dataset, partition)
        yield from raw.files if raw else ()
    for partition in ("", *lake.clean_partitions(dataset)):
        clean = lake.clean_manifest(dataset, partition)
        yield from (*clean.files, *clean.rejected_files) if clean else ()


def _relative(lake: LocalLake, path: Path) -> str:
    return path.relative_to(lake.root).as_posix()
