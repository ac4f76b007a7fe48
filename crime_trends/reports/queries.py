"""What the dashboard reads: one query for each of its tables, over the marts and what they are made with.

The SQL is what DuckDB and BigQuery both know. Rows are ordered by their keys, which makes the page's tables short (see
``columnar``) and lets the page find a series as one slice. Cities' figures only, but ``areas``, which has what the mart
shows of police areas. ``all`` is left out: it would stand beside its own parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crime_trends.warehouse.base import Warehouse


@dataclass(frozen=True)
class Query:
    """A query of named columns.

    Arguments:
        columns: what is selected, with commas between: names, or expressions that end with ``as`` and a name.
        source: the rest of the query, with tables as ``schema.table``.
    """

    columns: str
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(re.split(r"[ .]", column)[-1] for column in re.split(r",\s*(?![^()]*\))", self.columns))

    def sql(self, warehouse: Warehouse) -> str:
        """The query as a warehouse takes it."""
        tables = re.compile(r"\b(marts|facts|warehouse)\.(\w+)")
        source = tables.sub(lambda place: warehouse.table(place[1], place[2]), self.source)
        return f"select {self.columns} {source}"


QUERIES = {
    "groups": Query(
        "offense_group, offense_group_name, offense_scope",
        """
        from facts.offense_groups
        order by coalesce(hierarchy_order, 99)
        """,
    ),
    "daily": Query(
        "dataset, occurred_date, sum(measure_count) as measure_count",
        """
        from marts.mart_daily_counts
        where measure in ('records', 'calls')
        group by dataset, occurred_date
        order by dataset, occurred_date
        """,
    ),
    "reach": Query(
        "dataset, max(data_through_date) as data_through_date",
        """
        from marts.mart_monthly_counts
        group by dataset
        order by dataset
        """,
    ),
    "monthly": Query(
        "dataset, measure, offense_group, month, measure_count, exact_count, nullif(low_count, measure_count) "
        "as low_count, nullif(high_count, measure_count) as high_count, is_settled, case when is_complete "
        "then null else complete_reason end as incomplete_reason",
        """
        from marts.mart_monthly_counts
        order by dataset, measure, offense_group, month
        """,
    ),
    "rolling": Query(
        "rolling.dataset, rolling.measure, rolling.offense_group, rolling.month, rolling.months_used, "
        "rolling.measure_count, rolling.reason, changes.change_percent, rates.rate_per_100k, "
        "rates.change_percent as rate_change_percent, rates.population_year, rates.population_vintage, "
        "rates.is_population_carried_forward, rates.population_base",
        """
        from marts.mart_rolling_12 as rolling
        left join marts.mart_rates as rates on rolling.dataset = rates.dataset and rolling.measure = rates.measure
            and rolling.offense_group = rates.offense_group and rolling.month = rates.month
        left join marts.mart_year_over_year as changes on rolling.dataset = changes.dataset and rolling.measure =
            changes.measure and rolling.offense_group = changes.offense_group and rolling.month = changes.month
            and changes.period_length = 'rolling_12'
        where rolling.offense_group <> 'all'
        order by rolling.dataset, rolling.measure, rolling.offense_group, rolling.month
        """,
    ),
    "year_to_date": Query(
        "dataset, measure, offense_group, calendar_year, is_newest_year, last_month, months_used, "
        "measure_count, same_age_count, age_days, change_percent, same_age_change_percent, reason, "
        "comparison_reason",
        """
        from marts.mart_year_to_date
        where offense_group <> 'all'
        order by dataset, measure, offense_group, calendar_year
        """,
    ),
    "seasonality": Query(
        "dataset, measure, offense_group, calendar_month, years_used, first_year, last_year, month_factor, "
        "least_factor, greatest_factor, reason",
        """
        from marts.mart_seasonality
        where offense_group <> 'all'
        order by dataset, measure, offense_group, calendar_month
        """,
    ),
    "hours": Query(
        "dataset, measure, offense_group, series_id, calendar_year, months_used, excluded_share, reason, "
        "weekday_number, hour_of_day, measure_count",
        """
        from marts.mart_weekday_hours
        order by dataset, measure, offense_group, calendar_year, series_id, weekday_number, hour_of_day
        """,
    ),
    "area_names": Query(
        "dataset, area_code, max(area_name) as area_name",
        """
        from marts.mart_monthly_area_counts
        group by dataset, area_code
        order by dataset, area_code nulls last
        """,
    ),
    "areas": Query(
        "dataset, measure, offense_group, area_code, month, measure_count, is_suppressed, is_comparable, series_id",
        """
        from marts.mart_monthly_area_counts
        order by dataset, measure, offense_group, area_code nulls last, month
        """,
    ),
    "lags": Query(
        "dataset, measure, offense_group, month, measure_count, median_lag_days, ninth_decile_lag_days, "
        "within_7_days_share, within_30_days_share, within_90_days_share, reason",
        """
        from marts.mart_report_lag
        where offense_group <> 'all'
        order by dataset, measure, offense_group, month
        """,
    ),
    "growth": Query(
        "dataset, age_days, month, measure_count, newest_count, growth_count, growth_percent, reason",
        """
        from marts.mart_month_growth
        order by dataset, age_days, month
        """,
    ),
    "clearance": Query(
        "dataset, measure, offense_group, horizon_days, month, series_id, measure_count, arrest_count, "
        "exceptional_count, undated_count, not_stated_count, reason",
        """
        from marts.mart_clearance
        order by dataset, measure, offense_group, horizon_days, month
        """,
    ),
    "los_angeles_status": Query(
        "dataset, measure, offense_group, status_name, month, series_id, measure_count, is_comparable, as_of_date",
        """
        from marts.mart_los_angeles_status
        order by dataset, measure, offense_group, status_name nulls last, month
        """,
    ),
    "outcomes": Query(
        "dataset, outcome_list, disposition_code, outcome_name, month, measure_count, is_comparable",
        """
        from marts.mart_call_outcomes
        order by dataset, outcome_list, disposition_code nulls last, outcome_name nulls last, month
        """,
    ),
    "benchmarks": Query(
        "dataset, measure, offense_group, calendar_year, measure_count, low_count, high_count, "
        "published_count, published_date_basis, published_source, published_as_of, difference_count, "
        "difference_percent, is_close, reason",
        """
        from marts.mart_benchmarks
        order by dataset, measure, offense_group, calendar_year
        """,
    ),
    "mapped": Query(
        "dataset, calendar_year, measure_count, mapped_count",
        """
        from marts.mart_mapped_shares
        order by dataset, calendar_year
        """,
    ),
    "reconciliation": Query(
        "dataset, month, portal_rows, raw_rows, clean_rows, rejected_rows, duplicate_rows, warehouse_rows, "
        "fact_rows, has_current_facts, is_reconciled",
        """
        from marts.mart_reconciliation
        order by dataset, case when month is null then 1 else 0 end, month
        """,
    ),
    "series": Query(
        "dataset, offense_group, first_month, last_month",
        """
        from facts.dim_series
        where offense_group <> 'all'
        order by dataset, offense_group, first_month
        """,
    ),
    "changes": Query(
        "dataset, city, offense_groups, kind, applies_to, effect, is_incomplete, valid_from, valid_to, note, source, "
        "verified",
        """
        from facts.series_breaks
        order by valid_from, break_id
        """,
    ),
    "codes": Query(
        "dataset, offense_group, offense_code, nibrs_code, mapping_authority, mapping_confidence, "
        "index_group_low, index_group_high, max(offense_name) as offense_name, count(*) as record_count, "
        "min(month) as first_month, max(month) as last_month",
        """
        from facts.fct_incidents
        group by dataset, offense_group, offense_code, nibrs_code, mapping_authority, mapping_confidence,
            index_group_low, index_group_high
        order by dataset, offense_group, record_count desc, offense_code nulls last, nibrs_code nulls last,
            mapping_authority nulls last, mapping_confidence nulls last, index_group_low nulls last,
            index_group_high nulls last
        """,
    ),
    "retrieved": Query(
        "dataset, max(coalesce(fetched_at, made_at)) as retrieved_at",
        """
        from warehouse.month_ledger
        where month is not null
        group by dataset
        order by dataset
        """,
    ),
}
"""Name of a table of the page -> the query that fills it."""

MODELS = sorted({match for query in QUERIES.values() for match in re.findall(r"\b(facts|marts)\.(\w+)", query.source)})
"""(schema, table) of the models that they read: what the dashboard stands on."""
