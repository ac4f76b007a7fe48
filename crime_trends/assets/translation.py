"""How a dbt model reads as an asset, and a dbt test as a check.

A view holds nothing of its own: it has no partitions, and no condition asks for it. So that a month of facts follows
the same month of the tables, what reads a view depends also on the tables behind it. Marts depend also on the facts'
ledger, which is noted when all monthly models are done; and those that read the tables' ledger on the rows outside,
which are noted in it without a month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from crime_trends.assets.common import DOCS, OWNER
from crime_trends.assets.lineage import model_lineage
from crime_trends.automation.conditions import FACTS, MART
from crime_trends.automation.conditions import REFERENCE as REFERENCE_MODEL
from crime_trends.datasets import DATASETS, Dataset
from crime_trends.partitions import all_months
from crime_trends.warehouse.models import MARTS, MONTHLY, REFERENCE

FACTS_LEDGER = dg.AssetKey(["facts", "month_ledger"])
TABLES_LEDGER = dg.AssetKey(["warehouse", "month_ledger"])
OUTSIDE = [dg.AssetDep(["warehouse", it.outside_key]) for it in DATASETS.values() if it.socrata_sources]


class ModelTranslator(DagsterDbtTranslator):
    """How a dbt model reads as an asset: ``<schema>/<model>``, in a group per city and layer, or per layer."""

    def __init__(self) -> None:
        super().__init__()
        self._lineage = model_lineage()
        self._specs: dict[tuple[int, str, int], dg.AssetSpec] = {}

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """City and layer of a model of one dataset; the layer of what joins datasets."""
        dataset = _dataset_of(dbt_resource_props)
        layer = _layer_of(dbt_resource_props)
        return f"{dataset.city}_{layer}" if dataset else layer

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """dbt's tags, the layer, and city and record type of a model of one dataset."""
        dataset = _dataset_of(dbt_resource_props)
        of_dataset = {"city": dataset.city, "record_type": dataset.record_type} if dataset else {}
        return {**super().get_tags(dbt_resource_props), "layer": _layer_of(dbt_resource_props), **of_dataset}

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's own words, where to read on, and its SQL."""
        dataset, sql = _dataset_of(dbt_resource_props), dbt_resource_props.get("raw_code")
        page = f"{DOCS}/{dataset.key if dataset else 'README'}.md"
        parts = [dbt_resource_props["description"].strip(), f"[Grain, quirks and breaks]({page})."]
        return "\n\n".join([*parts, f"```sql\n{sql}\n```"] if sql else parts)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The team."""
        return [OWNER]

    def get_partitions_def(self, dbt_resource_props: Mapping[str, Any]) -> dg.PartitionsDefinition | None:
        """Months for the tables of the monthly set."""
        return all_months() if self._is_monthly_table(dbt_resource_props) else None

    def get_automation_condition(self, dbt_resource_props: Mapping[str, Any]) -> dg.AutomationCondition | None:
        """As what it is made from changes; views are made anew with the tables that read them."""
        if _is_view(dbt_resource_props):
            return None
        if self._is_monthly_table(dbt_resource_props):
            return FACTS
        return MART if MARTS in dbt_resource_props["tags"] else REFERENCE_MODEL

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Adds where its code is, and the tables behind the views that a model reads to what it depends on.

        The project is unknown while dbt's events are read; then nobody asks for the code.
        """
        # dagster-dbt asks for a model's spec again for each of its children and tests, and keeps its own part likewise.
        memo = (id(manifest), unique_id, id(project))
        if memo not in self._specs:
            self._specs[memo] = self._made_spec(manifest, unique_id, project)
        return self._specs[memo]

    def _made_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        if project is not None:
            spec = spec.merge_attributes(metadata=_code_reference(project, props))
        if lineage := self._lineage.get(spec.key.to_user_string()):
            spec = spec.merge_attributes(metadata={"dagster/column_lineage": lineage})
        if _is_view(props):
            return spec
        known = {dep.asset_key for dep in spec.deps}
        behind = {
            key: dg.AssetDep(key, partition_mapping=self.get_partition_mapping(props, parent))
            for parent in self._tables_behind_views(manifest, unique_id)
            if (key := self.get_asset_key(parent)) not in known
        }
        deps = [*spec.deps, *behind.values()]
        if MARTS in props["tags"]:
            deps += [dg.AssetDep(FACTS_LEDGER), *(OUTSIDE if TABLES_LEDGER in {dep.asset_key for dep in deps} else [])]
        return spec.replace_attributes(deps=deps)

    def _tables_behind_views(self, manifest: Mapping[str, Any], unique_id: str) -> Iterator[Mapping[str, Any]]:
        # Sources and seeds depend on nothing.
        for parent_id in self.get_resource_props(manifest, unique_id).get("depends_on", {}).get("nodes", ()):
            parent = self.get_resource_props(manifest, parent_id)
            if not _is_view(parent):
                yield parent
            else:
                yield from self._tables_behind_views(manifest, parent_id)

    @staticmethod
    def _is_monthly_table(props: Mapping[str, Any]) -> bool:
        return MONTHLY in props["tags"] and not _is_view(props)

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
        what = (test.get("description") or f"{column} {kind.replace('_', ' ')}").strip().rstrip(".")
        is_of_reference = REFERENCE in asset_spec.tags
        if test["config"]["severity"].lower() == "warn":
            then = "If it warns, everything goes on"
        elif is_of_reference:
            then = "If it fails, facts are made all the same, and marts and reports stay as they were"
        else:
            then = "If it fails, its models and all that follow them are not passed on to marts and reports"
        return spec._replace(
            description=f"{what}. {then}; `dbt show --select {test['name']}` lists the rows it found.",
            # A check that blocks would stop the facts of all datasets; the marts look for themselves.
            blocking=spec.blocking and not is_of_reference,
        )

    def get_partition_mapping(
        self, dbt_resource_props: Mapping[str, Any], dbt_parent_resource_props: Mapping[str, Any]
    ) -> dg.PartitionMapping | None:
        """A month of the models needs that month of each dataset's table, where the dataset has it."""
        is_table = dbt_parent_resource_props["resource_type"] == "source"
        is_dataset = is_table and dbt_parent_resource_props["name"] in DATASETS
        if is_dataset and self._is_monthly_table(dbt_resource_props):
            return dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
        return None


def _code_reference(project: DbtProject, props: Mapping[str, Any]) -> Mapping[str, Any]:
    file = dg.LocalFileCodeReference(file_path=str(Path(project.project_dir) / props["original_file_path"]))
    return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[file])}


def _layer_of(props: Mapping[str, Any]) -> str:
    """The folder of a model; seeds are reference tables."""
    return REFERENCE if props["resource_type"] == "seed" else str(props["fqn"][1])


def _dataset_of(props: Mapping[str, Any]) -> Dataset | None:
    """The dataset that a model is of alone, by its name: ``stg_<city>__<things>`` and ``int_<dataset>__<what>``."""
    kind, _, name = str(props["name"]).partition("_")
    key = name.replace("__", "_") if kind == "stg" else name.split("__")[0]
    return DATASETS.get(key)


def _is_view(props: Mapping[str, Any]) -> bool:
    return bool(props.get("config", {}).get("materialized") == "view")
