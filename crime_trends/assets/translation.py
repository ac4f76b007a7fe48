"""How a dbt model reads as an asset, and a dbt test as a check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from crime_trends.assets.common import OWNER
from crime_trends.datasets import DATASETS


class ModelTranslator(DagsterDbtTranslator):
    """How a dbt model reads as an asset: ``<schema>/<model>``, in a group per schema."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The schema that the model is built into."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The team."""
        return [OWNER]

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """A test as a check that says what it tests: in its own words, else by its column and its kind."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        test = self.get_resource_props(manifest, unique_id)
        kind = (test.get("test_metadata") or {}).get("name", "")
        column = test.get("column_name") or ""
        return spec._replace(description=test.get("description") or f"{column} {kind.replace('_', ' ')}".strip())

    def get_partition_mapping(
        self, dbt_resource_props: Mapping[str, Any], dbt_parent_resource_props: Mapping[str, Any]
    ) -> dg.PartitionMapping | None:
        """A month of the models needs that month of each dataset's table, where the dataset has it."""
        is_table = dbt_parent_resource_props["resource_type"] == "source"
        if is_table and dbt_parent_resource_props["name"] in DATASETS:
            return dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
        return None
