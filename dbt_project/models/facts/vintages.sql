{{ config(incremental_strategy='append', full_refresh=false) }}

{%- set months = months_to_build() %}

with asked_months as (
    select
        dataset,
        month,
        month_version,
        made_at as as_of
    from {{ ref('int_warehouse_months') }}
    where {{ is_asked_pair(months) }}
),

{% if is_incremental() -%}
kept_months as (
    select
        dataset,
        month,
        month_version,
        row_number() over (partition by dataset, month order by as_of desc) as place
    from {{ this }}
),

{% endif -%}
new_months as (
    select
        asked_months.dataset,
        asked_months.month,
        asked_months.month_version,
        asked_months.as_of
    from asked_months
    {%- if is_incremental() %}
    left join kept_months
        on
            asked_months.dataset = kept_months.dataset
            and asked_months.month = kept_months.month
            and asked_months.month_version = kept_months.month_version
            and kept_months.place = 1
    where kept_months.dataset is null
    {%- endif %}
),

incidents as (
    select
        dataset,
        month,
        offense_name
    from {{ ref('fct_incidents') }}
    where {{ is_asked_pair(months) }}
)

-- A month without rows is kept as one row that counts nothing: that it is empty is what was published.
select
    new_months.dataset,
    new_months.month,
    incidents.offense_name,
    new_months.month_version,
    new_months.as_of,
    count(incidents.dataset) as record_count
from new_months
left join incidents
    on
        new_months.dataset = incidents.dataset
        and new_months.month = incidents.month
group by
    new_months.dataset,
    new_months.month,
    incidents.offense_name,
    new_months.month_version,
    new_months.as_of
