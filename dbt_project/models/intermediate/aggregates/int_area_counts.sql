{{ config(**by_month(cluster_by=['dataset', 'offense_group'])) }}

select
    dataset,
    measure,
    offense_group,
    area_code,
    max(area_name) as area_name,
    count(*) as measure_count,
    month
from {{ ref('int_measured') }}
where
    measure in ('cases', 'calls')
    and not is_sensitive
    and area_code is not null
    and {{ is_asked_pair(months_to_build()) }}
group by dataset, measure, offense_group, area_code, month
