{{ config(**by_month(cluster_by=['dataset', 'offense_group'])) }}

with timed as (
    select
        dataset,
        measure,
        offense_group,
        occurred_at,
        month,
        time_precision = 'minute' and not is_first_of_month_booking as is_minute
    from {{ ref('int_measured') }}
    where
        measure in ('cases', 'calls')
        and offense_group in {{ groups_with_hours() }}
        and {{ is_asked_pair(months_to_build()) }}
),

placed as (
    select
        dataset,
        measure,
        offense_group,
        is_minute,
        case when is_minute then {{ day_of_week('occurred_at') }} end as weekday_number,
        case when is_minute then extract(hour from occurred_at) end as hour_of_day,
        month
    from timed
)

select
    dataset,
    measure,
    offense_group,
    is_minute,
    weekday_number,
    hour_of_day,
    count(*) as measure_count,
    month
from placed
group by dataset, measure, offense_group, is_minute, weekday_number, hour_of_day, month
