"""The page on how to add a city is right: what it says is done in a copy of the project, which then brings the city."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crime_trends_tests.conftest import REPOSITORY, Home

# One worker for what starts whole runs.
pytestmark = pytest.mark.xdist_group("run")

PAGE = (REPOSITORY / "docs" / "add-a-city.md").read_text()
BLOCKS = re.findall(r'^``` \{\.(\w+) title="([^"]+)"\}\n(.*?)\n```$', PAGE, re.MULTILINE | re.DOTALL)
DATASET = "chicago_crime_reports"
ROWS = """\
id,case_number,date,primary_type,domestic,district,fbi_code,updated_on,latitude,longitude
1,A1,2024-01-03T10:15:00.000,THEFT,false,012,06,2024-01-10T15:40:00.000,41.88,-87.63
2,A2,2024-01-05T23:59:00.000,ROBBERY,false,001,03,2024-01-12T15:40:00.000,0,0
3,A3,2024-01-09T08:00:00.000,BATTERY,true,003,08B,2024-01-16T15:40:00.000,41.75,-87.60
4,A4,2024-01-20T08:00:00.000,MADE UP,false,003,99,2024-01-26T15:40:00.000,41.75,-87.60
"""


class Copy(Home):
    """A home that a copy of the project works on."""

    project: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command of the copy."""
        environment = {**self.environment(), "PYTHONPATH": f"{self.project}:{self.project / 'spark'}"}
        return subprocess.Popen(
            [sys.executable, "-m", "crime_trends.cli", *arguments],
            env=environment,
            cwd=self.project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def follow(page_blocks: list[tuple[str, str, str]], project: Path) -> None:
    """Makes the new files of the page, and the changes to old ones, wherever in the file their lines now are."""
    for kind, name, text in page_blocks:
        file = project / name
        if kind != "diff":
            assert not file.exists(), name
            file.write_text(f"{text}\n")
            continue
        for hunk in re.split(r"^@@\n", text, flags=re.MULTILINE)[1:]:
            lines = [(line[:1], line[1:]) for line in hunk.splitlines()]
            before = "".join(f"{line}\n" for mark, line in lines if mark != "+")
            after = "".join(f"{line}\n" for mark, line in lines if mark != "-")
            content = file.read_text()
            assert content.count(before) == 1, f"{name} has other lines than the page says:\n{before}"
            file.write_text(content.replace(before, after))


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """The project with the sixth dataset, and a portal that serves its rows."""
    copy = Copy(tmp_path / "home")
    copy.project = tmp_path / "project"
    for folder in ("crime_trends", "spark", "dbt_project"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(REPOSITORY / folder, copy.project / folder, ignore=ignored)
    follow(BLOCKS, copy.project)
    rows = tmp_path / "portal" / "chicago" / "ijzp-q8zh.csv"
    rows.parent.mkdir(parents=True)
    rows.write_text(ROWS)
    with copy.start("portal", "--data", str(tmp_path / "portal")) as portal:
        assert portal.stdout
        for line in (portal.stdout.readline() for _ in range(4)):
            name, _, url = line.strip().partition("=")
            copy.settings[name] = url
        yield copy
        portal.terminate()


def test_the_city_of_the_page_reaches_the_marts(copy: Copy) -> None:
    result = copy.command("run", "--from", "2024-01", "--to", "2024-01", "--dataset", DATASET, timeout=540)
    assert result.returncode == 0, result.stdout + result.stderr
    assert copy.query(f"select incident_id, latitude from warehouse.{DATASET} order by 1") == [
        ("1", 41.88),
        ("2", None),
        ("3", 41.75),
        ("4", 41.75),
    ]
    assert copy.query(
        "select incident_id, city, offense_group, is_sensitive from facts.fct_incidents order by incident_id"
    ) == [
        ("1", "chicago", "theft", False),
        ("2", "chicago", "robbery", False),
        ("3", "chicago", "other_group_a", True),
        ("4", "chicago", "unmapped", False),
    ]
    counted = copy.query(
        "select offense_group, measure_count from marts.mart_monthly_counts "
        "where city = 'chicago' and measure = 'cases' and measure_count > 0 order by offense_group"
    )
    assert counted == [("other_group_a", 1), ("robbery", 1), ("theft", 1), ("unmapped", 1)]
