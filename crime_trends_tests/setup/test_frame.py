"""Makefile, lock files, CI and what must never be in the repository."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from crime_trends_tests.conftest import REPOSITORY

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-emulators.lock"]
MAKEFILE = (REPOSITORY / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
INTERNAL = {"runtime", "tools", "emulators", "packages"}


def make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout


def pins(lock: str) -> dict[str, str]:
    """Name -> version of a lock file."""
    text = (REPOSITORY / lock).read_text()
    return {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


def repository_files() -> Iterator[Path]:
    """The text files that belong to the repository, without git too."""
    made = {
        ".git",
        ".venv",
        ".venv-emulators",
        ".crime_trends",
        "__pycache__",
        ".hypothesis",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        "build",
        "target",
        "logs",
    }
    for folder, subfolders, names in os.walk(REPOSITORY):
        subfolders[:] = [name for name in subfolders if name not in made and not name.endswith(".egg-info")]
        for name in names:
            path = Path(folder) / name
            if path.suffix not in {".png", ".pyc", ".env"} and name not in {".coverage", ".venv.lock", ".env"}:
                yield path


def test_make_alone_lists_every_target_with_what_it_does() -> None:
    listed = dict(re.findall(r"^  make ([a-z-]+) +(\S.*)$", make(), re.MULTILINE))
    assert listed.keys() == TARGETS - INTERNAL
    assert make("help") == make()
    assert {"help", "setup", "run", "test", "lint", "dev", "docs", "format", "clean"} <= listed.keys()


@pytest.mark.xdist_group("frame")
def test_tests_that_belong_together_are_told_to_one_worker(request: pytest.FixtureRequest) -> None:
    # By a suffix of the test's id, which is all that a worker tells; without it each worker makes what they share.
    is_grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@frame") == is_grouped


def test_every_target_is_phony() -> None:
    [phony] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert set(phony.split()) == TARGETS


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("run", ".venv/bin/crime-trends run --from 2024-03 --to 2024-05 --sample"),
        ("dev", ".venv/bin/crime-trends dev --sample"),
    ],
)
def test_demonstration_sets_up_and_then_runs_the_command(target: str, command: str) -> None:
    assert make("-n", target).splitlines() == ["scripts/setup", command]


def test_make_uses_relative_paths_only() -> None:
    recipes = [line for line in MAKEFILE.splitlines() if line.startswith("\t")]
    assert recipes
    assert [line for line in recipes if "CURDIR" in line or "PWD" in line or re.search(r"[ =]/\w", line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_an_exact_version_and_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (REPOSITORY / lock).read_text().strip())
    assert len(entries) > 50
    assert [
        entry for entry in entries if not re.match(r"[\w.-]+==\S+ (; .*)?\\\n +--hash=sha256:[0-9a-f]{64}", entry)
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_name_no_index_and_no_folder(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert re.findall(r"\S*(?:://|--index|--find-links|--extra-index| @ |file:)\S*", text) == []
    assert re.findall(r"(?<!\S)/\S+", text) == []


def test_locks_hold_each_direct_dependency_in_its_range() -> None:
    pyproject = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    project = pyproject["project"]
    direct = {"requirements.lock": project["dependencies"]}
    direct["requirements-dev.lock"] = project["dependencies"] + project["optional-dependencies"]["dev"]
    direct["requirements-emulators.lock"] = pyproject["dependency-groups"]["emulators"]
    for lock, requirements in direct.items():
        locked = pins(lock)
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_tools_come_on_top_of_the_same_versions() -> None:
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= development.items()
    assert {"pytest", "ruff", "mypy", "sqlfluff"} <= development.keys() - runtime.keys()


def test_ci_calls_the_same_make_targets() -> None:
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/ci.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    commands = [step["run"] for step in steps if "run" in step]
    called = {re.fullmatch(r"make ([a-z-]+)(?: REQUIRED=1)?", command)[1] for command in commands}  # type: ignore[index]
    assert {"lint", "test", "terraform"} <= called <= TARGETS
    assert [step["uses"] for step in steps if "uses" in step and not re.search(r"@v\d+\.\d+\.\d+$", step["uses"])] == []
    assert workflow["permissions"] == {"contents": "read"}

    own = (REPOSITORY / ".ci/run").read_text()
    assert "set -euo pipefail" in own
    assert set(re.findall(r"^make ([a-z-]+)$", own, re.MULTILINE)) == {"run", "lint", "test"}


def test_no_file_holds_a_path_of_somebodys_machine_or_the_address_of_a_package_index() -> None:
    forbidden = re.compile(r"/(?:home|root|Users|work)/\w|py[p]i\.org|python[h]osted\.org|npm[j]s\.(?:org|com)")
    found = [
        f"{path.relative_to(REPOSITORY)}: {line.strip()[:120]}"
        for path in repository_files()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if forbidden.search(line)
    ]
    assert found == []
