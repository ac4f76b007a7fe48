{%- set staging_models = {
    'austin_crime_reports': 'stg_austin__crime_reports',
    'los_angeles_crime_reports': 'stg_los_angeles__crime_reports',
    'los_angeles_nibrs_offenses': 'stg_los_angeles__nibrs_offenses',
    'san_diego_calls_for_service': 'stg_san_diego__calls_for_service',
    'san_diego_nibrs_offenses': 'stg_san_diego__nibrs_offenses',
} -%}

with warehouse_rows as (
    {%- for dataset, staging_model in staging_models.items() %}
    select
        '{{ dataset }}' as dataset,
        month,
        count(*) as warehouse_rows
    from {{ ref(staging_model) }}
    group by month
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

fact_rows as (
    select
        dataset,
        month,
        count(*) as fact_rows
    from {{ ref('fct_incidents') }}
    group by dataset, month
),

fact_versions as (
    select
        dataset,
        month,
        max_by(month_version, as_of) as month_version
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
    coalesce(warehouse_rows.warehouse_rows, 0) as warehouse_rows,
    coalesce(fact_rows.fact_rows, 0) as fact_rows,
    -- No fact is made of rows outside.
    months.month is null or coalesce(fact_versions.month_version = months.month_version, false) as has_current_facts
from {{ ref('int_warehouse_months') }} as months
left join warehouse_rows
    on
        months.dataset = warehouse_rows.dataset
        and months.month = warehouse_rows.month
left join fact_rows
    on
        months.dataset = fact_rows.dataset
        and months.month = fact_rows.month
left join fact_versions
    on
        months.dataset = fact_versions.dataset
        and months.month = fact_versions.month
