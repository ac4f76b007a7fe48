"""How fast a year of Los Angeles's reports is cleaned, beside the plain way with Spark and beside DuckDB."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.report import progress, write_section

TITLE = "Cleaning"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[1_000_000, 5_000_000], help="sizes of the file that is cleaned"
    )


def run(options: argparse.Namespace, folder: Path) -> None:
    """Measures and writes the section."""
    progress(f"cleaning: {options.rows} rows in {folder.name}")
    write_section(TITLE, "", ["pyspark", "duckdb"], options.page)
