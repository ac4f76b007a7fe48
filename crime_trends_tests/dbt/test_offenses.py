"""What the facts say of offenses and cases, on hand-written rows, and the seeds that they say it by."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.dbt.conftest import CALLS, ModelsHome

# One worker for all of them: they share a built home.
pytestmark = pytest.mark.xdist_group("models")

OFFENSES = REPOSITORY / "dbt_project" / "seeds" / "offenses"
OTHER_CROSSWALKS = REPOSITORY.parent / "shared" / "reference"
AGGRAVATED_ASSAULTS_OF_THE_LAPD = ("250", "251", "761", "926")


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    return rows_of(OFFENSES / f"{name}.csv")


def index_series() -> dict[str, str]:
    """NIBRS code -> its index series, or not_index."""
    return {row["nibrs_code"]: row["index_series"] or "not_index" for row in seed("nibrs_offenses")}


def test_the_rules_of_the_models_hold(home: ModelsHome) -> None:
    outcome = home.dbt("test", "--select", "test_type:unit")
    assert outcome.returncode == 0, outcome.stdout
    assert "fail" not in home.statuses().values() and len(home.statuses()) > 5


def test_every_record_says_what_it_is_and_by_whose_word(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select incident_id, nibrs_code, offense_group, offense_scope, mapping_authority, mapping_confidence "
        f"from facts.fct_incidents where dataset <> '{CALLS}' or incident_id = 'E2' order by dataset, incident_id"
    )
    theft, stolen, own = "motor_vehicle_theft", "index", ("agency", "exact")
    assert rows == [
        ("2024001", "240", theft, stolen, "portal", "exact"),
        ("010304468", "240", theft, stolen, "crime_open_database", "approximate"),
        ("25_240_1", "240", theft, stolen, *own),
        ("30_120_1", "120", "robbery", "index", *own),
        ("30_120_2", "120", "robbery", "index", *own),
        ("30_23H_0", "23H", "theft", "index", *own),
        ("31_220_0", "220", "not_a_crime", "not_a_crime", *own),
        ("32_90D_0", "90D", "group_b", "group_b", *own),
        ("E2", None, "call", "call", None, None),
        ("3463746_220", "240", theft, stolen, *own),
        ("40_90Z", "90Z", "not_a_crime", "not_a_crime", "project", "approximate"),
        ("41_100", "100", "other_group_a", "other_group_a", *own),
        ("41_90Z", "90Z", "group_b", "group_b", *own),
    ]


def test_a_case_is_its_highest_offense_and_counts_each_code_once(built_home: ModelsHome) -> None:
    rows = built_home.query(
        "select case_id, nibrs_code, offense_group, area_code, recorded_date, is_sensitive, offense_count, "
        "record_count from facts.fct_crime_cases where month = '2024-05-01' order by case_id"
    )
    assert rows == [
        ("30", "120", "robbery", "02", date(2024, 5, 3), False, 2, 3),
        ("31", "220", "not_a_crime", None, None, False, 1, 1),
        ("32", "90D", "group_b", None, date(2024, 5, 9), False, 1, 1),
        ("40", "90Z", "not_a_crime", None, None, False, 1, 1),
        ("41", "100", "other_group_a", None, date(2024, 5, 8), True, 2, 2),
    ]
    assert built_home.query(
        "select dataset, case_id, offense_count from facts.fct_crime_cases where record_type = 'report' order by all"
    ) == [("austin_crime_reports", "2024001", None), ("los_angeles_crime_reports", "010304468", None)]


def test_the_lapds_own_list_goes_before_the_crime_open_database() -> None:
    rows = {row["offense_code"]: row for row in seed("los_angeles_offense_crosswalk")}
    for code in AGGRAVATED_ASSAULTS_OF_THE_LAPD:
        assert rows[code]["nibrs_code"] == "13A"
        assert (rows[code]["authority"], rows[code]["confidence"]) == ("agency", "exact")
        assert (rows[code]["index_group_low"], rows[code]["index_group_high"]) == ("not_index", "aggravated_assault")
    exact = {code for code, row in rows.items() if row["confidence"] == "exact"}
    assert exact == set(AGGRAVATED_ASSAULTS_OF_THE_LAPD)


@pytest.mark.parametrize("city", ["austin", "los_angeles"])
def test_a_code_lies_between_its_low_and_its_high_mapping(city: str) -> None:
    series = index_series()
    for row in seed(f"{city}_offense_crosswalk"):
        low, high = row["index_group_low"], row["index_group_high"]
        assert bool(low) == bool(high), row
        assert not low or low != high, row
        assert not low or series.get(row["nibrs_code"], "not_index") in (low, high), row


@pytest.mark.parametrize(
    ("code_section", "administrative"),
    [
        ("999 ZZ INFORMATION REPORT || ", True),
        ("5150 WI Mental Disorder 72 HR || 3056 PC PAROLE VIOLATION (F) || ", True),
        ("3056 PC PAROLE VIOLATION (F) || 148(A) PC RESISTING (M) || ", False),
        ("166(A)(4) PC ALL OTHER OFFENSES (M) || ", False),
        ("10851(A) VC BLIZZARD (F) || ", False),
        (None, False),
    ],
)
def test_a_record_is_administrative_if_all_its_statutes_are(code_section: str | None, administrative: bool) -> None:
    (pattern,) = {row["code_section_pattern"] for row in seed("not_a_crime_offenses") if row["code_section_pattern"]}
    with duckdb.connect() as connection:
        (found,) = connection.execute("select regexp_replace(?, ?, '') = ''", [code_section, pattern]).fetchall()
    assert bool(found[0]) == administrative


@pytest.mark.parametrize("city", ["austin", "los_angeles"])
def test_another_crosswalk_differs_only_where_ours_says_so(city: str) -> None:
    other = OTHER_CROSSWALKS / f"crosswalk_{city}_ryanfio15.csv"
    if not other.exists():
        pytest.skip(f"no reference tables beside the repository ({other.name} is absent)")
    series, ours = index_series(), seed(f"{city}_offense_crosswalk")
    possible: dict[str, set[str]] = {}
    for row in ours:
        own = series.get(row["nibrs_code"], "not_index")
        possible.setdefault(row["offense_code"], set()).update({own, row["index_group_low"], row["index_group_high"]})
    compared = [row for row in rows_of(other) if row["code"] in possible]
    assert len(compared) > 100
    for row in compared:
        assert series[row["nibrs_code"]] in possible[row["code"]], row


def test_every_disputed_code_of_los_angeles_is_marked() -> None:
    other = OTHER_CROSSWALKS / "crosswalk_los_angeles_ryanfio15.csv"
    if not other.exists():
        pytest.skip(f"no reference tables beside the repository ({other.name} is absent)")
    ours = {row["offense_code"]: row for row in seed("los_angeles_offense_crosswalk")}
    differing = {
        row["code"]
        for row in rows_of(other)
        if row["code"] in ours and row["nibrs_code"] != ours[row["code"]]["nibrs_code"]
    }
    unsure = {code for code, row in ours.items() if row["confidence"] in {"disputed", "default_branch", "unmapped"}}
    assert differing - unsure == {"926"}
    assert {code for code, row in ours.items() if row["confidence"] == "disputed"} <= differing
