"""When Dagster asks for an asset by itself: conditions over data versions, so that unchanged bytes move nothing.

What changed is asked for by whole years, and the steps redo of them what is stale: scattered months would become a run
each. Months that nobody ever built stay unbuilt, but for the recent ones.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

import dagster as dg

from crime_trends.datasets import DATASETS, Dataset
from crime_trends.months import TRAILING_MONTHS
from crime_trends.warehouse.models import MARTS, MONTHLY

Condition: TypeAlias = dg.AutomationCondition[Any]
AC = dg.AutomationCondition

NAME = "automation"
TICK_SECONDS = 30

_TABLES = dg.AssetSelection.assets(*(["warehouse", key] for key in DATASETS))
_FACTS_OR_MARTS = dg.AssetSelection.assets(["facts", "month_ledger"]) | dg.AssetSelection.tag(MARTS, "")
_BY_MONTH = _TABLES | dg.AssetSelection.tag(MONTHLY, "")
_CHANGED = AC.any_deps_match(AC.data_version_changed())
_WITH_ITS_INPUTS = AC.any_deps_match(AC.data_version_changed() | AC.will_be_requested())
_HANDLED: Condition = AC.newly_requested() | AC.newly_updated()
_IDLE: Condition = ~AC.any_deps_in_progress() & ~AC.in_progress()
_BUILT: Condition = ~AC.missing()
# So many days hold that many months, whichever they are, and never one more.
_BUILT_OR_RECENT: Condition = _BUILT | AC.in_latest_time_window(timedelta(days=31 * TRAILING_MONTHS))

_RAW_CHANGED = "the raw year changed"
OPEN_CLEAN: Condition = (_CHANGED.since(_HANDLED) & _BUILT_OR_RECENT & _IDLE).with_label(_RAW_CHANGED)
"""Of clean months whose raw year changed: those that were built before, and the recent ones."""

CLOSED_CLEAN: Condition = (_CHANGED.since(_HANDLED) & _BUILT & _IDLE).with_label(_RAW_CHANGED)
"""The same of a dataset that ended: none of its months is recent."""

TABLE: Condition = (_WITH_ITS_INPUTS.since(_HANDLED) & _IDLE).with_label("inputs changed")
"""Of what follows its inputs one to one, in the run that makes them: tables and the ledger of facts."""

REFERENCE: Condition = (
    (_WITH_ITS_INPUTS | AC.code_version_changed() | AC.missing().newly_true()).since(_HANDLED) & _IDLE
).with_label("inputs or code changed, or never built")
"""Of seeds and dimensions, whose code is part of what they are. Facts need them, so a fresh start makes them first."""

_OTHERS_CHANGED = _WITH_ITS_INPUTS.ignore(_BY_MONTH | _FACTS_OR_MARTS) | AC.code_version_changed()
MART: Condition = (
    (_WITH_ITS_INPUTS.allow(_FACTS_OR_MARTS) | (_OTHERS_CHANGED & _BUILT)).since(_HANDLED) & _IDLE
).with_label("facts, inputs or code changed")
"""Of marts and reports. They follow the facts' ledger, and not the tables and the monthly models that they read too:
these are not all done at once. Whatever else they read makes them anew only if there were facts to build them from."""

CODE: Condition = (AC.code_version_changed().since(_HANDLED) & _IDLE).with_label("code changed")
"""Of what is made of code alone."""

# Three steps up from a month of facts lies the raw year: when it changes, all its months are asked for together with
# the clean months and the tables, and not one by one as the tables get new versions.
_YEARS_CHANGED = AC.any_deps_match(AC.any_deps_match(_CHANGED)).allow(_TABLES)
# A model follows those of its own set into the same run, so that the marts see all of them at work.
_MONTHS_CHANGED = _CHANGED.allow(_TABLES) | AC.any_deps_match(AC.will_be_requested())
_REFERENCE_CHANGED = (_CHANGED.ignore(_BY_MONTH) | AC.code_version_changed()) & _BUILT

FACTS: Condition = (
    (((_YEARS_CHANGED & _BUILT_OR_RECENT) | _MONTHS_CHANGED | _REFERENCE_CHANGED).since(_HANDLED)) & _IDLE
).with_label("warehouse, look-ups or code changed")
"""Of months of facts: all of a changed year; of a changed look-up, crosswalk or model those that were built before."""


def clean_condition(dataset: Dataset) -> Condition:
    """The condition of a dataset's clean months and their rejects."""
    return CLOSED_CLEAN if dataset.last_month else OPEN_CLEAN


def automation_sensor(tick_seconds: int) -> dg.AutomationConditionSensorDefinition:
    """The sensor that evaluates the conditions; stopped until somebody starts it.

    Arguments:
        tick_seconds: how often it does, and at least twice a minute.
    """
    return dg.AutomationConditionSensorDefinition(
        NAME,
        target=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
        minimum_interval_seconds=min(tick_seconds, TICK_SECONDS),
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Asks for whatever follows from new data: clean months and tables of a raw year that changed, the "
        "facts of these months, then marts and reports. Asks nobody outside; it needs no portal.",
    )
