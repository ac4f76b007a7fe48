"""Keys, partitions, groups, checks, jobs, schedules, sensors and conditions change on purpose or not at all."""

from __future__ import annotations

import difflib
import os
import re
from unittest.mock import patch

import dagster as dg
import pytest

from crime_trends.definitions import build_definitions
from crime_trends.resources.dbt import dbt_project
from crime_trends.settings import PREFIX, Settings
from crime_trends_tests.assets.snapshot import SNAPSHOT, graph_as_text

pytestmark = pytest.mark.xdist_group("code_location")


def test_the_graph_is_the_one_that_was_last_agreed_on(definitions: dg.Definitions) -> None:
    agreed, present = SNAPSHOT.read_text().splitlines(), graph_as_text(definitions).splitlines()
    changes = "\n".join(difflib.unified_diff(agreed, present, SNAPSHOT.name, "this code", lineterm="", n=5))
    if changes:
        pytest.fail(f"the graph changed; if it was meant to, run `make snapshot` and commit the file\n{changes}", False)


def test_google_cloud_has_the_same_graph_but_for_the_kinds_of_what_keeps_it(definitions: dg.Definitions) -> None:
    """The models are parsed for this machine, since it takes long; what they are called does not depend on it."""
    cloud = {"TARGET": "gcp", "GCP_PROJECT": "crimes", "LAKE_BUCKET": "lake", "PIPES_BUCKET": "pipes"}
    with (
        patch.dict(os.environ, {f"{PREFIX}{name}": value for name, value in cloud.items()}),
        patch("crime_trends.definitions.dbt_project", lambda target, _: dbt_project(target)),
    ):
        there = graph_as_text(build_definitions(Settings.load()))
    here = graph_as_text(definitions)
    assert re.sub("; kinds .*", "", there) == re.sub("; kinds .*", "", here)
    renamed = {"file": "gcs", "duckdb": "bigquery"}
    assert sorted(kinds_of(there)) == sorted(renamed.get(kind, kind) for kind in kinds_of(here))


def kinds_of(text: str) -> list[str]:
    """All kinds that a graph names."""
    return [kind for kinds in re.findall("; kinds (.*)", text) for kind in kinds.split(", ")]
