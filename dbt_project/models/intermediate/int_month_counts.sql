with fact_rows as (
    select
        dataset,
        month,
        cast(sum(record_count) as int64) as fact_rows
    from {{ ref('int_recorded_days') }}
    group by dataset, month
),

fact_versions as (
    select
        dataset,
        month,
        max_by(month_version, loaded_at) as month_version
    from {{ ref('vintages') }}
    group by dataset, month
)

select
    months.dataset,
    months.month,
    months.portal_rows,
    months.raw_rows,
    months.clean_rows,
    months.rejected_rows,
    months.duplicate_rows,
    months.warehouse_rows,
    coalesce(fact_rows.fact_rows, 0) as fact_rows,
    -- No fact is made of rows outside.
    months.month is null or coalesce(fact_versions.month_version = months.month_version, false) as has_current_facts
from {{ ref('int_warehouse_months') }} as months
left join fact_rows
    on
        months.dataset = fact_rows.dataset
        and months.month = fact_rows.month
left join fact_versions
    on
        months.dataset = fact_versions.dataset
        and months.month = fact_versions.month
