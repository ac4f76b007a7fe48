"""The asset graph as text, so that a change of it shows as a change of ``graph.snapshot.txt``.

Run as a module (``make snapshot``), writes that file.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

SNAPSHOT = Path(__file__).with_name("graph.snapshot.txt")


def graph_as_text(definitions: dg.Definitions) -> str:
    """What others rely on: a paragraph for each asset, job, schedule and sensor, in order, without code and texts."""
    paragraphs = [*_assets(definitions), *_jobs(definitions), *_schedules(definitions), *_sensors(definitions)]
    return "\n\n".join("\n  ".join(lines) for lines in paragraphs) + "\n"


def _assets(definitions: dg.Definitions) -> Iterator[list[str]]:
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.materializable_asset_keys, key=_name):
        asset = graph.get(key)
        condition = asset.automation_condition
        lines = [
            f"asset {_name(key)}",
            f"group {asset.group_name}; kinds {', '.join(sorted(asset.kinds))}",
            f"partitions {_partitions(asset.partitions_def)}",
            f"pools {', '.join(sorted(asset.pools or ())) or 'none'}",
            f"automation {condition.get_label() or type(condition).__name__ if condition else 'none'}",
            f"freshness {asset.freshness_policy or 'none'}",
            *(f"from {_name(parent)}" for parent in sorted(asset.parent_keys, key=_name)),
            *(
                f"check {_check(graph.get_check_spec(check))}"
                for check in sorted(asset.check_keys, key=lambda it: it.name)
            ),
        ]
        yield [line for line in lines if not line.endswith(" none")]


def _jobs(definitions: dg.Definitions) -> Iterator[list[str]]:
    for job in sorted(definitions.resolve_all_job_defs(), key=lambda it: it.name):
        if not job.name.startswith("__"):
            selected = sorted(job.asset_layer.executable_asset_keys, key=_name)
            yield [f"job {job.name}", f"partitions {_partitions(job.partitions_def)}", *map(_name, selected)]


def _schedules(definitions: dg.Definitions) -> Iterator[list[str]]:
    for schedule in sorted(definitions.get_repository_def().schedule_defs, key=lambda it: it.name):
        when = f"{schedule.cron_schedule} {schedule.execution_timezone or 'UTC'}"
        yield [f"schedule {schedule.name}", f"{when}; {schedule.default_status.value.lower()}"]


def _sensors(definitions: dg.Definitions) -> Iterator[list[str]]:
    for sensor in sorted(definitions.get_repository_def().sensor_defs, key=lambda it: it.name):
        pace = f"every {sensor.minimum_interval_seconds} s" if sensor.minimum_interval_seconds else "at each tick"
        yield [f"sensor {sensor.name}", f"{sensor.sensor_type.value}; {pace}; {sensor.default_status.value.lower()}"]


def _name(key: dg.AssetKey) -> str:
    return key.to_user_string()


def _partitions(definition: dg.PartitionsDefinition | None) -> str:
    """The definition and not its keys, which grow with time."""
    if definition is None:
        return "none"
    if not isinstance(definition, dg.TimeWindowPartitionsDefinition):
        return str(definition)
    first = definition.start.strftime(definition.fmt)
    last = f"before {definition.end.strftime(definition.fmt)}" if definition.end else "now"
    return f"{definition.cron_schedule} from {first} to {last}, end offset {definition.end_offset}"


def _check(spec: dg.AssetCheckSpec) -> str:
    return spec.name + (" (blocking)" if spec.blocking else "")


def main() -> int:
    """Writes the snapshot of the present code; returns the exit code."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CRIME_TRENDS_HOME"] = home
        for name in ("DAGSTER_HOME", "DBT_TARGET_PATH"):
            os.environ.pop(name, None)
        from crime_trends.definitions import defs

        SNAPSHOT.write_text(graph_as_text(defs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
