"""The jobs for the launchpad."""

from __future__ import annotations

import dagster as dg
import pytest

from crime_trends.assets.common import lake_pool
from crime_trends.datasets import CITIES, DATASETS, LOOKUPS
from crime_trends.partitions import all_months, month_partitions, year_partitions

pytestmark = pytest.mark.xdist_group("code_location")


def test_there_is_a_job_of_years_and_one_of_months_for_each_dataset(definitions: dg.Definitions) -> None:
    for dataset in DATASETS.values():
        assert definitions.resolve_job_def(f"{dataset.key}_raw").partitions_def == year_partitions(dataset)
        assert definitions.resolve_job_def(dataset.key).partitions_def == month_partitions(dataset)
    assert definitions.resolve_job_def("facts").partitions_def == all_months()
    for name in ("marts", "reports"):
        assert definitions.resolve_job_def(name).partitions_def is None


def test_each_job_says_what_it_does_and_its_configuration_explains_itself(definitions: dg.Definitions) -> None:
    names = [*DATASETS, *(f"{key}_raw" for key in DATASETS), "facts", "marts", "reports"]
    assert all(definitions.resolve_job_def(name).description for name in names)
    for name in names:
        job = definitions.resolve_job_def(name)
        steps = job.run_config_schema.config_type.fields["ops"].config_type.fields
        fields = {
            of: field
            for step in steps.values()
            for of, field in getattr(step.config_type.fields["config"].config_type, "fields", {}).items()
        }
        assert fields.keys() == ({"force", "datasets"} if name == "facts" else {"force"}), name
        assert all(field.description for field in fields.values()), name


def test_a_portal_gets_two_requests_at_a_time_and_a_lake_folder_has_one_writer(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    pools = {key.path[1]: graph.get(key).pools for key in graph.materializable_asset_keys if key.path[0] == "raw"}
    assert pools == {key: {lake_pool(key.removesuffix("_outside"))} for key in pools}
    for city in CITIES:
        keys = [entry.key for entry in (*DATASETS.values(), *LOOKUPS.values()) if entry.city == city]
        assert len(set().union(*(pools[key] for key in keys))) <= 2
