"""The page of results: a section for each benchmark, with the machine and the versions that it was measured on."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).with_name("RESULTS.md")
_INTRODUCTION = """# Results of the benchmarks

Written by `make bench`; each section by the run that its last line describes. Ratios are of times from one run, so they
say more than seconds do.
"""


def write_section(title: str, body: str, packages: Sequence[str], page: Path = PAGE) -> None:
    """Prints a section, and puts it in the place of the one of the same title, or at the end; the others stay.

    Arguments:
        title: the section's heading.
        body: Markdown below it.
        packages: the Python packages whose versions matter.
        page: the page; made if there is none.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else _INTRODUCTION
    introduction, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    new = f"## {title}\n\n{body.strip()}\n\n{_measured_on(packages)}\n"
    print(new)
    titles = [section.splitlines()[0].removeprefix("## ") for section in sections]
    if title in titles:
        sections[titles.index(title)] = new
    else:
        sections.append(new)
    page.write_text("\n".join(part.strip() + "\n" for part in (introduction, *sections)), encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; the first column to the left, numbers to the right."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))


def _measured_on(packages: Sequence[str]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, {platform.system()}"
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"Measured on {machine} with Python {platform.python_version()}, {versions}."


def progress(message: str) -> None:
    """A line on the terminal while a benchmark runs."""
    print(message, file=sys.stderr, flush=True)
