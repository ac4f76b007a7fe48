"""Plans which months of a dataset are cleaned, and with what Spark job, which writes into a folder of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import crime_cleaning
from crime_cleaning.spec import CleaningJob, YearInput

from crime_trends.datasets import Dataset
from crime_trends.errors import CrimeTrendsError
from crime_trends.lake.base import Lake
from crime_trends.lake.manifests import CleanManifest, RawManifest
from crime_trends.months import month_of_undated, years_of


@dataclass(frozen=True)
class RawRows:
    """The raw rows of a month: how many, their checksum, and the portal's own count where it publishes one."""

    rows: int
    checksum: str
    portal_rows: int | None


@dataclass(frozen=True)
class CleaningPlan:
    """What has to be cleaned, and what it is made from.

    Arguments:
        dataset: the dataset.
        stale: month -> why it has to be cleaned, in a few words.
        raw: year -> manifest of the raw year.
        rows: month -> its raw rows, for the stale ones.
        replaces: month -> the manifest that a stale month has now; None if it was never cleaned.
        code_hash: of the code that cleans.
        attempt: folder of the Spark job's output, relative to the lake's root.
    """

    dataset: Dataset
    stale: dict[str, str]
    raw: dict[str, RawManifest]
    rows: dict[str, RawRows]
    replaces: dict[str, CleanManifest | None]
    code_hash: str
    attempt: str

    @property
    def months_with_rows(self) -> list[str]:
        """The stale months that need Spark; the others are published as empty."""
        return [month for month in self.stale if self.rows[month].rows]

    @property
    def input_files(self) -> list[str]:
        """Paths of the raw files that Spark has to read."""
        return [file.path for year in years_of(self.months_with_rows) for file in self.raw[year].files]

    @property
    def input_bytes(self) -> int:
        """Their bytes."""
        return sum(file.bytes for year in years_of(self.months_with_rows) for file in self.raw[year].files)

    def job(
        self,
        uri: Callable[[str], str],
        *,
        partitions: int,
        spark: Mapping[str, str] | None = None,
        parent_pid: int | None = None,
    ) -> CleaningJob:
        """The Spark job that cleans the stale months that have rows.

        Arguments:
            uri: makes of a path of the lake what Spark opens.
            partitions, spark, parent_pid: as those of ``CleaningJob``.
        """
        inputs = []
        for year in years_of(self.months_with_rows):
            raw, first = self.raw[year], month_of_undated(self.dataset, year)
            inputs.append(
                YearInput(
                    year=year,
                    files=[uri(file.path) for file in raw.files],
                    header=raw.header,
                    has_line_breaks=raw.has_line_breaks,
                    known_months=sorted(raw.months),
                    months=[month for month in self.months_with_rows if month[:4] == year],
                    undated_month=first if first in self.months_with_rows else None,
                )
            )
        return CleaningJob(
            dataset=self.dataset.key,
            inputs=inputs,
            output=uri(f"{self.attempt}/clean"),
            rejects_output=uri(f"{self.attempt}/rejects"),
            partitions=partitions,
            spark=dict(spark or {}),
            parent_pid=parent_pid,
        )


def spark_folder() -> Path:
    """The folder ``spark/`` of the checkout, which holds the job's script and the package it imports."""
    return Path(crime_cleaning.__file__).parents[1]


def code_hash(dataset: Dataset) -> str:
    """Hash of everything in ``spark/`` that decides what becomes of a dataset's rows; the same on every machine.

    The cleaners and column maps of other datasets don't count, so that a change to one city leaves the others alone.
    """
    root = spark_folder()
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        if file.parent.name in ("cleaners", "column_maps") and file.stem not in ("__init__", dataset.key):
            continue
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(b"\n".join(file.read_bytes().splitlines()) + b"\0")
    return digest.hexdigest()


def months_to_clean(lake: Lake, dataset: Dataset, months: Sequence[str]) -> list[str]:
    """The months asked for, and the months of the same years that were cleaned before and became stale since.

    A raw year is fetched as a whole, so its other months may have changed with it; months that nobody ever asked for
    stay as they are.
    """
    years = years_of(months)
    built = [month for month in lake.clean_partitions(dataset.key) if month[:4] in years and month not in months]
    fetched = [month for month in built if lake.raw_manifest(dataset.key, month[:4]) is not None]
    return sorted({*months, *plan_cleaning(lake, dataset, fetched).stale})


def plan_cleaning(
    lake: Lake, dataset: Dataset, months: Sequence[str], force: Collection[str] = (), attempt: str = ""
) -> CleaningPlan:
    """Which of the months have to be cleaned, and why. Writes nothing.

    Arguments:
        months: ``YYYY-MM``; their raw years must be in the lake.
        force: the months that are cleaned though they are current.
        attempt: names the try, so that who comes back to it finds its Spark job again; by default a new one.

    Raises:
        CrimeTrendsError: a month's raw year was never fetched.
    """
    raw: dict[str, RawManifest] = {}
    for year in years_of(months):
        manifest = lake.raw_manifest(dataset.key, year)
        if manifest is None:
            raise CrimeTrendsError(
                f"{dataset.key} {year} was never fetched, so its months can't be cleaned; bring raw/{dataset.key} first"
            )
        raw[year] = manifest
    folder = lake.attempt_folder(dataset.key, attempt) if attempt else lake.new_attempt(dataset.key)
    plan = CleaningPlan(dataset, {}, raw, {}, {}, code_hash(dataset), folder)
    for month in sorted(set(months)):
        rows = _raw_rows(dataset, raw[month[:4]], month)
        manifest_now = lake.clean_manifest(dataset.key, month)
        if reason := _why_stale(manifest_now, rows, plan.code_hash, month in force):
            plan.stale[month], plan.rows[month], plan.replaces[month] = reason, rows, manifest_now
    return plan


def discard_attempt(lake: Lake, plan: CleaningPlan) -> None:
    """Removes the output of a Spark job, and what runs that were killed left behind."""
    lake.remove_folder(plan.attempt)
    for folder in lake.abandoned_attempts(plan.dataset.key):
        lake.remove_folder(folder)


def _raw_rows(dataset: Dataset, raw: RawManifest, month: str) -> RawRows:
    """The rows of a month; a year's first month also has those that belong to none."""
    own = raw.months.get(month)
    rows, checksum = (own.rows, own.checksum) if own else (0, "")
    if raw.undated_rows and month == month_of_undated(dataset, raw.partition):
        rows, checksum = rows + raw.undated_rows, f"{checksum}+{raw.undated_checksum}"
    return RawRows(rows, checksum, own.portal_rows if own else None)


def _why_stale(manifest: CleanManifest | None, rows: RawRows, code: str, forced: bool) -> str:
    if manifest is None:
        return "never cleaned"
    if manifest.raw_checksum != rows.checksum:
        return "the raw rows changed"
    if manifest.code_hash != code:
        return "the cleaning code changed"
    return "forced" if forced else ""
