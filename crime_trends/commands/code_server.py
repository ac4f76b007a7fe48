"""The code server of a deployment, which also sees to the runs that died with the one before it.

``python -m crime_trends.commands.code_server --host HOST --port PORT`` is ``dagster api grpc`` of this project.

Runs are processes of the code server and end with its container. Then nobody is left to tell Dagster's records: they
keep such runs started and their pool slots taken, and a backfill waits for them for ever. Dagster's own monitoring asks
no code server about its runs. The next code server knows without asking: what had started before it did is dead.
"""

from __future__ import annotations

import argparse
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence

import dagster as dg

from crime_trends.automation.retries import COMMAND_TAG
from crime_trends.commands.records import dagster_records, report_killed
from crime_trends.errors import CrimeTrendsError

NOTICED_SECONDS = 60.0
"""How long the daemon is given to load the new code server, for whose coming it looks each second. It starts a run
again when it hears that the run failed, and forgets about it if it has no code server at that moment."""


def started_runs(instance: dg.DagsterInstance) -> list[str]:
    """Ids of the runs that look alive and are no ``run`` command's, which is a process of its own.

    Those that are starting or being canceled are left to ``run_monitoring``, which has a deadline for both.
    """
    started = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    return [run.run_id for run in started if COMMAND_TAG not in run.tags]


def report_dead(instance: dg.DagsterInstance, ids: Sequence[str]) -> None:
    """Reports those of the runs failed that still look alive, so that the daemon starts them again."""
    filters = dg.RunsFilter(run_ids=list(ids), statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(filters=filters):
        report_killed(instance, run)


def serve(host: str, port: int) -> int:
    """Serves the code location until it is told to end; returns the exit code.

    Raises:
        CrimeTrendsError: Dagster's records can't be read or written.
    """
    with dagster_records() as instance:
        dead = started_runs(instance)
    command = [sys.executable, "-m", "dagster", "api", "grpc", "--host", host, "--port", str(port)]
    code = ["--module-name", "crime_trends.definitions", "--location-name", "crime_trends"]
    with subprocess.Popen([*command, *code]) as server:
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda number, _: server.send_signal(number))
        if dead and _is_noticed(server, port):
            with dagster_records() as instance:
                report_dead(instance, dead)
        return server.wait()


def _is_noticed(server: subprocess.Popen[bytes], port: int) -> bool:
    """Waits until the server answers, and then for the daemon; whether the server still runs."""
    pause = 1.0
    while True:
        try:
            server.wait(pause)
            return False
        except subprocess.TimeoutExpired:
            if pause == NOTICED_SECONDS:
                return True
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            pause = NOTICED_SECONDS
        except OSError:
            continue


def main() -> int:
    """As the module says."""
    parser = argparse.ArgumentParser(prog="code_server", description="Serves the code location to Dagster.")
    parser.add_argument("--host", required=True, help="address to listen at")
    parser.add_argument("--port", required=True, type=int, help="port to listen at")
    options = parser.parse_args()
    try:
        return serve(options.host, options.port)
    except CrimeTrendsError as error:
        sys.stderr.write(f"code server: {error}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
