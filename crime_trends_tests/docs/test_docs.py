"""The docs say what is there: generated parts, links, commands, and the old names of the columns."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.datasets import DATASETS
from crime_trends_tests.conftest import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
README = (REPOSITORY / "README.md").read_text()
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))

# The columns of the project that this one replaces.
FORMER_COLUMNS = {
    "austin_crime_reports": (
        "incident_num crime_datetime crime_date report_datetime report_date crime_code crime_description "
        "family_violence location_type address zip_code council_district apd_sector apd_district pra census_tract "
        "clearance_status clearance_date ucr_category category_description"
    ),
    "los_angeles_crime_reports": (
        "incident_num crime_datetime crime_date report_date crime_code crime_description area_code area_name "
        "rpt_dist_num part_1_2 mocodes vict_age vict_sex vict_descent premis_code premis_description weapon_code "
        "weapon_description status status_description crime_code_1 crime_code_2 crime_code_3 crime_code_4 location "
        "cross_street latitude longitude"
    ),
    "san_diego_calls_for_service": (
        "incident_num crime_datetime crime_date day_of_week address_number_primary address_dir_primary "
        "address_road_primary address_sfx_primary address_dir_intersecting address_road_intersecting "
        "address_sfx_intersecting call_type disposition beat priority"
    ),
}


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/generate_docs.py", *arguments], cwd=REPOSITORY, capture_output=True, text=True
    )


def command_help(*command: str) -> str:
    """What ``--help`` prints, of all commands or of one."""
    arguments = [sys.executable, "-m", "crime_trends.cli", *command, "--help"]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the pages that have generated parts."""
    shutil.copytree(REPOSITORY / "docs" / "datasets", tmp_path / "docs" / "datasets")
    shutil.copytree(REPOSITORY / "dbt_project/models/staging", tmp_path / "dbt_project/models/staging")
    shutil.copy(REPOSITORY / "README.md", tmp_path)
    shutil.copy(REPOSITORY / "docs" / "data-dictionary.md", tmp_path / "docs")
    return tmp_path


def test_generated_parts_are_up_to_date() -> None:
    check = generate("--check")
    assert (check.returncode, check.stderr) == (0, "")


def test_every_mart_of_the_graph_is_in_the_dictionary(definitions: dg.Definitions) -> None:
    page = (REPOSITORY / "docs/data-dictionary.md").read_text()
    keys = definitions.resolve_asset_graph().materializable_asset_keys
    marts = {key.path[-1] for key in keys if key.path[-1].startswith("mart_")}
    assert "mart_grid_counts" in marts
    assert marts - set(re.findall(r"^### (\w+)$", page, re.MULTILINE)) == set()


def test_page_that_fell_behind_is_found_and_written_anew(copy: Path) -> None:
    page = copy / "docs/datasets/austin_crime_reports.md"
    good = page.read_text()
    page.write_text(good.replace("`occ_date`, `Occurred Date`", "`another`"))
    assert page.read_text() != good

    check = generate("--check", "--root", str(copy))
    assert check.returncode == 1
    assert check.stderr == "docs/datasets/austin_crime_reports.md: out of date; run `make docs`\n"

    assert generate("--root", str(copy)).stdout == "docs/datasets/austin_crime_reports.md: written\n"
    assert page.read_text() == good


def test_page_without_its_marks_is_an_error(copy: Path) -> None:
    page = copy / "docs/datasets/san_diego_lookups.md"
    page.write_text("# Nothing marked\n")
    result = generate("--root", str(copy))
    assert result.returncode == 1
    assert result.stderr.startswith("docs/datasets/san_diego_lookups.md: it must hold `<!-- begin lookups -->`")
    assert page.read_text() == "# Nothing marked\n"


@pytest.mark.parametrize("key", FORMER_COLUMNS)
def test_every_old_column_has_its_new_name_on_the_page(key: str) -> None:
    page = (REPOSITORY / f"docs/datasets/{key}.md").read_text()
    renamed = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|$", page.partition("### Old names")[2], re.MULTILINE))
    assert set(FORMER_COLUMNS[key].split()) <= renamed.keys()
    names = {column.name for column in DATASETS[key].column_map.columns}
    assert set(renamed.values()) <= names


@pytest.mark.parametrize("key", DATASETS)
def test_page_of_a_dataset_says_what_a_reader_needs(key: str) -> None:
    page = (REPOSITORY / f"docs/datasets/{key}.md").read_text()
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings == ["What to know before counting", "Quirks", "Breaks", "Lag", "Columns"]
    assert DATASETS[key].license in page
    assert f"]({key}.md)" in (REPOSITORY / "docs/datasets/README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    local = [link for link in links if not link.startswith(("http://", "https://"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_decision_is_listed() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("*.md")} - {"README.md"}


def test_readme_names_the_two_commands_and_no_target_that_is_not_there() -> None:
    named = set(re.findall(r"(?:^|`)make ((?:[a-z-]+ ?)+)", README, re.MULTILINE))
    targets = {target for names in named for target in names.split()}
    assert {"run", "test"} <= targets
    assert targets <= MAKE_TARGETS


def test_commands_and_options_in_the_readme_exist() -> None:
    used: dict[str, set[str]] = {}
    for command, rest in re.findall(r"crime-trends ([a-z]+)([^`\n>]*)", README):
        used.setdefault(command, set()).update(re.findall(r"--[a-z-]+", rest))
    assert used.keys() == set(re.findall(r"^    ([a-z]+) ", command_help(), re.MULTILINE))
    for command, options in used.items():
        shown = command_help(command)
        assert [option for option in options if option not in shown] == []


def test_layout_in_the_readme_is_the_layout() -> None:
    tree = README.partition("## The repository")[2].split("```")[1]
    top = re.findall(r"^(\w\S*)", tree, re.MULTILINE)
    assert [name for name in top if not (REPOSITORY / name).exists()] == []
    within = re.findall(r"^  ((?:[\w.]+/? )+) ", tree, re.MULTILINE)
    names = [name for names in within for name in names.split()]
    assert len(names) > 8
    assert [name for name in names if not (REPOSITORY / "crime_trends" / name).exists()] == []
