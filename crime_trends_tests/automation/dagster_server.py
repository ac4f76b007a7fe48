"""Dagster as it runs for users: a code server, the web server and the daemon, over a home."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import requests

from crime_trends.home import DAGSTER_YAML
from crime_trends_tests.conftest import REPOSITORY, Home

LOCATION = "crime_trends_tests.automation.location"
GOING = ("REQUESTED", "COMPLETING", "FAILING", "CANCELING")
"""What is said of a backfill that has not ended."""
REPOSITORY_SELECTOR = {"repositoryLocationName": "crime_trends", "repositoryName": "__repository__"}
Found = TypeVar("Found")

RUNS = """{ runsOrError(limit: 200) { ... on Runs { results {
  runId status tags { key value } assetSelection { path } assetCheckSelection { name } } } } }"""
BACKFILLS = """{ partitionBackfillsOrError { ... on PartitionBackfills { results {
  id status title runs { runId } error { message } } } } }"""
FRESHNESS = """query ($keys: [AssetKeyInput!]) { assetNodes(assetKeys: $keys) {
  assetKey { path } freshnessStatusInfo { freshnessStatus } } }"""
VERSIONS = """query ($key: AssetKeyInput!, $partitions: [String!]) { assetNodeOrError(assetKey: $key) {
  ... on AssetNode { dataVersionByPartition(partitions: $partitions) } } }"""
NUMBERS = """query ($keys: [AssetKeyInput!]) { assetNodes(assetKeys: $keys) { assetKey { path }
  assetMaterializations(limit: 1) { metadataEntries { __typename label } } } }"""
LAUNCH = """mutation ($parameters: ExecutionParams!) { launchRun(executionParams: $parameters) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
HEARTBEATS = """{ instance { daemonHealth { allDaemonStatuses { required healthy } } } }"""
START = """mutation ($selector: SensorSelector!) { startSensor(sensorSelector: $selector) {
  __typename ... on PythonError { message } } }"""
SET_CURSOR = """mutation ($selector: SensorSelector!, $cursor: String) { setSensorCursor(
  sensorSelector: $selector, cursor: $cursor) { __typename ... on PythonError { message } } }"""
SENSOR = """query ($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) { ... on Sensor {
  sensorState { typeSpecificData { ... on SensorData { lastCursor } }
    ticks(limit: 1) { id status skipReason error { message } } } } } }"""


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DagsterServer:
    """The three processes, started within a ``with`` block and ended with it."""

    def __init__(self, home: Home, log: Path) -> None:
        self.home = home
        self.log = log
        self.dagster_home = Path(home.settings.get("DAGSTER_HOME", home.path / "dagster"))
        self.url = f"http://127.0.0.1:{free_port()}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> DagsterServer:
        try:
            self._start_all()
        except BaseException:
            self._stop_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop_all()

    def _start_all(self) -> None:
        code_port = free_port()
        self.dagster_home.mkdir(parents=True, exist_ok=True)
        if not (self.dagster_home / "dagster.yaml").exists():
            (self.dagster_home / "dagster.yaml").write_text(DAGSTER_YAML)
        workspace = self.log.with_name("workspace.yaml")
        workspace.write_text(
            f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {code_port}, location_name: crime_trends}}\n"
        )
        local = ["-h", "127.0.0.1", "-p"]
        self._start("dagster", "api", "grpc", "-m", LOCATION, *local, str(code_port), "--location-name", "crime_trends")
        self.wait_for("the code server", lambda: _listens(code_port), 240)
        self._start("dagster_webserver", "-w", str(workspace), *local, self.url.rsplit(":", 1)[1])
        self._start("crime_trends_tests.automation.quick_daemon", "run", "-w", str(workspace))
        self.wait_for("the web server", lambda: _listens(int(self.url.rsplit(":", 1)[1])), 240)

    def _stop_all(self) -> None:
        for sign, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
            for process in self._processes:
                try:
                    os.killpg(process.pid, sign)
                    process.wait(timeout=seconds)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue

    def ask(self, query: str, **variables: Any) -> Any:
        """What a GraphQL query gives: the value of its one field."""
        answer = requests.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        assert not isinstance(value, dict) or "message" not in value, value
        return value

    def runs(self) -> list[Mapping[str, Any]]:
        """All runs, the latest first."""
        return list(self.ask(RUNS)["results"])

    def backfills(self) -> list[Mapping[str, Any]]:
        """All backfills, the latest first."""
        return list(self.ask(BACKFILLS)["results"])

    def ended_backfills(self, seconds: float) -> dict[str, Mapping[str, Any]]:
        """Id -> backfill, once all of them have ended."""

        def look() -> dict[str, Mapping[str, Any]] | None:
            found = {backfill["id"]: backfill for backfill in self.backfills()}
            return found if not any(it["status"] in GOING for it in found.values()) else None

        return self.wait_for("end of the backfills", look, seconds)

    def start_sensor(self, name: str) -> None:
        """Starts a sensor."""
        self.ask(START, selector={**REPOSITORY_SELECTOR, "sensorName": name})

    def sensor(self, name: str) -> Mapping[str, Any]:
        """The state of a sensor."""
        return dict(self.ask(SENSOR, selector={**REPOSITORY_SELECTOR, "sensorName": name})["sensorState"])

    def freshness(self, *datasets: str) -> dict[str, str | None]:
        """Dataset -> how fresh its raw years are; None without a policy."""
        nodes = self.ask(FRESHNESS, keys=[{"path": ["raw", dataset]} for dataset in datasets])
        found = {node["assetKey"]["path"][1]: node["freshnessStatusInfo"] for node in nodes}
        return {dataset: info["freshnessStatus"] if info else None for dataset, info in found.items()}

    def versions(self, asset: str, *partitions: str) -> dict[str, str]:
        """Partition -> data version."""
        node = self.ask(VERSIONS, key={"path": asset.split("/")}, partitions=partitions)
        return dict(zip(partitions, node["dataVersionByPartition"], strict=True))

    def numbers(self, *assets: str) -> dict[str, set[str]]:
        """Asset -> names of the numbers that its latest materialization bears."""
        nodes = self.ask(NUMBERS, keys=[{"path": asset.split("/")} for asset in assets])
        return {
            "/".join(node["assetKey"]["path"]): {
                entry["label"]
                for event in node["assetMaterializations"]
                for entry in event["metadataEntries"]
                if entry["__typename"] in ("IntMetadataEntry", "FloatMetadataEntry")
            }
            for node in nodes
        }

    def launch(self, job: str, partition: str, step: str, config: Mapping[str, Any]) -> str:
        """Starts a run of a job for a partition, as the launchpad does, and returns its id."""
        parameters = {
            "selector": {**REPOSITORY_SELECTOR, "jobName": job},
            "runConfigData": {"ops": {step: {"config": config}}},
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": partition}]},
        }
        return str(self.ask(LAUNCH, parameters=parameters)["run"]["runId"])

    def has_live_daemon(self) -> bool:
        """Whether all that the daemon does has begun."""
        statuses = self.ask(HEARTBEATS)["daemonHealth"]["allDaemonStatuses"]
        return all(status["healthy"] for status in statuses if status["required"])

    def last_tick(self, name: str) -> object:
        """What tells the latest tick of a sensor from the one before."""
        ticks = self.sensor(name)["ticks"]
        return ticks[0]["id"] if ticks else None

    def cursor(self, name: str) -> str | None:
        """The cursor of a sensor."""
        data = self.sensor(name)["typeSpecificData"]
        return str(data["lastCursor"]) if data and data["lastCursor"] else None

    def set_cursor(self, name: str, cursor: str) -> None:
        """Replaces the cursor of a sensor."""
        self.ask(SET_CURSOR, selector={**REPOSITORY_SELECTOR, "sensorName": name}, cursor=cursor)

    def wait_for(self, what: str, look: Callable[[], Found], seconds: float) -> Found:
        """Looks until something is found and returns it."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            dead = [process.args for process in self._processes if process.poll() is not None]
            if time.monotonic() > deadline or dead:
                raise AssertionError(f"no {what} after {seconds} s; ended: {dead}; {self.log.read_text()[-6000:]}")
            time.sleep(0.5)
        return found

    def _start(self, module: str, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", module, *arguments],
                    env={
                        **self.home.environment(),
                        "DAGSTER_HOME": str(self.dagster_home),
                        "PYTHONPATH": str(REPOSITORY),
                    },
                    cwd=self.log.parent,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
