{{ config(**by_month(cluster_by=['dataset', 'offense_group'])) }}

select
    dataset,
    offense_group,
    recorded_date,
    count(*) as record_count,
    month
from {{ ref('fct_incidents') }}
where {{ is_asked_pair(months_to_build()) }}
group by dataset, offense_group, recorded_date, month
