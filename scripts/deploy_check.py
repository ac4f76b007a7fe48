"""Runs what docker-compose.yaml runs, without containers: `make deploy-check`.

A real PostgreSQL, and the compose file's own commands for code server, web server and daemon with deploy/dagster.yaml
and deploy/workspace.yaml, on free ports of the loopback. Over the built-in sample portal a backfill is handed to the
web server. In the midst of its first run the code server is killed, with all that it started, and comes back as its
restart policy asks. Nobody is told; that run must be started again, and the backfill come to its end. Then all
processes end when told to. Exit code 0 if all of it worked, 1 if not, 2 if the machine lacks PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
import yaml

from crime_trends.commands.backfill import DagsterServer
from crime_trends.errors import CrimeTrendsError
from crime_trends.sample.generator import write_sample
from crime_trends.sample.portal import SamplePortal
from crime_trends.settings import REPOSITORY, Settings

DATASET = "san_diego_calls_for_service"
ENDING_SECONDS = 60.0
Found = TypeVar("Found")


def say(text: str) -> None:
    """One line of what goes on."""
    sys.stdout.write(f"deploy-check: {text}\n")
    sys.stdout.flush()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, look: Callable[[], Found | None], seconds: float) -> Found:
    """The first thing that a look finds; a refused connection is a look that found nothing."""
    say(f"waiting for {what}")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = look()
        except (CrimeTrendsError, psycopg2.OperationalError):
            found = None
        if found:
            return found
        time.sleep(1)
    raise CrimeTrendsError(f"no {what} within {seconds:.0f} s")


class Postgres:
    """A PostgreSQL of its own in a folder, on a free port.

    Arguments:
        programs: folder of initdb and postgres.
        folder: an existing folder for its files.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self.password = secrets.token_urlsafe(24)
        self.port = free_port()
        # It refuses to run as root; Debian's package makes this user.
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, "postgres")
            folder.parent.chmod(0o711)
        login = folder / "login"
        login.write_text(self.password)
        login.chmod(0o600)
        if user:
            shutil.chown(login, "postgres")
        data = folder / "data"
        make = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "crime_trends",
            f"--pwfile={login}",
            "--auth=scram-sha-256",
            "-N",
        ]
        subprocess.run([*map(str, make)], check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user)
        login.unlink()
        serve = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", folder]
        with (folder.parent / "database.log").open("w") as log:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                [*map(str, serve)], stdout=log, stderr=log, cwd=folder, user=user
            )

    def connect(self, database: str) -> Any:
        """A connection to one of its databases."""
        return psycopg2.connect(
            host="127.0.0.1", port=self.port, user="crime_trends", password=self.password, dbname=database
        )

    def make_database(self) -> bool:
        """Makes the database, once the server answers."""
        connection = self.connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("create database crime_trends")
        connection.close()
        return True

    def end(self) -> None:
        """Tells it to end, and waits."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(ENDING_SECONDS)


def compose() -> dict[str, Any]:
    """The services of the compose file, by name."""
    services: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yaml").read_text())["services"]
    return services


class Services:
    """The processes of the compose file.

    Arguments:
        folder: for their logs.
        environment: of all of them.
        ports: of the compose file -> those to use here.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], ports: Mapping[str, int]) -> None:
        self.folder = folder
        self.environment = environment
        self.services = compose()
        workspace = "deploy/workspace.yaml"
        self.stand_ins = {
            "0.0.0.0": "127.0.0.1",  # noqa: S104
            workspace: str(REPOSITORY / workspace),
            **{port: str(here) for port, here in ports.items()},
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Starts a service, in a group of its own."""
        command = [self.stand_ins.get(word, word) for word in self.services[name]["command"]]
        command[0] = str(Path(sys.executable).parent / command[0])
        with (self.folder / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen(
                command, env=dict(self.environment), cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def is_code_healthy(self) -> bool:
        """What the image's health check asks of the code server.

        Raises:
            ChildProcessError: it has ended.
        """
        if self.running["code"].poll() is not None:
            raise ChildProcessError("the code server has ended")
        command = [
            str(Path(sys.executable).parent / "dagster"),
            "api",
            "grpc-health-check",
            "-p",
            self.stand_ins["4000"],
        ]
        return subprocess.run(command, env=dict(self.environment), cwd=self.folder, capture_output=True).returncode == 0

    def kill(self, name: str) -> None:
        """Ends a service and all that it started, as a container that runs out of memory."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """Tells all services to end, as `docker compose down` does.

        Raises:
            CrimeTrendsError: one did not; it is killed.
        """
        stuck = []
        for name, process in reversed(self.running.items()):
            if (code := process.poll()) is not None:
                stuck.append(f"{name} had ended before, with exit code {code}")
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                stuck.append(f"{name} did not end within {ENDING_SECONDS:.0f} s")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()
        if stuck:
            raise CrimeTrendsError("; ".join(stuck))

    def logs(self) -> str:
        """The ends of all logs."""
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-25:])
            for path in sorted(self.folder.glob("*.log"))
        )


LOCATION = (
    "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError { __typename } } } } }"
)
BACKFILL = (
    "query backfill($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"
)
RUNS = "query runs($filter: RunsFilter!) { runsOrError(filter: $filter) { ... on Runs { results { runId status } } } }"


def is_loaded(server: DagsterServer) -> bool:
    """Whether the web server has the code server's assets."""
    entries = server.ask(LOCATION)["workspaceOrError"]["locationEntries"]
    return [entry["locationOrLoadError"]["__typename"] for entry in entries] == ["RepositoryLocation"]


def runs(server: DagsterServer, tag: str, value: str) -> dict[str, str]:
    """The runs that have a tag: id -> status."""
    tags = {"tags": [{"key": tag, "value": value}]}
    return {run["runId"]: run["status"] for run in server.ask(RUNS, {"filter": tags})["runsOrError"]["results"]}


def hand_over(environment: Mapping[str, str], month: str) -> str:
    """Hands a month's backfill to the web server; returns its id.

    Raises:
        CrimeTrendsError: it was refused.
    """
    command = [
        sys.executable,
        "-m",
        "crime_trends.cli",
        "backfill",
        "--dataset",
        DATASET,
        "--from",
        month,
        "--to",
        month,
    ]
    handed = subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=600)
    if handed.returncode != 0:
        raise CrimeTrendsError(f"the backfill of {month} was refused: {handed.stderr}")
    return handed.stdout.split()[1].rstrip(":")


