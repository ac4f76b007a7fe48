"""Keys, partitions, groups, checks, jobs, schedules, sensors and conditions change on purpose or not at all."""

from __future__ import annotations

import difflib

import dagster as dg
import pytest

from crime_trends_tests.assets.snapshot import SNAPSHOT, graph_as_text

pytestmark = pytest.mark.xdist_group("code_location")


def test_the_graph_is_the_one_that_was_last_agreed_on(definitions: dg.Definitions) -> None:
    agreed, present = SNAPSHOT.read_text().splitlines(), graph_as_text(definitions).splitlines()
    changes = "\n".join(difflib.unified_diff(agreed, present, SNAPSHOT.name, "this code", lineterm="", n=5))
    if changes:
        pytest.fail(f"the graph changed; if it was meant to, run `make snapshot` and commit the file\n{changes}", False)
