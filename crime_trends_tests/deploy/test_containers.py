"""The compose file and the image: valid, without secrets, and what the docs and `make deploy-check` rely on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from crime_trends.home import DAGSTER_YAML
from crime_trends.settings import Settings
from crime_trends_tests.conftest import REPOSITORY

COMPOSE = REPOSITORY / "docker-compose.yaml"


def test_compose_file_fits_its_specification() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    result = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", COMPOSE], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_services_are_web_server_daemon_code_server_and_database() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    assert set(services) == {"code", "web", "daemon", "database"}
    assert services["web"]["ports"] == ["127.0.0.1:3000:3000"]
    assert not [name for name in services if name != "web" and "ports" in services[name]]


def test_passwords_come_from_the_environment() -> None:
    for path in (COMPOSE, REPOSITORY / "deploy" / "dagster.yaml", REPOSITORY / "terraform" / "start_machine.sh"):
        lines = "".join(line for line in path.read_text().splitlines(True) if not line.startswith("#"))
        for value in re.findall(r"password[\"']?[:=] *([^\n]+)", lines, re.IGNORECASE):
            assert value.startswith(("${", "{env:", "$(")), f"{path.name}: {value}"


def is_in_image(path: str) -> bool:
    """Whether a file gets into the image's build; of Docker's patterns those that the file has: ``*`` and ``**/``."""
    for line in (REPOSITORY / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = re.escape(line).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
            if re.fullmatch(f"{pattern}(/.*)?", path):
                return False
    return True


def test_no_settings_get_into_the_image() -> None:
    settings = re.findall(r"[\w/.-]+\.env", COMPOSE.read_text())
    assert "deploy/settings.env" in settings
    for path in (
        *settings,
        ".env",
        "google-cloud.env",
        "dbt_project/.env",
        ".crime_trends/lake/a",
        "terraform/a.tfvars",
    ):
        assert not is_in_image(path), path
    for path in ("deploy/dagster.yaml", "docker-compose.yaml", "scripts/setup", "crime_trends/settings.py"):
        assert is_in_image(path), path


def test_server_limits_runs_as_a_laptop_does() -> None:
    server = yaml.safe_load((REPOSITORY / "deploy" / "dagster.yaml").read_text())
    laptop = yaml.safe_load(DAGSTER_YAML)
    assert {name: server[name] for name in laptop} == laptop
    assert "postgres" in server["storage"]


def test_runs_and_backfills_wait_while_the_code_server_is_down() -> None:
    queue = yaml.safe_load((REPOSITORY / "deploy" / "dagster.yaml").read_text())["run_queue"]
    # Longer than a restart takes: the code of the project is imported anew.
    assert queue["max_user_code_failure_retries"] * queue["user_code_failure_retry_delay"] >= 600
    daemon = yaml.safe_load(COMPOSE.read_text())["services"]["daemon"]
    assert daemon["environment"]["DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR"] == "1"


def test_docs_fetch_the_dashboard_from_where_the_containers_have_it() -> None:
    compose = yaml.safe_load(COMPOSE.read_text())
    [volume] = compose["services"]["web"]["volumes"]
    home = volume.partition(":")[2]
    dashboard = Settings(home=Path(home)).reports_dir / "dashboard.html"
    page = (REPOSITORY / "docs" / "google-cloud.md").read_text()
    assert f'docker exec {compose["name"]}-web-1 cat {dashboard}"' in page
    containers = re.findall(r"sudo docker (?:exec|logs --tail \d+) ([\w-]+)", page)
    assert set(containers) <= {f"{compose['name']}-{service}-1" for service in compose["services"]}


def test_image_installs_as_make_does_and_runs_as_nobody_special() -> None:
    stages = (REPOSITORY / "Dockerfile").read_text().split("\nFROM ")
    build, result = stages[-2], stages[-1]
    assert "RUN scripts/setup\n" in build
    assert "USER 1000:1000" in result
    assert "HEALTHCHECK" in result
    assert "install" not in result
    command = yaml.safe_load(COMPOSE.read_text())["services"]["code"]["command"]
    assert ", ".join(f'"{word}"' for word in command) in result
