"""Progress on the terminal: what the steps of a Dagster run say, one line each with the seconds since the start."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import dagster as dg

STARTED = time.monotonic()

CHATTER = ("[pipes] ", "A dbt subsetted execution", "Running dbt command", "Finished dbt command", "Copying `")
"""How lines begin that Dagster's libraries write into the assets' logs and that tell a user nothing."""


def say(text: str) -> None:
    """One line of progress, to standard error."""
    sys.__stderr__.write(f"[{time.monotonic() - STARTED:6.1f} s] {text}\n")  # type: ignore[union-attr]
    sys.__stderr__.flush()  # type: ignore[union-attr]


class ProgressHandler(logging.Handler):
    """Passes on what the assets' own code says, and each failed check; Dagster's bookkeeping stays out."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line of a record, if it is worth one."""
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        layer = (meta.get("step_key") or "").split("__")[0].removesuffix("_models")
        if event is None and record.levelno >= logging.INFO:
            message = meta.get("orig_message", record.getMessage())
            if not message.startswith(CHATTER):
                say(f"{layer:<9} {message}")
        elif event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed:
                key = "/".join(evaluation.asset_key.path)
                what = f": {evaluation.description}" if evaluation.description else ""
                say(f"{key}: check {evaluation.check_name} did not pass ({evaluation.severity.value}){what}")


@dg.logger(config_schema={}, description="Progress on the terminal.")
def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """A logger that the ``run`` command adds to the code location."""
    logger = logging.Logger("progress", level=logging.INFO)
    logger.addHandler(ProgressHandler())
    return logger
