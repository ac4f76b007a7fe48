{{ config(**by_month(cluster_by=['dataset', 'offense_group'])) }}

with statuses as (
    select
        dataset,
        measure,
        offense_group,
        status_name,
        {{ dbt.datediff('recorded_date', 'status_date', 'day') }} as status_days,
        month
    from {{ ref('int_measured') }}
    where
        measure = 'cases'
        and {{ is_asked_pair(months_to_build()) }}
)

select
    dataset,
    measure,
    offense_group,
    status_name,
    status_days,
    count(*) as measure_count,
    month
from statuses
group by dataset, measure, offense_group, status_name, status_days, month
