"""The arithmetic of what Google Cloud costs."""

from __future__ import annotations

import re

import duckdb

from crime_trends_tests.conftest import REPOSITORY

COSTS = (REPOSITORY / "docs" / "google-cloud.md").read_text().partition("## What it costs")[2].partition("\n## ")[0]


def test_terms_make_what_is_said_of_them() -> None:
    text = re.sub(r"\s+", " ", COSTS.replace(" GB", "").replace("\N{MULTIPLICATION SIGN}", "*"))
    terms = re.findall(r"([\d(][\d.*+/() ]+) = ([\d.]*\d)", text)
    assert len(terms) > 8
    for term, said in terms:
        row = duckdb.execute(f"select round({term}, {len(said.partition('.')[2])})").fetchone()
        assert row
        assert float(row[0]) == float(said), f"{term} = {said}"


def test_what_is_always_there_is_the_total_of_its_rows() -> None:
    months = [float(month) for month in re.findall(r"^\|.*\| ([\d.]+) \|$", COSTS, re.MULTILINE)]
    [total] = re.findall(r"^\| \*\*always\*\* .*\*\*([\d.]+)\*\* \|$", COSTS, re.MULTILINE)
    assert len(months) > 8
    assert round(sum(months), 2) == float(total)
