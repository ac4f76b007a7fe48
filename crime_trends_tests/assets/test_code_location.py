"""The code location as Dagster loads it: the graph, its partitions and what every asset says of itself."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import dagster as dg
import pytest

from crime_trends.datasets import CITIES, DATASETS, LOOKUPS
from crime_trends.errors import CrimeTrendsError
from crime_trends.months import months_of, next_month
from crime_trends.partitions import all_months, month_partitions, year_partitions
from crime_trends.resources.dbt import dbt_project
from crime_trends_tests.conftest import REPOSITORY

pytestmark = pytest.mark.xdist_group("code_location")


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    """Key -> asset, of the assets that the project makes."""
    made = definitions.resolve_asset_graph().materializable_asset_keys
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs() if spec.key in made}


def test_each_dataset_flows_from_raw_by_way_of_clean_to_the_warehouse(specs: dict[str, dg.AssetSpec]) -> None:
    for dataset in DATASETS:
        assert {
            f"raw/{dataset}",
            f"clean/{dataset}",
            f"clean/{dataset}_rejects",
            f"warehouse/{dataset}",
        } <= specs.keys()
        assert [dep.asset_key.path for dep in specs[f"clean/{dataset}"].deps] == [["raw", dataset]]
        assert [dep.asset_key.path for dep in specs[f"warehouse/{dataset}"].deps] == [["clean", dataset]]
    for lookup in LOOKUPS:
        assert [dep.asset_key.path for dep in specs[f"warehouse/{lookup}"].deps] == [["raw", lookup]]


def test_the_dashboard_stands_on_every_dataset(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    above = dg.AssetSelection.assets("reports/dashboard").upstream().resolve(graph)
    assert {dg.AssetKey(["raw", key]) for key in (*DATASETS, *LOOKUPS)} <= above


def test_every_asset_says_what_it_is(specs: dict[str, dg.AssetSpec]) -> None:
    for key, spec in specs.items():
        assert spec.description, key
        assert spec.owners == ["team:crime-trends"], key
        assert spec.kinds, key
        assert spec.tags, key
        assert spec.group_name, key
        if not key.startswith(("reports/", "docs/")):
            schema = spec.metadata.get("dagster/column_schema")
            assert schema is not None, key
            assert schema.columns, key


def test_a_clean_table_describes_every_column(specs: dict[str, dg.AssetSpec]) -> None:
    for dataset in DATASETS.values():
        columns = specs[f"clean/{dataset.key}"].metadata["dagster/column_schema"].columns
        assert [column.name for column in columns] == [column.name for column in dataset.column_map.all_columns]
        assert all(column.description for column in columns)


def test_a_clean_column_leads_back_to_the_columns_of_the_raw_file(specs: dict[str, dg.AssetSpec]) -> None:
    for dataset in DATASETS.values():
        raw = {column.name for column in specs[f"raw/{dataset.key}"].metadata["dagster/column_schema"].columns}
        lineage = specs[f"clean/{dataset.key}"].metadata["dagster/column_lineage"].deps_by_column
        assert list(lineage) == [column.name for column in dataset.column_map.all_columns]
        read = {dep.column_name for deps in lineage.values() for dep in deps}
        assert read == raw
        assert {dep.asset_key.path[0] for deps in lineage.values() for dep in deps} == {"raw"}
    assert lineage["month"] == lineage[dataset.column_map.month_column]


def test_a_table_has_the_columns_that_it_takes_over(specs: dict[str, dg.AssetSpec]) -> None:
    for key in (*DATASETS, *LOOKUPS):
        metadata = specs[f"warehouse/{key}"].metadata
        columns = [column.name for column in metadata["dagster/column_schema"].columns]
        assert list(metadata["dagster/column_lineage"].deps_by_column) == columns, key


def columns_behind(specs: dict[str, dg.AssetSpec], asset: str, column: str) -> set[str]:
    """The columns of tables and seeds, ``asset.column``, that a model's column is made from in the end."""
    if asset.startswith("warehouse/") or "dagster/column_lineage" not in specs[asset].metadata:
        return {f"{asset}.{column}"}
    sources = specs[asset].metadata["dagster/column_lineage"].deps_by_column[column]
    return set().union(*(columns_behind(specs, it.asset_key.to_user_string(), it.column_name) for it in sources))


def test_every_column_of_a_model_leads_back_to_columns_that_there_are(specs: dict[str, dg.AssetSpec]) -> None:
    models = [
        key for key, spec in specs.items() if str(spec.metadata.get("dagster_dbt/unique_id")).startswith("model.")
    ]
    assert models
    for key in models:
        for column in specs[key].metadata["dagster/column_schema"].columns:
            for behind in columns_behind(specs, key, column.name):
                asset, name = behind.split(".")
                if asset in specs:
                    known = {it.name for it in specs[asset].metadata["dagster/column_schema"].columns}
                    assert name in known, f"{key}.{column.name}"
    assert "warehouse/los_angeles_crime_reports.occurred_at" in columns_behind(
        specs, "facts/fct_incidents", "occurred_at"
    )


