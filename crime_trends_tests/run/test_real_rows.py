"""Real rows, from the portals' own files to the facts: nothing is lost and nothing doubled."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS
from crime_trends.sample.portal import SamplePortal
from crime_trends_tests.conftest import Home
from crime_trends_tests.reports.maps import WITHOUT_SHAPE, real_maps

# One worker for all that needs the home of the year.
pytestmark = pytest.mark.xdist_group("real")

AUSTIN, LOS_ANGELES, SAN_DIEGO = "austin_crime_reports", "los_angeles_crime_reports", "san_diego_calls_for_service"


@pytest.fixture(scope="module")
def home(
    real_portal_dir: Path, year_home: Home, year_portal: SamplePortal, tmp_path_factory: pytest.TempPathFactory
) -> Home:
    """A home that holds the real rows of 2023."""
    copied = tmp_path_factory.mktemp("real") / "home"
    return Home(shutil.copytree(year_home.path, copied), year_portal.urls)


def totals(home: Home, dataset: str) -> tuple[object, ...]:
    """Raw, clean + rejected + duplicate, warehouse and fact rows of a dataset, and its months that do not add up."""
    return home.query(
        "select sum(raw_rows), sum(clean_rows + rejected_rows + duplicate_rows), sum(warehouse_rows), sum(fact_rows), "
        "count(*) filter (raw_rows <> clean_rows + rejected_rows + duplicate_rows or warehouse_rows <> clean_rows "
        f"or fact_rows <> clean_rows) from marts.mart_reconciliation where dataset = '{dataset}'"
    )[0]


def test_san_diego_january_2023(home: Home, real_portal_dir: Path) -> None:
    assert totals(home, SAN_DIEGO) == (26_595, 26_595, 26_595, 26_595, 0)
    assert home.query("select count(*), count(distinct call_id) from facts.fct_san_diego_calls") == [(26_595, 26_595)]
    file = real_portal_dir / "san_diego/police_calls_for_service/pd_calls_for_service_2023_datasd.csv"
    with file.open(newline="") as stream:
        counted = Counter(row["call_type"] for row in csv.DictReader(stream))
    assert home.query(
        "select call_type_code, count(*) from facts.fct_san_diego_calls group by all order by 2 desc limit 10"
    ) == counted.most_common(10)


def test_duplicate_lookup_keys_double_nothing_and_missing_codes_drop_nothing(home: Home) -> None:
    doubled = "select call_type_code from warehouse.san_diego_call_types group by 1 having count(*) > 1"
    assert home.query(f"select count(*) > 0 from facts.fct_san_diego_calls where call_type_code in ({doubled})") == [
        (True,)
    ]
    unlisted = home.query(
        "select count(*) from facts.fct_san_diego_calls where call_type_name = 'not in the city''s list'"
    )
    assert unlisted[0][0] > 0


def test_los_angeles_2023_and_2020(home: Home) -> None:
    assert totals(home, LOS_ANGELES) == (24_569, 24_569, 24_569, 24_569, 0)
    result = home.run("2020-01", "2020-12", "--dataset", LOS_ANGELES)
    assert result.returncode == 0, result.stdout + result.stderr
    assert totals(home, LOS_ANGELES) == (24_569 + 874, 24_569 + 874, 24_569 + 874, 24_569 + 874, 0)


def test_austin_december_2023_and_2003(home: Home, real_portal_dir: Path) -> None:
    rows = json.loads((real_portal_dir / "austin/fdj4-gpfu.json").read_text())
    years = Counter(row["occ_date"][:4] for row in rows)
    assert (years["2003"] > 0, years["2023"]) == (True, 863)
    result = home.run("2003-01", "2003-12", "--dataset", AUSTIN)
    assert result.returncode == 0, result.stdout + result.stderr
    both = years["2003"] + years["2023"]
    assert totals(home, AUSTIN) == (both, both, both, both, 0)
    december = f"select raw_rows from marts.mart_reconciliation where dataset = '{AUSTIN}' and month = '2023-12-01'"
    assert home.query(december) == [(863,)]


def test_every_area_of_the_facts_has_a_shape_or_is_known_to_have_none(home: Home, tmp_path: Path) -> None:
    maps = real_maps(tmp_path)
    found = home.query("select distinct dataset, area_code from facts.fct_incidents where area_code is not null")
    assert {dataset for dataset, _ in found} == {SAN_DIEGO, LOS_ANGELES, AUSTIN}
    without = {code for dataset, code in found if code not in maps[DATASETS[dataset].areas].shapes}
    assert without == WITHOUT_SHAPE
