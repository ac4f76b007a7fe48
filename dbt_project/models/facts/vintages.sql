{{ config(**only_added(cluster_by=['dataset', 'offense_group'])) }}

{%- set months = months_to_build() %}

with new_months as (
    select
        loaded.dataset,
        loaded.month,
        loaded.month_version,
        loaded.fetched_at as as_of,
        loaded.made_at as loaded_at
    from {{ ref('int_warehouse_months') }} as loaded
    where
        loaded.month is not null
        and {{ is_asked_pair(months) }}
        {%- if is_incremental() %}
        and loaded.month_version <> coalesce((
            select max_by(kept.month_version, kept.loaded_at)
            from {{ this }} as kept
            where
                kept.dataset = loaded.dataset
                and kept.month = loaded.month
        ), '')
        {%- endif %}
),

incidents as (
    select
        dataset,
        month,
        offense_group,
        offense_name
    from {{ ref('fct_incidents') }}
    where {{ is_asked_pair(months) }}
)

-- A month without rows is kept as one row that counts nothing: that it is empty is what was published.
select
    new_months.dataset,
    new_months.month,
    incidents.offense_group,
    incidents.offense_name,
    new_months.month_version,
    new_months.as_of,
    count(incidents.dataset) as record_count,
    new_months.loaded_at
from new_months
left join incidents
    on
        new_months.dataset = incidents.dataset
        and new_months.month = incidents.month
group by
    new_months.dataset,
    new_months.month,
    incidents.offense_group,
    incidents.offense_name,
    new_months.month_version,
    new_months.as_of,
    new_months.loaded_at
