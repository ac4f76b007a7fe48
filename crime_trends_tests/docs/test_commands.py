"""Every command in the docs works: its options and targets exist, and a test runs it for real, which is named here."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from crime_trends_tests.conftest import REPOSITORY

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
TESTS = REPOSITORY / "crime_trends_tests"
OURS = re.compile(r"(?:\.venv/bin/|make |crime-trends )")
TOOLS = re.compile(r"(?:export |docker |gcloud |terraform |dbt |gsutil |bq |curl |pip )")

RUN_BY = {
    "crime-trends run": "run/test_up_to_date.py::test_a_second_run_changes_nothing",
    "crime-trends status": "run/test_failing_checks.py::test_status_says_how_new_each_dataset_is",
    "crime-trends backfill": "automation/test_backfill.py",
    "crime-trends dev": "automation/dagster_server.py",
    "crime-trends portal": "docs/test_add_a_city.py::test_the_city_of_the_page_reaches_the_marts",
    "crime-trends sample": "sample/test_generator.py",
    "curl": "sample/test_faults.py::test_faults_are_set_and_cleared_over_http",
    "export": "docs/test_add_a_city.py::test_the_city_of_the_page_reaches_the_marts",
    "docker": "deploy/test_containers.py",
    "terraform": "deploy/test_terraform.py",
    "python": "dbt/test_readme.py::test_the_questions_of_the_readme_are_answered",
}
"""Command -> the test, or the tests' file, that runs it."""

NOT_RUN = {
    "pre-commit": "writes into the checkout's .git; what it runs is `make lint`",
    "gcloud": "asks Google for an account",
}
"""Command -> why no test can run it."""


def commands() -> Iterator[tuple[str, str]]:
    """(page, command) of every command in a block, and of ours in a sentence; a comment after it is none of it."""
    for page in PAGES:
        text = page.read_text()
        fenced = [
            line
            for block in re.findall(r"^```(?:sh|bash|console)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
            for line in block.splitlines()
        ]
        # A sentence may speak of another tool's command; what is to be typed of those stands in a block.
        inline = [text for text in re.findall(r"`([^`\n]+)`", text) if OURS.match(text)]
        for line in [*(line for line in fenced if OURS.match(line) or TOOLS.match(line)), *inline]:
            yield str(page.relative_to(REPOSITORY)), re.sub(r"\s+#\s.*", "", line).strip()


ALL = sorted(set(commands()))


def test_commands_are_found() -> None:
    assert len(ALL) > 25
    assert ("README.md", "make run") in ALL


@pytest.mark.parametrize(("page", "command"), [it for it in ALL if it[1].startswith("make ")])
def test_a_target_can_be_made(page: str, command: str) -> None:
    targets = command.split()[1:]
    result = subprocess.run(["make", "--dry-run", *targets], cwd=REPOSITORY, capture_output=True, text=True)
    assert result.returncode == 0, f"{page}: {result.stderr}"


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    """What ``--help`` says of each command of crime-trends."""

    def said(*arguments: str) -> str:
        command = [sys.executable, "-m", "crime_trends.cli", *arguments, "--help"]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout

    return {name: said(name) for name in re.findall(r"^    ([a-z]+) ", said(), re.MULTILINE)}


def test_commands_of_crime_trends_have_the_options_they_are_given(helps: dict[str, str]) -> None:
    wrong = []
    for page, command in ALL:
        words = shlex.split(command.partition(">")[0].removeprefix(".venv/bin/"))
        if words[0] == "crime-trends":
            options = [word for word in words[2:] if word.startswith("--")]
            if words[1] not in helps or any(option not in helps[words[1]] for option in options):
                wrong.append((page, command))
    assert wrong == []


def test_every_other_command_is_run_by_a_test_that_exists() -> None:
    for page, command in ALL:
        if command.startswith("make "):
            continue
        words = command.removeprefix(".venv/bin/").split()
        name = " ".join(words[:2]) if words[0] == "crime-trends" else words[0]
        if name in NOT_RUN:
            continue
        assert name in RUN_BY, f"{page}: no test is named that runs {command!r}"
        file, _, test = RUN_BY[name].partition("::")
        assert f"def {test}" in (TESTS / file).read_text(), RUN_BY[name]
