"""What makes built months old: a change of what facts are made with, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crime_trends.warehouse import models

PARTS = ("reference", "facts")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the dbt project, to be changed."""
    copied = shutil.copytree(models.DBT_DIR, tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(models, "DBT_DIR", copied)
    return copied


def code_versions() -> dict[str, str]:
    """Version of the code of the reference models and of the facts."""
    paths = (models.REFERENCE_CODE, models.FACTS_CODE)
    return {part: models.code_hash(of_part, models.what_computes) for part, of_part in zip(PARTS, paths, strict=True)}


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("seeds/offenses/los_angeles_offense_crosswalk.csv", {"reference", "facts"}),
        ("seeds/dim_datasets.csv", {"reference", "facts"}),
        ("seeds/comparisons/series_breaks.csv", {"reference"}),
        ("seeds/comparisons/populations.csv", {"reference"}),
        ("models/reference/dim_nibrs_offenses.sql", {"reference", "facts"}),
        ("models/facts/fct_crime_cases.sql", {"facts"}),
        ("models/intermediate/int_austin_crime_reports__incidents.sql", {"facts"}),
        ("macros/shared/offenses.sql", {"reference", "facts"}),
        ("macros/marts/suppression.sql", set()),
        ("models/marts/mart_reconciliation.sql", set()),
    ],
)
def test_a_change_makes_just_what_is_made_with_it_old(file: str, changed: set[str], project: Path) -> None:
    before = code_versions()
    with (project / file).open("a") as stream:
        stream.write("\n")
    after = code_versions()
    assert {part for part in PARTS if before[part] != after[part]} == changed


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("models/facts/_facts.yml", "One row per published record", "A row per published record", set()),
        ("models/facts/_facts.yml", "data_tests: [not_null]", "data_tests: []", set()),
        ("models/facts/_unit_tests.yml", "nibrs_code: 13A", "nibrs_code: 13B", set()),
        ("models/staging/_columns.md", "docs", "docs", set()),
        (
            "models/intermediate/_intermediate.yml",
            "contract: {enforced: true}",
            "contract: {enforced: false}",
            {"facts"},
        ),
        ("seeds/offenses/_offenses.yml", "nibrs_code: string", "nibrs_code: int64", {"reference", "facts"}),
        ("seeds/offenses/_offenses.yml", "The FBI's name.", "Its name.", set()),
    ],
)
def test_texts_and_tests_make_nothing_old_but_configuration_does(
    file: str, old: str, new: str, changed: set[str], project: Path
) -> None:
    before = code_versions()
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new) + "\n")
    after = code_versions()
    assert {part for part in PARTS if before[part] != after[part]} == changed
