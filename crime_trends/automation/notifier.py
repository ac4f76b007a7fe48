"""The notifier: tells a webhook what failed, once, by one JSON message.

A sensor of its own and not one for run failures, since those have no memory: it reads the runs that finished since its
cursor, also those of the ``run`` command, and keeps in the cursor what it told. Something that failed is told again
only after it worked in between.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps, loads
from typing import Any

import dagster as dg

from crime_trends.resources.webhook import WebhookResource
from crime_trends.settings import PREFIX

NAME = "failure_notifier"
TICK_SECONDS = 60
FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
RUNS_AT_ONCE = 100
EVENTS = {
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.RUN_FAILURE,
}


@dataclass(frozen=True)
class Findings:
    """What a finished run says.

    Arguments:
        failed: what failed (a step, a check, or the run itself) -> why, in one line.
        worked: the steps and blocking checks that worked.
    """

    failed: Mapping[str, str]
    worked: frozenset[str]


def failure_notifier() -> dg.SensorDefinition:
    """The sensor; stopped until started, and silent while no webhook is set."""

    @dg.sensor(
        name=NAME,
        minimum_interval_seconds=TICK_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Posts one JSON message to {PREFIX}WEBHOOK_URL for each run that failed, with its steps and the "
        "blocking checks that did not pass. The same failure is told once, until it worked in between.",
    )
    def notifier(context: dg.SensorEvaluationContext, webhook: WebhookResource) -> dg.SensorResult:
        known: dict[str, Any] = loads(context.cursor) if context.cursor else {}
        since, told = known.get("since"), dict(known.get("told", {}))
        now = datetime.now(UTC).timestamp()
        if since is None or not webhook.is_set():
            reason = "starts from now" if since is None else f"{PREFIX}WEBHOOK_URL is not set"
            return dg.SensorResult(skip_reason=reason, cursor=dumps({"since": now, "told": told}))
        posted = 0
        for record in _finished(context.instance, since):
            found = findings(context.instance, record.dagster_run)
            told = {what: why for what, why in told.items() if what not in found.worked}
            new = {what: why for what, why in found.failed.items() if told.get(what) != why}
            if new:
                webhook.post(message(record.dagster_run, new))
                posted += 1
            told |= new
            since = max(since, record.end_time or since)
            context.update_cursor(dumps({"since": since, "told": told}))
        return dg.SensorResult(
            skip_reason=f"{posted} failures told" if posted else "nothing new failed",
            cursor=dumps({"since": since, "told": told}),
        )

    return notifier


def findings(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Findings:
    """What failed in a finished run, and what worked."""
    failed: dict[str, str] = {}
    worked: set[str] = set()
    partition = _partition(run)
    for entry in instance.all_logs(run.run_id, of_type=EVENTS):
        event = entry.dagster_event
        if event is None:
            continue
        if event.event_type == dg.DagsterEventType.STEP_SUCCESS:
            worked.add(f"step {event.step_key}{partition}")
        elif event.event_type == dg.DagsterEventType.STEP_FAILURE:
            failed[f"step {event.step_key}{partition}"] = _why(event.step_failure_data)
        elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            what = f"check {check.check_name} of {check.asset_key.to_user_string()}"
            if check.passed:
                worked.add(what)
            elif check.blocking and check.severity == dg.AssetCheckSeverity.ERROR:
                failed[what] = _one_line(check.description or "did not pass")
        elif not failed:
            failed[f"run of {run.job_name}{partition}"] = _one_line(event.message or "")
    return Findings(failed, frozenset(worked - failed.keys()))


def message(run: dg.DagsterRun, failed: Mapping[str, str]) -> dict[str, Any]:
    """The message: ``text`` for people, which chat services show, and the same for programs."""
    lines = [f"{what}: {why}" for what, why in failed.items()]
    return {
        "text": "\n".join([f"crime_trends: run {run.run_id} failed", *lines]),
        "run_id": run.run_id,
        "job": run.job_name,
        "partition": _partition(run).strip() or None,
        "failed": dict(failed),
    }


def _finished(instance: dg.DagsterInstance, since: float) -> Iterator[dg.RunRecord]:
    """The runs that finished after a moment, the first to finish first."""
    filters = dg.RunsFilter(statuses=FINISHED, updated_after=datetime.fromtimestamp(since, UTC))
    records = instance.get_run_records(filters, limit=RUNS_AT_ONCE, order_by="update_timestamp", ascending=True)
    yield from (record for record in records if (record.end_time or 0) > since)


def _partition(run: dg.DagsterRun) -> str:
    """The partitions of a run, with a space before them; "" if it has none."""
    first, last = (run.tags.get(f"dagster/asset_partition_range_{end}") for end in ("start", "end"))
    one = run.tags.get("dagster/partition")
    return f" {one}" if one else f" {first} to {last}" if first else ""


def _why(data: Any) -> str:
    described = data.user_failure_data.description if data.user_failure_data else None
    if described:
        return _one_line(described)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return _one_line(error.message) if error else "no reason is known"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
