"""Every command in the docs works: its options and targets exist, and a test does what it does, which is named here."""

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

CHAIN = (
    "automation/test_with_daemon.py::test_a_backfill_makes_each_asset_once_and_another_at_the_same_time_does_no_harm"
)
RUN_BY = {
    "crime-trends run": "run/test_up_to_date.py::test_a_second_run_changes_nothing",
    "crime-trends run --dataset --from --to": "run/test_real_rows.py::test_san_diego_january_2023",
    "crime-trends run --dry-run --from --to": (
        "run/test_up_to_date.py::test_dry_run_says_what_would_be_done_and_why_and_does_nothing"
    ),
    "crime-trends run --from --sample --to": "../.ci/run::make run",
    "crime-trends status": "run/test_failing_checks.py::test_status_says_how_new_each_dataset_is",
    "crime-trends status --sample": (
        "run/test_failing_checks.py::test_status_of_a_home_in_which_nothing_was_done_is_one_line"
    ),
    "crime-trends backfill": "automation/test_backfill.py::test_without_a_running_dagster_it_ends_in_one_line",
    "crime-trends backfill --from --to": CHAIN,
    "crime-trends backfill --dataset --from --to": CHAIN,
    "crime-trends backfill --from --to --yes": (
        "warehouse/test_bigquery.py::test_a_large_backfill_is_told_and_needs_a_yes"
    ),
    "crime-trends dev": "run/test_dev.py::test_the_graph_an_asset_its_months_and_a_check_are_shown",
    "crime-trends dev --port --sample": "run/test_dev.py::test_the_graph_an_asset_its_months_and_a_check_are_shown",
    "crime-trends portal --data": "docs/test_add_a_city.py::test_the_city_of_the_page_reaches_the_marts",
    "crime-trends sample --out": "sample/test_generator.py::test_the_command_writes_the_folder_that_the_portal_serves",
    "curl": "sample/test_faults.py::test_faults_are_set_and_cleared_over_http",
    "export": "deploy/test_terraform.py::test_outputs_make_an_env_file_of_settings_which_a_terminal_loads",
    "python": "dbt/test_readme.py::test_the_questions_of_the_readme_are_answered",
    "make help": "setup/test_frame.py::test_make_alone_lists_every_target_with_what_it_does",
    "make setup": "setup/test_setup.py::test_set_up_is_done_once_also_by_two_at_the_same_time",
    "make run": "../.ci/run::make run",
    "make lint": "../.ci/run::make lint",
    "make test": "../.ci/run::make test",
    "make test-cloud": "cloud/test_run.py::test_clean_months_are_those_of_this_machine",
    "make dev": "run/test_dev.py::test_the_graph_an_asset_its_months_and_a_check_are_shown",
    "make docs": "docs/test_site.py::test_every_page_of_the_docs_is_there",
    "make snapshot": "assets/test_graph_snapshot.py::test_the_graph_is_the_one_that_was_last_agreed_on",
    "terraform output": "deploy/test_terraform.py::test_outputs_make_an_env_file_of_settings_which_a_terminal_loads",
}
"""Command with the names of its options -> the test that does what it does, or the line of CI's script."""

NOT_RUN = {
    "pre-commit install": "writes into the checkout's .git; what it runs is `make lint`",
    "gcloud": "asks Google for an account",
    "terraform": "asks Google for an account; `make terraform` checks and tests the files",
    "docker": "needs Docker's engine; hadolint and the specification of compose files check the two files",
    "make bench": "takes a quarter of an hour; spark/test_benchmark.py tests what it measures",
    "make deploy-check": "takes ten minutes and a PostgreSQL; CI runs it apart",
    "make format": "rewrites the checkout; `make lint` is the same tools, which only look",
    "make lock": "rewrites the lock files from what the package index has today",
}
"""Command -> why no test runs it."""


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


def named(command: str) -> list[str]:
    """The commands of a line as ``RUN_BY`` names them: each target of make, a program's command and its options."""
    words = command.partition(" > ")[0].partition(" | ")[0].removeprefix(".venv/bin/").split()
    if words[0] == "make":
        return [f"make {target}" for target in words[1:]]
    if words[0] not in ("crime-trends", "terraform", "docker", "pre-commit"):
        return words[:1]
    arguments = [word for word in words[1:] if not word.startswith("-")]
    options = sorted(word for word in words if word.startswith("--")) if words[0] == "crime-trends" else []
    return [" ".join([words[0], arguments[0], *options])]


def test_every_command_is_run_by_a_test_or_there_is_a_reason_why_not() -> None:
    used = {name for _, command in ALL for name in named(command)}
    without = {name for name in used if name not in RUN_BY and not {name, name.split()[0]} & NOT_RUN.keys()}
    assert without == set()
    assert RUN_BY.keys() <= used


@pytest.mark.parametrize("command", sorted(RUN_BY))
def test_the_test_that_runs_a_command_exists(command: str) -> None:
    file, _, test = RUN_BY[command].partition("::")
    text = (TESTS / file).read_text()
    assert f"\n{test}\n" in text if file.endswith("run") else f"\ndef {test}(" in text
