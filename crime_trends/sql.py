"""Texts and paths as DuckDB's SQL takes them where a parameter can't stand, or is a pattern."""

from __future__ import annotations

from pathlib import Path


def literal(text: str) -> str:
    """A text in quotes."""
    return "'" + text.replace("'", "''") + "'"


def path_pattern(file: Path | str) -> str:
    """The pattern that only that path fits: DuckDB takes every path that it reads for a pattern."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(file))
