"""``crime-trends run``: brings everything for some months up to date, from the portals to the dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crime_trends.commands.agreement import agree
from crime_trends.commands.progress import say
from crime_trends.commands.summary import print_plan, print_summary
from crime_trends.datasets import BOUNDARIES, CITIES, DATASETS, LOOKUPS, Dataset
from crime_trends.errors import UsageError
from crime_trends.home import only_run, prepare_home
from crime_trends.lake.base import Lake
from crime_trends.lake.opening import lake_of
from crime_trends.months import months_of
from crime_trends.portals.kind import check_kind
from crime_trends.sample.generator import write_sample
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import Settings
from crime_trends.staleness import partitions_behind
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.opening import warehouse_of


@dataclass(frozen=True)
class RunRequest:
    """What a user asked for.

    Arguments:
        first, last: the months, both included.
        datasets: keys; empty means all that have a month in the range.
        sample: whether the built-in sample portal stands in for the cities'.
        dry_run: only say what would be done.
        force: redo the months though they are up to date.
        yes: go on though it is much.
    """

    first: str
    last: str
    datasets: tuple[str, ...] = ()
    sample: bool = False
    dry_run: bool = False
    force: bool = False
    yes: bool = False

    def months(self) -> Mapping[Dataset, list[str]]:
        """The months of each dataset that are asked for.

        Raises:
            UsageError: the range is empty, or a named dataset has no month in it.
        """
        if self.last < self.first:
            raise UsageError(f"--to {self.last} lies before --from {self.first}")
        chosen = [DATASETS[key] for key in self.datasets] or list(DATASETS.values())
        asked = {dataset: months_of(dataset, self.first, self.last) for dataset in chosen}
        for dataset in [dataset for dataset, months in asked.items() if not months]:
            span = f"it has {dataset.first_month} to {dataset.last_month or 'now'}"
            if self.datasets:
                raise UsageError(f"{dataset.key} has no month from {self.first} to {self.last}; {span}")
            say(f"{dataset.key} is left out: {span}")
            del asked[dataset]
        if not asked:
            raise UsageError(f"no dataset has a month from {self.first} to {self.last}")
        return asked


def run(request: RunRequest) -> int:
    """Does what was asked; returns the exit code: 0 if all of it is up to date and every check passed, else 1."""
    asked = request.months()
    settings = Settings.load(sample=request.sample)
    if not request.dry_run:
        agree(settings, asked, yes=request.yes)
    prepare_home(settings)
    lake = lake_of(settings)
    with only_run(settings), portals(settings, sample=request.sample) as settings:
        check_kind(settings, lake, sorted({dataset.city for dataset in asked}))
        warehouse = warehouse_of(settings)
        if request.dry_run:
            return print_plan(settings, lake, warehouse, asked, force=request.force)
        warehouse.prepare()
        return _bring_up_to_date(request, settings, lake, warehouse, asked)


def _bring_up_to_date(
    request: RunRequest,
    settings: Settings,
    lake: Lake,
    warehouse: Warehouse,
    asked: Mapping[Dataset, Sequence[str]],
) -> int:
    # Dagster takes seconds to load, so what a user can get wrong is said before.
    from crime_trends.commands.pipeline import Pipeline
    from crime_trends.commands.records import command_tags, dagster_records, report_killed_runs
    from crime_trends.definitions import defs

    with dagster_records() as instance:
        tags = command_tags(settings.home) | report_killed_runs(instance, settings.home)
        log = settings.temporary_dir / "run.log"
        pipeline = Pipeline(defs, instance, tags, log, force=request.force)
        say(f"Dagster is ready; what dbt prints goes to {log}")
        fetched = [dataset for dataset, months in asked.items() if pipeline.fetch(dataset, months)]
        lookups = [LOOKUPS[key] for key in sorted({key for dataset in fetched for key in dataset.lookups})]
        used = sorted({dataset.areas.boundary for dataset in fetched if dataset.areas.boundary})
        absent = [BOUNDARIES[key] for key in used if request.force or lake.raw_manifest(key, "") is None]
        pipeline.bring_unpartitioned(fetched, lookups, absent)
        loaded = [dataset for dataset in fetched if pipeline.clean_and_load(dataset, asked[dataset])]
        if loaded:
            pipeline.build_models(loaded, [month for dataset in loaded for month in asked[dataset]])
    behind = partitions_behind(lake, warehouse, asked)
    return print_summary(settings, lake, warehouse, asked, pipeline.outcome, behind)


def sample_folder(settings: Settings) -> Path:
    """The portal folder of the built-in sample in a home; whoever writes it holds the home."""
    return settings.home / "sample_portal"


@contextmanager
def portals(settings: Settings, *, sample: bool) -> Iterator[Settings]:
    """The settings with the addresses of the portals to ask: the built-in sample's, served meanwhile, if so asked."""
    if not sample:
        settings.export()
        yield settings
        return
    folder = sample_folder(settings)
    write_sample(folder)
    with SamplePortal(folder) as portal:
        with_sample = settings.model_copy(update={f"{city}_url": portal.urls[city] for city in CITIES})
        with_sample.export()
        say(f"the built-in sample portal serves made-up data at {portal.urls['austin'].rsplit('/', 1)[0]}")
        yield with_sample
