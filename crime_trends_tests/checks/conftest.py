"""A lake with hand-written manifests: checks judge from these alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from crime_trends.datasets import DATASETS, Dataset
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.lake.local import LocalLake
from crime_trends.lake.manifests import CleanManifest, LakeFile, RawManifest, RawMonth

CALLS = DATASETS["san_diego_calls_for_service"]
HEADER = [column.sources[0] for column in CALLS.column_map.columns if column.sources]


@dataclass
class WrittenLake:
    """The lake of one dataset, month by month as a test wants it."""

    lake: LocalLake
    dataset: Dataset = CALLS

    def fetch(
        self,
        year: str,
        header: list[str] | None = None,
        fetched_at: str = "2026-11-01T00:00:00+00:00",
        rows: int = 0,
        undated_rows: int = 0,
        months: dict[str, RawMonth] | None = None,
    ) -> None:
        """Makes a raw year that has these columns and rows; further months come with ``clean``."""
        raw = RawManifest(
            dataset=self.dataset.key,
            partition=year,
            source="file",
            synthetic=True,
            fetched_at=fetched_at,
            portal_version={},
            files=[LakeFile("raw.csv", 1, "00", rows)] if rows else [],
            months=months or {},
            undated_rows=undated_rows,
            header=HEADER if header is None else header,
        )
        self.lake.publish_raw(raw, self.lake.raw_manifest(self.dataset.key, year))

    def clean(self, month: str, rows: int, **counts: Any) -> None:
        """Makes a month of so many raw rows, all of them clean unless ``counts`` say otherwise."""
        raw = self.lake.raw_manifest(self.dataset.key, month[:4])
        if raw is None:
            self.fetch(month[:4])
            raw = self.lake.raw_manifest(self.dataset.key, month[:4])
        assert raw is not None
        months = {**raw.months, month: RawMonth(rows, f"checksum of {rows}")}
        self.lake.publish_raw(replace(raw, months=months), raw)
        plan = plan_cleaning(self.lake, self.dataset, [month], force=[month])
        manifest = CleanManifest(
            dataset=self.dataset.key,
            partition=month,
            version=f"of {rows} rows",
            raw_checksum=plan.rows[month].checksum,
            code_hash=plan.code_hash,
            raw_rows=rows,
            clean_rows=rows - counts.get("rejected_rows", 0) - counts.get("duplicate_rows", 0),
            rejected_rows=0,
            duplicate_rows=0,
            issues={},
            rejections={},
            files=[],
            rejected_files=[],
            portal_rows=None,
            made_at="2026-11-01T00:00:00+00:00",
        )
        self.lake.publish_clean(replace(manifest, **counts), self.lake.clean_manifest(self.dataset.key, month))


@pytest.fixture
def written(tmp_path: Path) -> WrittenLake:
    """The lake of San Diego's calls."""
    return WrittenLake(LocalLake(tmp_path / "lake"))
