"""The code location, loaded once over a home of its own."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.Definitions]:
    """The definitions over a home of their own."""
    from crime_trends.definitions import build_definitions
    from crime_trends.settings import Settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRIME_TRENDS_HOME", str(tmp_path_factory.mktemp("home")))
        for name in ("DAGSTER_HOME", "DBT_TARGET_PATH"):
            patch.delenv(name, raising=False)
        yield build_definitions(Settings.load())
