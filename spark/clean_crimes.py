"""The Spark job that cleans months of one dataset; run within a Dagster Pipes session, here or on a cluster.

The job comes in the extras of Pipes and its report goes back as a message of Pipes (both are in
``crime_cleaning.spec``). A process of this machine finds the session in its environment; on a cluster it comes in the
arguments ``--dagster-pipes-context`` and ``--dagster-pipes-messages``. A failure ends with one line on standard error,
after whatever Spark had to say.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from crime_cleaning.job import run, session
from crime_cleaning.messages import FolderMessageWriter
from crime_cleaning.spec import CleaningJob
from dagster_pipes import PipesCliArgsParamsLoader, PipesContext, open_dagster_pipes
from pyspark.sql import SparkSession


def end_with_parent(parent_pid: int) -> None:
    """Ends this process, and with it the JVM, soon after its parent was killed."""

    def watch() -> None:
        while os.getppid() == parent_pid:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def reason(error: Exception) -> str:
    """The innermost cause of an error, in one line."""
    java = getattr(error, "java_exception", None)
    while java is not None and java.getCause() is not None:
        java = java.getCause()
    lines = str(java.toString() if java is not None else error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"


def opened_pipes() -> PipesContext:
    """The Pipes session that this process is part of."""
    arguments = PipesCliArgsParamsLoader()
    if arguments.is_dagster_pipes_process():
        return open_dagster_pipes(params_loader=arguments, message_writer=FolderMessageWriter())
    return open_dagster_pipes()


@contextmanager
def spark_ends() -> Iterator[None]:
    """Stops Spark at the end, when the last message was written."""
    try:
        yield
    finally:
        if (spark := SparkSession.getActiveSession()) is not None:
            spark.stop()


def main(pipes: PipesContext) -> None:
    """Runs the job that Pipes holds, and reports."""
    job = CleaningJob.from_json(pipes.extras)
    if job.parent_pid is not None:
        end_with_parent(job.parent_pid)
    # An interrupt while the JVM starts would leave it behind; so it waits until Spark has a handler of its own.
    interrupts: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    spark = session(job.spark)
    if interrupts:
        raise KeyboardInterrupt
    try:
        report = run(spark, job, pipes.log.info)
    except Exception as error:
        traceback.print_exc()
        raise SystemExit(reason(error)) from None
    pipes.report_custom_message(report.to_json())


if __name__ == "__main__":
    with spark_ends(), opened_pipes() as context:
        main(context)
