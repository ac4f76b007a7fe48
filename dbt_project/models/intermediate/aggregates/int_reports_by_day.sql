{{ config(**by_month(cluster_by=['dataset', 'measure', 'offense_group'])) }}

select
    dataset,
    measure,
    offense_group,
    recorded_date,
    count(*) as measure_count,
    month
from {{ ref('int_measured') }}
where
    measure <> 'records'
    and {{ is_asked_pair(months_to_build()) }}
group by dataset, measure, offense_group, recorded_date, month
