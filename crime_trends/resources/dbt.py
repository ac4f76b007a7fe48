"""dbt as a Dagster resource, and the project's manifest, which is made when it is missing or old."""

from __future__ import annotations

import fcntl
import io
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from dagster_dbt import DbtCliResource, DbtProject
from packaging.version import Version

from crime_trends.errors import CrimeTrendsError
from crime_trends.warehouse.models import DBT_DIR, code_hash


class InstalledDbt(DbtCliResource):
    """The dbt of the running Python's environment."""

    @cached_property
    def _cli_version(self) -> Version:
        """What ``dbt --version`` says, which takes seconds, since it asks a package index for newer ones."""
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        """None where dagster-dbt connects to the database for row counts and columns, which are not taken from it."""


def dbt_project(target: Path, profile_target: str = "local") -> DbtProject:
    """The dbt project with an up-to-date manifest in the target folder, which lies in the home.

    Parsing takes seconds, so it happens only when a file of the project changed since the last time, or the home was
    moved: the place is a part of the connection, and dbt parses anew for each connection.

    Arguments:
        target: the folder.
        profile_target: which of the profile's targets the models are built for.

    Raises:
        CrimeTrendsError: dbt can't read the project; the message has dbt's own words.
    """
    project = DbtProject(project_dir=DBT_DIR, target_path=target, profiles_dir=DBT_DIR, target=profile_target)
    target.mkdir(parents=True, exist_ok=True)
    stamp = target / "manifest.stamp"
    present = f"{profile_target} {project_hash()} in {target}"
    with (target / "manifest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not project.manifest_path.exists() or not stamp.exists() or stamp.read_text() != present:
            _parse(project, target)
            stamp.write_text(present)
    return project


def _parse(project: DbtProject, target: Path) -> None:
    invocation = dbt_resource(project).cli(["parse", "--quiet"], target_path=target, raise_on_error=False)
    with redirect_stdout(io.StringIO()):  # To which each line goes that is read here.
        said = [event.raw_event["info"] for event in invocation.stream_raw_events()]
    if not invocation.is_successful():
        errors = [" ".join(info["msg"].split()) for info in said if info["level"] == "error"]
        why = "; ".join(errors) or f"see {target / 'dbt.log'}"
        raise CrimeTrendsError(f"dbt can't read the models in {DBT_DIR.name}/: {why}")


def project_hash() -> str:
    """Hash of all files of the project."""
    return code_hash(("models", "macros", "tests", "seeds", "dbt_project.yml", "profiles.yml"))


def dbt_resource(project: DbtProject) -> DbtCliResource:
    """The dbt of the running Python's environment, which need not be on the PATH, for that project."""
    return InstalledDbt(
        project_dir=str(project.project_dir),
        profiles_dir=str(project.profiles_dir),
        target=project.target,
        dbt_executable=str(Path(sys.executable).parent / "dbt"),
    )
