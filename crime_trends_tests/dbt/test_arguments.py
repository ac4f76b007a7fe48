"""What dbt is called with: one call for a set of models, however many months it builds."""

from __future__ import annotations

import pytest

from crime_trends.assets.models import dbt_arguments, selection


@pytest.mark.parametrize(
    ("build", "test", "arguments"),
    [
        (True, True, ["build", "--exclude-resource-type", "unit_test", "--select", "tag:monthly"]),
        (True, False, ["build", "--exclude-resource-type", "unit_test", "test", "--select", "tag:monthly"]),
        (False, True, ["test", "--exclude-resource-type", "unit_test", "--select", "tag:monthly"]),
    ],
)
def test_a_set_of_models_is_built_tested_or_both_in_turns(build: bool, test: bool, arguments: list[str]) -> None:
    assert dbt_arguments("monthly", build=build, test=test) == arguments


def test_sets_of_models_are_told_apart_by_their_tags() -> None:
    assert [selection(tag) for tag in ("reference", "monthly", "marts")] == [
        "tag:reference",
        "tag:monthly",
        "tag:marts",
    ]
