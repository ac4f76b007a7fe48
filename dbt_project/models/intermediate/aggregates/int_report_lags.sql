{{ config(**by_month(cluster_by=['dataset', 'measure', 'offense_group'])) }}

with lags as (
    select
        dataset,
        measure,
        offense_group,
        {{ dbt.datediff('occurred_date', 'recorded_date', 'day') }} as lag_days,
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
    lag_days,
    count(*) as measure_count,
    month
from lags
group by dataset, measure, offense_group, lag_days, month
