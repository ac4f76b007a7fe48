"""The questions that the README asks the warehouse are answered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.dbt.conftest import ModelsHome

pytestmark = pytest.mark.xdist_group("models")


def test_the_questions_of_the_readme_are_answered(built_home: ModelsHome, tmp_path: Path) -> None:
    script = (REPOSITORY / "README.md").read_text().partition("<<'PYTHON'\n")[2].partition("\nPYTHON\n")[0]
    (tmp_path / ".crime_trends").mkdir()
    (tmp_path / ".crime_trends" / "sample").symlink_to(built_home.path)
    answer = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert "measure_count" in answer.stdout
    assert "is_reconciled" in answer.stdout
