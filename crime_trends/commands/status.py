"""``crime-trends status``: what the home holds of each dataset, how new it is, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crime_trends.datasets import DATASETS, Dataset
from crime_trends.home import prepare_home
from crime_trends.lake.base import Lake
from crime_trends.lake.opening import lake_of
from crime_trends.months import next_month
from crime_trends.portals.changes import years_behind
from crime_trends.settings import Settings
from crime_trends.staleness import OUTSIDE, Behind, partitions_behind
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.newest import newest_facts
from crime_trends.warehouse.opening import warehouse_of

if TYPE_CHECKING:
    import dagster as dg

HEADER = ("dataset", "newest event", "newest report", "last fetch (UTC)", "months", "stale", "checks")
NONE = "-"
RECORDS = 20
"""How far back the last evaluation of a check is looked for."""


@dataclass(frozen=True)
class Problem:
    """A check that did not pass when it was last evaluated.

    Arguments:
        asset: the asset's key, ``layer/name``.
        check: the check's name.
        warns: whether it only warns.
        description: what it said.
    """

    asset: str
    check: str
    warns: bool
    description: str

    def __str__(self) -> str:
        says = f": {self.description}" if self.description else ""
        return f"{'warned' if self.warns else 'FAILED':<9} {self.asset} {self.check}{says}"


def status(*, sample: bool) -> int:
    """Prints a line for each dataset, then what is stale and which checks did not pass; returns exit code 0.

    Everything is read from the home and its Dagster instance; no portal is asked.
    """
    settings = Settings.load(sample=sample)
    lake = lake_of(settings)
    manifest = lake.any_raw_manifest()
    if manifest is None:
        print(f"nothing was ever fetched into {settings.data_place}; crime-trends run brings months into it")
        return 0
    prepare_home(settings)
    from crime_trends.commands.records import dagster_records

    warehouse = warehouse_of(settings)
    built = _built_months(lake, warehouse)
    behind = partitions_behind(lake, warehouse, {dataset: months for dataset, months in built.items() if months})
    with dagster_records() as instance:
        problems, waiting = failing_checks(instance), waiting_years(instance, lake)
    newest = newest_facts(warehouse, datetime.now(UTC).date())

    print(f"home: {settings.data_place} ({'made-up' if manifest.synthetic else 'real'} data)\n")
    rows = []
    for dataset, months in built.items():
        event, report = newest.get(dataset.key, (None, None))
        stale = {entry.partition for entry in behind if entry.dataset == dataset.key} - {OUTSIDE}
        own = [problem for problem in problems if _dataset_of(problem) == dataset.key]
        rows.append(
            (
                dataset.key,
                str(event or NONE),
                str(report or NONE),
                _last_fetch(lake, dataset),
                str(len(months)),
                str(len(stale)),
                _summary(own) if months else NONE,
            )
        )
    _print_table([HEADER, *rows])
    print(f"\nmodels and reports: {_summary([problem for problem in problems if not _dataset_of(problem)])}")
    for line in [*_stale_lines(behind), *_waiting_lines(waiting), *sorted(map(str, problems))]:
        print(line)
    return 0


def failing_checks(instance: dg.DagsterInstance) -> list[Problem]:
    """The checks of the code location that did not pass when last evaluated in a Dagster instance, in order of name."""
    import dagster as dg

    from crime_trends.definitions import defs

    problems = []
    for key in defs.resolve_asset_graph().asset_check_keys:
        # The latest records may be of runs that planned the check and ended before it.
        records = instance.event_log_storage.get_asset_check_execution_history(key, limit=RECORDS)
        evaluation = next((it.evaluation for it in records if isinstance(it.evaluation, dg.AssetCheckEvaluation)), None)
        if evaluation is not None and not evaluation.passed:
            asset, warns = "/".join(key.asset_key.path), evaluation.severity == dg.AssetCheckSeverity.WARN
            problems.append(Problem(asset, key.name, warns, evaluation.description or ""))
    return sorted(problems, key=lambda problem: (problem.asset, problem.check))  # the graph's keys are a set


def waiting_years(instance: dg.DagsterInstance, lake: Lake) -> dict[str, list[str]]:
    """Dataset -> years that the portal has in another state, by what its sensor saw last; none while it is off."""
    from crime_trends.automation.sensors import sensor_name

    cursors = {
        state.instigator_name: getattr(state.instigator_data, "cursor", None)
        for state in instance.all_instigator_state()
    }
    waiting = {}
    for dataset in DATASETS.values():
        cursor = json.loads(cursors.get(sensor_name(dataset)) or "{}")
        if "portal" in cursor and (years := years_behind(lake, dataset, cursor["portal"])):
            waiting[dataset.key] = years
    return waiting


def compact(months: Iterable[str]) -> str:
    """Months as ranges: ``2024-03 to 2024-05, 2024-08``; other labels stand alone."""
    ranges: list[list[str]] = []
    for month in sorted(months):
        if ranges and len(month) == 7 and next_month(ranges[-1][-1]) == month:
            ranges[-1].append(month)
        else:
            ranges.append([month])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else run[0] for run in ranges)


def _built_months(lake: Lake, warehouse: Warehouse) -> dict[Dataset, list[str]]:
    """Dataset -> the months that some layer ever held; those that nobody asked for are not behind."""
    loaded, built = warehouse.month_versions(), warehouse.facts_versions()
    return {
        dataset: sorted({*loaded[key], *built[key], *lake.clean_partitions(key)}) for key, dataset in DATASETS.items()
    }


def _last_fetch(lake: Lake, dataset: Dataset) -> str:
    moments = [raw.fetched_at for raw in lake.raw_manifests(dataset.key).values()]
    return max(moments)[:16].replace("T", " ") if moments else NONE


def _dataset_of(problem: Problem) -> str | None:
    layer, name = problem.asset.split("/", 1)
    if layer in ("raw", "clean", "warehouse"):
        return next((key for key in DATASETS if name.startswith(key)), None)
    return None


def _summary(problems: Sequence[Problem]) -> str:
    warned = sum(problem.warns for problem in problems)
    parts = [f"{len(problems) - warned} failed"] if len(problems) > warned else []
    parts += [f"{warned} warned"] if warned else []
    return ", ".join(parts) or "passed"


def _stale_lines(behind: Sequence[Behind]) -> list[str]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for entry in behind:
        reasons.setdefault((f"{entry.layer}/{entry.dataset}", entry.reason), []).append(entry.partition)
    return [f"{'stale':<9} {place} {compact(months)}: {reason}" for (place, reason), months in reasons.items()]


def _waiting_lines(waiting: Mapping[str, Sequence[str]]) -> list[str]:
    then = "changed at the portal since; what its sensor asked for it asks for each day, the rest comes with the sweeps"
    return [f"{'waits':<9} raw/{dataset} {', '.join(years)}: {then}" for dataset, years in waiting.items()]


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
