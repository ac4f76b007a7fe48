"""The real rows that lie beside the repository: what becomes of them, as the pages of the datasets say."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS
from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.spark.conftest import Clean, Cleaned, csv_text

# One worker for all of them: each file is cleaned once.
pytestmark = pytest.mark.xdist_group("real_values")

AUSTIN, LOS_ANGELES, CALLS = "austin_crime_reports", "los_angeles_crime_reports", "san_diego_calls_for_service"
FILES = {
    "austin/fdj4-gpfu.json": AUSTIN,
    "los_angeles/2nrs-mtv8_2020.csv": LOS_ANGELES,
    "los_angeles/2nrs-mtv8_2023.csv": LOS_ANGELES,
    "san_diego/police_calls_for_service/pd_calls_for_service_2023_datasd.csv": CALLS,
}
EXAMPLES = 6


def text_of(file: Path) -> str:
    """A file's rows as CSV; of the API's JSON a null is an absent key."""
    if file.suffix == ".csv":
        return file.read_text(encoding="utf-8-sig")
    rows = json.loads(file.read_text())
    return csv_text(
        [{name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()} for row in rows]
    )


def month_of(text: str) -> str:
    """The month of a day as these files write it."""
    american = re.match(r"(\d\d)/\d\d/(\d{4})", text)
    return f"{american[2]}-{american[1]}" if american else text[:7]


@pytest.fixture(scope="module", params=FILES)
def real(request: pytest.FixtureRequest, clean: Clean) -> tuple[str, list[dict[str, str]], Cleaned]:
    """A file's name, its rows as published and what cleaning made of them."""
    folder: Path = request.getfixturevalue("real_portal_dir")
    name, dataset = request.param, DATASETS[FILES[request.param]]
    text = text_of(folder / name)
    raw = list(csv.DictReader(io.StringIO(text, newline="")))
    day = dataset.column_map.source_columns(list(raw[0]))[dataset.column_map.month_column]
    months = sorted({month_of(row[day]) for row in raw})
    return name, raw, clean(dataset.key, text, months)


def nulls_table(name: str, raw: list[dict[str, str]], cleaned: Cleaned) -> list[str]:
    """The lines of the dataset's page on this file: which texts became null and why, with values of that one field."""
    column_map = DATASETS[FILES[name]].column_map
    sources = column_map.source_columns(list(raw[0]))
    published = {row[sources[column_map.id_column]]: row for row in raw}
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in cleaned.rows:
        reasons = dict(issue.split(":") for issue in row["issues"])
        texts = published[row[column_map.id_column]]
        for column, source in sources.items():
            if column in reasons or (row[column] is None and texts[source].strip()):
                reason = f"`{reasons[column]}`" if column in reasons else "means unknown"
                found.setdefault((column, reason), Counter())[texts[source]] += 1
    lines = []
    for (column, reason), texts in sorted(found.items()):
        values = [f"`{text}`" for text, _ in sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:EXAMPLES]]
        lines.append(f"| `{name}` | `{column}` | {reason} | {texts.total():,} of {len(raw):,} | {', '.join(values)} |")
    return lines


def test_every_real_row_is_a_clean_row(real: tuple[str, list[dict[str, str]], Cleaned]) -> None:
    _, raw, cleaned = real
    assert cleaned.rejects == []
    counts = cleaned.report.months.values()
    assert sum(month.clean_rows for month in counts) == len(cleaned.rows) == len(raw)
    assert sum(month.duplicate_rows + month.rejected_rows for month in counts) == 0


def test_the_datasets_page_says_which_values_became_null(
    real: tuple[str, list[dict[str, str]], Cleaned],
) -> None:
    name = real[0]
    page = (REPOSITORY / "docs" / "datasets" / f"{FILES[name]}.md").read_text()
    expected = nulls_table(*real)
    found = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert found == expected, "the page should have these lines:\n" + "\n".join(expected)
