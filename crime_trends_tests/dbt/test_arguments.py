"""What dbt is called with: one call for a set of models, however many months it builds."""

from __future__ import annotations

import pytest

from crime_trends.assets.models import dbt_arguments, selection


@pytest.mark.parametrize(
    ("build", "test", "verb", "excluded"),
    [
        (True, True, "build", ["unit_test"]),
        (True, False, "build", ["unit_test", "test"]),
        (False, True, "test", ["unit_test"]),
    ],
)
def test_a_set_of_models_is_built_tested_or_both_in_turns(
    build: bool, test: bool, verb: str, excluded: list[str]
) -> None:
    arguments = [verb, "--no-write-json", "--exclude-resource-type", *excluded, "--select", "tag:monthly"]
    assert dbt_arguments("monthly", build=build, test=test) == arguments


def test_sets_of_models_are_told_apart_by_their_tags() -> None:
    assert [selection(tag) for tag in ("reference", "monthly", "marts")] == [
        "tag:reference",
        "tag:monthly",
        "tag:marts",
    ]
