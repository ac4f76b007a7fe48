"""Runs the asset graph here: raw by year, what has no partitions, each dataset by month, then models and reports.

Years and months can't share a run, and one failing dataset must not stop the others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from crime_trends.commands.progress import progress_logger
from crime_trends.datasets import Boundary, Dataset, Lookup
from crime_trends.lake.outside import rejects_key
from crime_trends.months import years_of


@dataclass
class Outcome:
    """What some runs came to.

    Arguments:
        failures: one line per step that failed.
        checks: (asset, check) -> passed, of every check that was evaluated; one of severity WARN counts as passed.
        warnings: (asset, check) of the checks that warned.
    """

    failures: list[str] = field(default_factory=list)
    checks: dict[tuple[str, str], bool] = field(default_factory=dict)
    warnings: set[tuple[str, str]] = field(default_factory=set)


class Pipeline:
    """The asset graph of a code location on a Dagster instance.

    Arguments:
        definitions: the code location.
        instance: where runs, events and checks are recorded.
        tags: of every run.
        log: file that takes what dbt and other tools print.
        force: whether steps redo what is up to date.
    """

    def __init__(
        self,
        definitions: dg.Definitions,
        instance: dg.DagsterInstance,
        tags: Mapping[str, str],
        log: Path,
        *,
        force: bool,
    ) -> None:
        self.instance = instance
        self.tags = tags
        self.log = log
        self.force = force
        self.outcome = Outcome()
        self._forced_datasets: list[str] = []
        with_progress = dg.Definitions.merge(definitions, dg.Definitions(loggers={"progress": progress_logger}))
        self._job = with_progress.resolve_implicit_global_asset_job_def()
        self._graph = with_progress.resolve_asset_graph()

    def fetch(self, dataset: Dataset, months: Sequence[str]) -> bool:
        """Raw years of a dataset; whether it worked."""
        years = years_of(months)
        return self._run([dg.AssetKey(["raw", dataset.key])], years)

    def bring_unpartitioned(
        self, datasets: Sequence[Dataset], lookups: Sequence[Lookup], boundaries: Sequence[Boundary]
    ) -> bool:
        """What has no partitions, in one run; whether it worked.

        Arguments:
            datasets: whose rows that belong to no year are brought, from the portal to the tables' ledger.
            lookups: from the portal to their tables.
            boundaries: of police areas; their steps download whatever is held.
        """
        keys: list[dg.AssetKey] = []
        for dataset in datasets:
            if dataset.socrata_sources:
                outside, rejects = dataset.outside_key, rejects_key(dataset)
                keys += [dg.AssetKey(key) for key in (["raw", outside], ["clean", rejects], ["warehouse", outside])]
        keys += [dg.AssetKey([layer, lookup.key]) for lookup in lookups for layer in ("raw", "warehouse")]
        always = [dg.AssetKey(["raw", boundary.key]) for boundary in boundaries]
        return not [*keys, *always] or self._run(keys, [], always)

    def clean_and_load(self, dataset: Dataset, months: Sequence[str]) -> bool:
        """Clean months, their rejects and the dataset's table; whether it worked."""
        keys = [["clean", dataset.key], ["clean", f"{dataset.key}_rejects"], ["warehouse", dataset.key]]
        return self._run([dg.AssetKey(key) for key in keys], months)

    def build_models(self, datasets: Sequence[Dataset], months: Sequence[str]) -> bool:
        """All dbt models and reports; whether it worked. If forced, the facts of these datasets are redone."""
        layers = {"staging", "intermediate", "facts", "marts", "reports"}
        self._forced_datasets = [dataset.key for dataset in datasets]
        return self._run([key for key in self._graph.materializable_asset_keys if key.path[0] in layers], months)

    def _run(
        self, keys: Sequence[dg.AssetKey], partitions: Sequence[str], unforced: Sequence[dg.AssetKey] = ()
    ) -> bool:
        tags = dict(self.tags)
        if partitions:
            tags["dagster/asset_partition_range_start"] = min(partitions)
            tags["dagster/asset_partition_range_end"] = max(partitions)
        with self.log.open("a") as log, contextlib.redirect_stdout(log):
            result = self._job.execute_in_process(
                instance=self.instance,
                asset_selection=[*keys, *unforced],
                tags=tags,
                raise_on_error=False,
                run_config={"loggers": {"progress": {}}, "ops": self._forced(keys)},
            )
        self._note(result)
        return bool(result.success)

    def _forced(self, keys: Sequence[dg.AssetKey]) -> Mapping[str, Any]:
        if not self.force:
            return {}
        ops = {self._graph.get(key).assets_def.op.name for key in keys}
        configured: dict[str, Any] = {op: {"config": {"force": True}} for op in sorted(ops)}
        if "monthly_models" in configured:
            configured["monthly_models"]["config"]["datasets"] = self._forced_datasets
        return configured

    def _note(self, result: dg.ExecuteInProcessResult) -> None:
        for event in result.all_events:
            if event.is_step_failure:
                failure = event.step_failure_data
                if failure.error_source is not None and failure.error_source.name == "INTERRUPT":
                    raise KeyboardInterrupt
                reason = failure.user_failure_data.description if failure.user_failure_data else None
                if reason is None and failure.error is not None:
                    reason = _root_cause(failure.error)
                step = (event.step_key or "").replace("__", "/", 1)
                self.outcome.failures.append(f"{step}: {reason}")
            elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                evaluation = event.asset_check_evaluation_data
                key = ("/".join(evaluation.asset_key.path), evaluation.check_name)
                warns = not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.WARN
                self.outcome.checks[key] = evaluation.passed or warns
                if warns:
                    self.outcome.warnings.add(key)


def _root_cause(error: Any) -> str:
    while error.cause is not None:
        error = error.cause
    return str(error.message).strip()