def wait_for_backfill(server: DagsterServer, id: str, seconds: float) -> None:
    """Waits until a backfill is made.

    Raises:
        CrimeTrendsError: it failed, or is not made in time.
    """

    def ended() -> str | None:
        status: str = server.ask(BACKFILL, {"id": id})["partitionBackfillOrError"]["status"]
        return status if status in ("COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED") else None

    status = wait_for(f"the end of backfill {id}", ended, seconds)
    if status != "COMPLETED_SUCCESS":
        raise CrimeTrendsError(f"backfill {id} ended as {status}")


def kill_code_server(server: DagsterServer, services: Services, backfill: str, seconds: float) -> str:
    """Kills the code server in the midst of a run of a backfill, and starts it again at once; returns the run's id.

    Raises:
        CrimeTrendsError: no run has started in time.
    """

    def started() -> str | None:
        return next(
            (id for id, status in runs(server, "dagster/backfill", backfill).items() if status == "STARTED"), None
        )

    run = wait_for(f"a run of backfill {backfill}", started, seconds)
    say(f"killing the code server, and so run {run}")
    services.kill("code")
    services.start("code")
    return run


def check(programs: Path, folder: Path, seconds: float) -> None:
    """Runs it all in an empty folder.

    Raises:
        CrimeTrendsError: something did not work.
    """
    with ExitStack() as stack:
        (folder / "database").mkdir()
        database = Postgres(programs, folder / "database")
        stack.callback(database.end)
        wait_for("PostgreSQL", database.make_database, seconds)
        portal_folder = folder / "portal"
        write_sample(portal_folder)
        portal = stack.enter_context(SamplePortal(portal_folder))
        ports = {"3000": free_port(), "4000": free_port()}
        web_url = f"http://127.0.0.1:{ports['3000']}"
        environment = {
            **os.environ,
            **compose()["code"]["environment"],
            **{f"CRIME_TRENDS_{city.upper()}_URL": url for city, url in portal.urls.items()},
            "DAGSTER_HOME": str(REPOSITORY / "deploy"),
            "CRIME_TRENDS_HOME": str(folder / "home"),
            "CRIME_TRENDS_EXECUTOR": "multiprocess",
            "CRIME_TRENDS_POSTGRES_HOST": "127.0.0.1",
            "CRIME_TRENDS_POSTGRES_PORT": str(database.port),
            "CRIME_TRENDS_POSTGRES_USER": "crime_trends",
            "CRIME_TRENDS_POSTGRES_DB": "crime_trends",
            "CRIME_TRENDS_POSTGRES_PASSWORD": database.password,
            "CRIME_TRENDS_CODE_SERVER_HOST": "127.0.0.1",
            "CRIME_TRENDS_CODE_SERVER_PORT": str(ports["4000"]),
            "CRIME_TRENDS_WEB_URL": web_url,
            "CRIME_TRENDS_DAGSTER_STORAGE": str(folder / "home" / "storage"),
        }
        (folder / "home").mkdir()
        services = Services(folder, environment, ports)
        try:
            services.start("code")
            wait_for("the code server", services.is_code_healthy, seconds)
            services.start("web")
            services.start("daemon")
            server = DagsterServer(Settings(web_url=web_url))
            wait_for("the code location", lambda: is_loaded(server), seconds)
            backfill = hand_over(environment, "2024-03")
            killed = kill_code_server(server, services, backfill, seconds)
            wait_for_backfill(server, backfill, seconds)
            again = runs(server, "dagster/parent_run_id", killed)
            if list(again.values()) != ["SUCCESS"]:
                raise CrimeTrendsError(f"run {killed} was killed and should have been started again, once: {again}")
            say(f"the killed run was started again ({next(iter(again))})")
            with database.connect("crime_trends") as connection, connection.cursor() as cursor:
                cursor.execute("select count(*) from runs where status = 'SUCCESS'")
                say(f"{cursor.fetchone()[0]} runs are in PostgreSQL")
            connection.close()
            services.end()
        except BaseException:
            sys.stderr.write(services.logs() + "\n")
            for name in list(services.running):
                services.kill(name)
            raise
    say("all of it worked, and all processes have ended")


def programs_of_postgres() -> Path | None:
    """The folder of PostgreSQL's programs: on the PATH, or where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def main() -> int:
    """Exit code as the module says."""
    parser = argparse.ArgumentParser(description="Runs docker-compose.yaml's processes without containers.")
    parser.add_argument("--seconds", type=float, default=900, help="deadline of each step (default: 900)")
    options = parser.parse_args()
    programs = programs_of_postgres()
    if programs is None:
        sys.stderr.write("deploy-check: PostgreSQL is missing; on Debian or Ubuntu: apt install postgresql\n")
        return 2
    started = time.monotonic()
    # No setting of the developer's own: neither the environment's, nor those of a file .env in the working directory.
    for variable in [name for name in os.environ if name.startswith(("CRIME_TRENDS_", "DAGSTER_"))]:
        del os.environ[variable]
    with tempfile.TemporaryDirectory(prefix="deploy-check-") as name:
        os.chdir(name)
        try:
            check(programs, Path(name), options.seconds)
        except (CrimeTrendsError, ChildProcessError) as error:
            sys.stderr.write(f"deploy-check: FAILED: {error}\n")
            return 1
    say(f"{time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
