"""A small checkout of its own, whose set-up is real but needs no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crime_trends_tests.conftest import REPOSITORY

# A build backend within the checkout: pip runs it as it would setuptools, and has nothing to fetch.
BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("small-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n")
        wheel.writestr("small-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("small-1.0.dist-info/RECORD", "")
    return name
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "small"
version = "1.0"
"""


@dataclass
class Checkout:
    """A checkout and its set-up, called as make does.

    Arguments:
        path: the folder.
        environment: variables on top of the developer's.
    """

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The set-up, started and left running."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CRIME_TRENDS_", "MAKE"))}
        return subprocess.Popen(
            ["scripts/setup", *arguments],
            cwd=self.path,
            env={**kept, "PYTHON": sys.executable, "PIP_NO_INDEX": "1", **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def setup(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of the set-up."""
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=120)
        return process.returncode, output

    @property
    def stamps(self) -> list[str]:
        """What says that a set-up is complete."""
        return sorted(path.name for path in (self.path / ".venv").glob(".complete-*"))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    path = tmp_path / "a folder with spaces"
    path.mkdir()
    shutil.copytree(REPOSITORY / "scripts", path / "scripts")
    (path / "pyproject.toml").write_text(PYPROJECT)
    (path / "backend.py").write_text(BACKEND)
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-emulators.lock"):
        (path / name).write_text("# nothing\n")
    return Checkout(path)
