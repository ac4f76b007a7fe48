"""``crime-trends dev``: Dagster's web UI and daemon on this machine, over the home that ``run`` fills."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from crime_trends.commands.run import portals, sample_folder
from crime_trends.errors import UsageError
from crime_trends.home import only_run, prepare_home
from crime_trends.sample.generator import write_sample
from crime_trends.settings import Settings

WORKSPACE = Path(__file__).resolve().parents[2] / "workspace.yaml"


def dev(port: int, *, sample: bool) -> int:
    """Serves Dagster's web UI on loopback until it is interrupted; returns the exit code.

    Raises:
        UsageError: the port is in use.
    """
    settings = Settings.load(sample=sample)
    _refuse_taken_port(port)
    prepare_home(settings)
    if sample:
        with only_run(settings):
            write_sample(sample_folder(settings))
    with portals(settings, sample=sample):
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(WORKSPACE), "-h", "127.0.0.1", "-p", str(port)]
        # A group of its own, so that the web server, the daemon and the code servers all end with it.
        with subprocess.Popen(command, start_new_session=True) as process:
            try:
                return process.wait()
            finally:
                _end_group(process)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise UsageError(f"port {port} is in use; choose another with --port") from None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=20)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
