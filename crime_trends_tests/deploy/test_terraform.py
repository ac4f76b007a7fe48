"""Terraform and the project agree: its outputs are settings, and every grant is on the list that its tests compare."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crime_trends.settings import PREFIX, Settings
from crime_trends.warehouse.schema import SCHEMAS
from crime_trends_tests.conftest import REPOSITORY

TERRAFORM = REPOSITORY / "terraform"


def env_file(output: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "scripts" / "settings_from_terraform")]
    return subprocess.run(command, input=output, capture_output=True, text=True, timeout=60)


def test_outputs_make_an_env_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    values = json.loads((TERRAFORM / "tests" / "settings.json").read_text())
    made = env_file(json.dumps({"settings": {"sensitive": False, "type": "map", "value": values}}))
    assert made.returncode == 0, made.stderr
    (tmp_path / ".env").write_text(made.stdout)
    monkeypatch.chdir(tmp_path)

    settings = Settings()
    for name, value in values.items():
        field = name.removeprefix(PREFIX).lower()
        assert field in Settings.model_fields, f"{name} is no setting"
        assert str(getattr(settings, field)) == value


def test_no_outputs_are_named() -> None:
    made = env_file("{}")
    assert (made.returncode, made.stdout) == (2, "")
    assert "terraform apply" in made.stderr


def test_each_kind_of_grant_is_in_the_list() -> None:
    made = {
        kind
        for path in TERRAFORM.rglob("*.tf")
        for kind in re.findall(r'^resource "(\w+_iam_(?:member|binding|policy))"', path.read_text(), re.MULTILINE)
    }
    listed = set(re.findall(r"in \[?(google_\w+_iam_\w+)\.", (TERRAFORM / "outputs.tf").read_text()))
    assert made
    assert made == listed


def test_each_schema_of_the_warehouse_has_a_dataset() -> None:
    block = re.search(r"schemas = \{\n(.*?)\n  \}", (TERRAFORM / "locals.tf").read_text(), re.DOTALL)
    assert block
    assert set(re.findall(r"^ +(\w+) +=", block[1], re.MULTILINE)) >= set(SCHEMAS)
