"""dbt as a Dagster resource, and the project's manifest, which is made when it is missing or old."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path

from dagster_dbt import DbtCliResource, DbtProject

from crime_trends.warehouse.models import DBT_DIR, code_hash


def dbt_project(target: Path) -> DbtProject:
    """The dbt project with an up-to-date manifest in the target folder, which lies in the home.

    Parsing takes seconds, so it happens only when a file of the project changed since the last time.
    """
    project = DbtProject(project_dir=DBT_DIR, target_path=target, profiles_dir=DBT_DIR)
    target.mkdir(parents=True, exist_ok=True)
    stamp = target / "manifest.stamp"
    present = project_hash()
    with (target / "manifest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not project.manifest_path.exists() or not stamp.exists() or stamp.read_text() != present:
            dbt_resource(project).cli(["parse", "--quiet"], target_path=target).wait()
            stamp.write_text(present)
    return project


def project_hash() -> str:
    """Hash of all files of the project."""
    return code_hash(("models", "macros", "tests", "seeds", "dbt_project.yml", "profiles.yml"))


def dbt_resource(project: DbtProject) -> DbtCliResource:
    """The dbt of the running Python's environment, which need not be on the PATH, for that project."""
    return DbtCliResource(project_dir=project, dbt_executable=str(Path(sys.executable).parent / "dbt"))
