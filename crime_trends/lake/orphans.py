"""Removes files of the lake that no manifest names any more, once no running job can still be reading them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from crime_trends.lake.base import MANIFEST, Lake
from crime_trends.lake.manifests import LakeFile

GRACE_SECONDS = 24 * 3600.0
"""How long a superseded file stays: a job that read the old manifest has long ended by then."""


def retire(lake: Lake, files: Iterable[LakeFile]) -> None:
    """Starts the grace of files that are about to be superseded. Call it before the manifest is replaced."""
    for file in files:
        lake.retire(file.path)


def sweep_orphans(lake: Lake, dataset: str, *, grace_seconds: float = GRACE_SECONDS) -> list[str]:
    """Removes the files of a dataset, look-up or rows outside, raw and clean, that no manifest names, their grace over.

    Returns:
        Their paths.
    """
    named = {file.path for file in _named_files(lake, dataset)}
    deadline = time.time() - grace_seconds
    removed = []
    for folder in (f"raw/{dataset}", f"clean/{dataset}", f"clean/{dataset}_rejects"):
        for file in lake.files(folder):
            if not file.path.endswith(f"/{MANIFEST}") and file.path not in named and file.since < deadline:
                lake.remove(file.path)
                removed.append(file.path)
    return removed


def _named_files(lake: Lake, dataset: str) -> Iterator[LakeFile]:
    for raw in (lake.raw_manifest(dataset, ""), *lake.raw_manifests(dataset).values()):
        yield from raw.files if raw else ()
    for clean in (lake.clean_manifest(dataset, ""), *lake.clean_manifests(dataset).values()):
        yield from (*clean.files, *clean.rejected_files) if clean else ()
