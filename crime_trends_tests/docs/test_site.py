"""The docs' site: it builds without a warning, links lead somewhere, and no page asks another host for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crime_trends_tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; the configuration is strict: a broken link, anchor or a page that is not in the menu fails it."""
    folder = tmp_path_factory.mktemp("site")
    result = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return folder


def test_every_page_of_the_docs_is_there(site: Path) -> None:
    for page in (REPOSITORY / "docs").rglob("*.md"):
        name = page.relative_to(REPOSITORY / "docs").with_suffix(".html")
        built = name.with_name("index.html") if name.name == "README.html" else name
        assert (site / built).is_file(), name


def test_nothing_is_fetched(site: Path) -> None:
    fetched = []
    for page in site.rglob("*.html"):
        text = page.read_text()
        fetched += re.findall(r'<(?:script|img|iframe|source)[^>]+src="(?:https?:)?//[^"]*"', text)
        fetched += re.findall(r'<link(?![^>]+rel="canonical")[^>]+href="(?:https?:)?//[^"]*"', text)
    for style in site.rglob("*.css"):
        fetched += re.findall(r"@import[^;]+|url\(['\"]?(?:https?:)?//[^)]+\)", style.read_text())
    assert fetched == []
    assert "fonts.g" not in (site / "index.html").read_text()