def test_of_what_is_private_in_a_row_facts_and_marts_know_only_that_it_is_sensitive(
    specs: dict[str, dg.AssetSpec],
) -> None:
    private = {
        f"warehouse/{dataset.key}.{column.name}"
        for dataset in DATASETS.values()
        for column in dataset.column_map.columns
        if re.search(r"victim|mo_codes|address|street|block|homeless|hate|gang|domestic|family", column.name)
    }
    assert len(private) > 15
    known = {
        (behind, column.name)
        for key in specs
        if key.split("/")[0] in ("facts", "marts")
        for column in specs[key].metadata["dagster/column_schema"].columns
        for behind in columns_behind(specs, key, column.name) & private
    }
    assert known == {
        ("warehouse/austin_crime_reports.is_family_violence", "is_sensitive"),
        ("warehouse/los_angeles_nibrs_offenses.is_domestic_violence", "is_sensitive"),
    }


def test_every_asset_leads_to_its_docs_and_its_code(specs: dict[str, dg.AssetSpec]) -> None:
    for key, spec in specs.items():
        references = spec.metadata["dagster/code_references"].code_references
        assert all(Path(reference.file_path).exists() for reference in references), key
        page = re.search(r"/blob/main/(docs/datasets/\w+\.md)\)", spec.description or "")
        assert page is not None or key.startswith(("docs/", "reports/")), key
        assert page is None or (REPOSITORY / page[1]).exists(), key


def test_assets_are_grouped_by_city_and_layer(specs: dict[str, dg.AssetSpec]) -> None:
    for key, spec in specs.items():
        city, layer = spec.tags.get("city"), spec.tags["layer"]
        assert spec.group_name == (f"{city}_{layer}" if city else layer), key
    of_one_city = {spec.group_name for spec in specs.values() if "city" in spec.tags}
    layers = ("raw", "clean", "warehouse", "staging", "intermediate")
    assert of_one_city == {f"{city}_{layer}" for city in CITIES for layer in layers}


def test_every_check_says_what_it_tests_and_what_to_do_if_it_does_not_pass(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.asset_check_keys:
        assert re.search(r"[.;] If (it fails|it warns|some are)\b", graph.get_check_spec(key).description), key


def test_a_backfill_of_any_range_is_one_run(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    partitioned = [key for key in graph.materializable_asset_keys if graph.get(key).partitions_def is not None]
    assert {key.path[0] for key in partitioned} == {"raw", "clean", "warehouse", "intermediate", "facts"}
    for key in partitioned:
        assert graph.get(key).backfill_policy == dg.BackfillPolicy.single_run(), key


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_partitions_are_the_span_of_the_dataset(dataset: object) -> None:
    months, years = month_partitions(dataset), year_partitions(dataset)
    assert months.get_partition_keys() == months_of(dataset, "1900-01", "2999-12")
    assert years.get_partition_keys()[0] == dataset.first_month[:4]
    assert years.get_partition_keys()[-1] == months.get_partition_keys()[-1][:4]


def test_a_year_is_its_months_in_both_directions() -> None:
    dataset = DATASETS["san_diego_calls_for_service"]
    months, years = month_partitions(dataset), year_partitions(dataset)
    mapping = dg.TimeWindowPartitionMapping()
    asked = months.subset_with_partition_keys(["2022-12", "2023-01"])
    needed = mapping.get_upstream_mapped_partitions_result_for_partitions(asked, months, years)
    assert set(needed.partitions_subset.get_partition_keys()) == {"2022", "2023"}
    changed = years.subset_with_partition_keys(["2023"])
    follow = mapping.get_downstream_partitions_for_partitions(changed, years, months)
    assert sorted(follow.get_partition_keys()) == [f"2023-{month:02d}" for month in range(1, 13)]


def test_the_models_months_begin_with_the_earliest_dataset() -> None:
    assert all_months().get_partition_keys()[0] == "2003-01"
    assert next_month(all_months().get_partition_keys()[-2]) == all_months().get_partition_keys()[-1]


def test_models_that_dbt_cannot_read_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(REPOSITORY / "dbt_project", project)
    (project / "models" / "marts" / "mart_broken.sql").write_text("select * from {{ ref('no_such_model') }}")
    monkeypatch.setattr("crime_trends.resources.dbt.DBT_DIR", project)
    monkeypatch.setenv("CRIME_TRENDS_HOME", str(tmp_path))
    with pytest.raises(
        CrimeTrendsError, match=r"^dbt can't read the models in dbt_project/: .*no_such_model"
    ) as raised:
        dbt_project(tmp_path / "target")
    assert "\n" not in str(raised.value)


def test_loading_writes_nothing_into_the_checkout(definitions: dg.Definitions) -> None:
    assert not (REPOSITORY / "dbt_project" / "target").exists()
