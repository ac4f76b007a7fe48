"""Terraform and the project agree: its outputs are settings, and every grant is on the list that its tests compare."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from crime_trends.cloud_settings import DBT_PREFIXES
from crime_trends.gcp import LABELS
from crime_trends.settings import PREFIX
from crime_trends.warehouse.schema import SCHEMAS
from crime_trends_tests.conftest import REPOSITORY

TERRAFORM = REPOSITORY / "terraform"


def env_file(output: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "scripts" / "settings_from_terraform")]
    return subprocess.run(command, input=output, capture_output=True, text=True, timeout=60)


def test_outputs_make_an_env_file_of_settings_which_a_terminal_loads(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "google-cloud.md").read_text()
    written, loaded = "settings_from_terraform > google-cloud.env\n", "export $(cat google-cloud.env)\n"
    assert page.index(written) < page.index(loaded) < page.index("crime-trends backfill")
    values = json.loads((TERRAFORM / "tests" / "settings.json").read_text())
    made = env_file(json.dumps({"settings": {"sensitive": False, "type": "map", "value": values}}))
    assert made.returncode == 0, made.stderr
    (tmp_path / "google-cloud.env").write_text(made.stdout)

    says = "from crime_trends.settings import Settings; print(Settings.load().model_dump_json())"
    for line, target in ((loaded, "gcp"), ("", "local")):
        script = f'{line}exec "$0" -c "$1"'
        said = subprocess.run(
            ["/bin/sh", "-c", script, sys.executable, says], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert said.returncode == 0, said.stderr
        settings = json.loads(said.stdout)
        assert settings["target"] == target, "the file counts for who loads it, and for nobody else"
        if line:
            named = {name.removeprefix(PREFIX).lower(): value for name, value in values.items()}
            assert named.keys() <= settings.keys()
            assert {name: settings[name] for name in named} == named


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


def test_labels_and_the_default_prefix_are_those_of_the_project() -> None:
    text = (TERRAFORM / "locals.tf").read_text()
    block = re.search(r"labels = \{(.*?)\}", text)
    prefix = re.search(r'bigquery_prefix = coalesce\(var\.bigquery_prefix, "(\w+)"\)', text)
    assert block
    assert dict(re.findall(r'(\w+) = "(\w+)"', block[1])) == LABELS
    assert prefix
    assert prefix[1] == DBT_PREFIXES["prod"]


def test_the_machine_keeps_no_image_of_before() -> None:
    lines = (TERRAFORM / "start_machine.sh").read_text().splitlines()
    started = next(number for number, line in enumerate(lines) if line.startswith("docker-compose up"))
    assert "docker image prune --all --force" in lines[started:], "only what a container has is kept"
