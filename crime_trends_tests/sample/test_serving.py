"""Starting and stopping: the command's three lines, ports, folders, signals."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from crime_trends.errors import UsageError
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.sample.conftest import CALLS, CALLS_BYTES, Client

SERVE = (
    "import pathlib, sys; from crime_trends.sample.portal import serve_portal; "
    "serve_portal(pathlib.Path(sys.argv[1]), 0)"
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_prints_an_environment_file_and_serves_until_a_signal(folder: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", SERVE, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip().split("=", 1) for _ in range(3)]
        assert [name for name, _ in lines] == [
            "CRIME_TRENDS_AUSTIN_URL",
            "CRIME_TRENDS_LOS_ANGELES_URL",
            "CRIME_TRENDS_SAN_DIEGO_URL",
        ]
        assert requests.get(f"{lines[2][1]}/{CALLS}", timeout=10).content == CALLS_BYTES
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_port_in_use_is_named(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} can't be used"):
            SamplePortal(folder, port)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_port_that_is_none_is_named(folder: Path, port: int) -> None:
    with pytest.raises(UsageError, match=str(port)):
        SamplePortal(folder, port)


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere does not exist"):
        SamplePortal(tmp_path / "nowhere")


def test_folder_without_a_city_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"austin, los_angeles, san_diego"):
        SamplePortal(tmp_path)


def test_listens_on_loopback_only(portal: SamplePortal) -> None:
    assert all(url.startswith("http://127.0.0.1:") for url in portal.urls.values())


def test_stop_ends_connections_that_are_kept_alive(folder: Path) -> None:
    with requests.Session() as session:
        with SamplePortal(folder) as portal:
            url = f"{portal.urls['san_diego']}/{CALLS}"
            assert session.get(url, timeout=10).status_code == 200
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get(url, timeout=10)


def test_several_clients_at_once(portal: SamplePortal, los_angeles: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: len(los_angeles.rows("2nrs-mtv8")), range(40)))
    assert answers == [9] * 40


def test_only_a_marked_folder_is_synthetic(folder: Path, los_angeles: Client) -> None:
    path = "api/views/2nrs-mtv8.json"
    assert "X-Crime-Trends-Synthetic" not in los_angeles.get(path).headers
    (folder / "SYNTHETIC").touch()
    assert los_angeles.get(path).headers["X-Crime-Trends-Synthetic"] == "true"
    assert los_angeles.get("resource/aaaa-bbbb.csv").headers["X-Crime-Trends-Synthetic"] == "true"
