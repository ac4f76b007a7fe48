"""Texts for properties: what portals publish, what looks like it, and anything else."""

from __future__ import annotations

import re
from functools import cache

from crime_cleaning import date_texts
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

PUBLISHED = [
    *("2023-12-22T22:00:00.000", "2023-01-01 00:00:05", "2025-01-01 00:00:00.000", "2026-06-30", "1800-01-06"),
    *("01/08/2020 12:00:00 AM", "01/08/2020 00:00", "1/8/2020 0:00", "10/15/2020 0:00", "11/27/2005  14:00"),
    *("11/27/2005", "2014 Dec 22 11:31:16 AM", "44119", "44119.999999", "02/30/2024 12:00:00 AM"),
    *("0", "7", "45", "930", "2400", "60", "80", "170", "1970", "0001", "1200"),
    *("16,776,960", "13,070,668.4453125", "0.00011857", "-0.00013208", "30.2672", "-97.7431", "34", "-118.3506"),
    *("(33.9829, -118.3338)", "(0.0, 0.0)", "-1", "120", "122.0", "999", "Y", "No", "TRUE", "f"),
    *("010304468", "E23010000001", "1100 W  39TH                         PL", "DWI  .15 BAC OR ABOVE", "UNKNOWN"),
    *(
        "Person, Property",
        "459 PC BURGLARY (RESIDENTIAL) (F) || ",
        "25245765_240_1",
        "RA",
        "88",
        " ",
        "\ufeff",
        "1e999",
    ),
]
SHAPES = (date_texts.ISO, date_texts.SLASHES, date_texts.MONTH_NAME, date_texts.DAY_NUMBER, r"[+-]?[\d,]*\.?\d*(e\d+)?")

_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_published = st.sampled_from(PUBLISHED)


def _spoilt(text: str, at: int, what: str) -> str:
    """A text with something in the place of one of its characters."""
    at %= len(text)
    return text[:at] + what + text[at + 1 :]


texts = st.one_of(
    _published,
    st.builds(
        _spoilt, _published, st.integers(0, 30), st.text(st.sampled_from("0123456789 .,:/-\n\t\rAP√ß"), max_size=2)
    ),
    *(st.from_regex(re.compile(shape, re.ASCII), fullmatch=True) for shape in SHAPES),
    _any_text,
)
EXAMPLES = 1_000


@cache
def many_texts() -> list[str]:
    """All texts that are published, and the different ones among ``EXAMPLES`` that hypothesis finds.

    Which ones depends on the constants of the modules that are loaded. Spark takes them all at once, since a job costs
    more than its rows; a failure names its text, so nothing is gained by looking for a smaller one.
    """
    found = dict.fromkeys(PUBLISHED)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(texts)
    def find(text: str) -> None:
        found[text] = None

    find()
    return list(found)
