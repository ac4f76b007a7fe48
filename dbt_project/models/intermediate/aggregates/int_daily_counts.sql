{{ config(**by_month(cluster_by=['dataset', 'measure', 'offense_group'])) }}

with counted as (
    select
        dataset,
        measure,
        offense_group,
        index_group_low,
        index_group_high,
        occurred_date,
        month,
        count(*) as measure_count,
        sum(case when mapping_confidence = 'exact' then 1 else 0 end) as exact_count
    from {{ ref('int_measured') }}
    where {{ is_asked_pair(months_to_build()) }}
    group by dataset, measure, offense_group, index_group_low, index_group_high, occurred_date, month
),

-- Each is counted in its own group, and in those that it is of at the least and at the most.
placed as (
    select
        dataset,
        measure,
        offense_group,
        occurred_date,
        month,
        measure_count,
        exact_count,
        0 as low_count,
        0 as high_count
    from counted
    {%- for side in ['low', 'high'] %}
    union all
    select
        dataset,
        measure,
        index_group_{{ side }} as offense_group,
        occurred_date,
        month,
        0 as measure_count,
        0 as exact_count,
        {{ 'measure_count' if side == 'low' else '0' }} as low_count,
        {{ 'measure_count' if side == 'high' else '0' }} as high_count
    from counted
    where index_group_{{ side }} is not null
    {%- endfor %}
)

select
    dataset,
    measure,
    offense_group,
    occurred_date,
    cast(sum(measure_count) as int64) as measure_count,
    cast(sum(exact_count) as int64) as exact_count,
    cast(sum(low_count) as int64) as low_count,
    cast(sum(high_count) as int64) as high_count,
    month
from placed
group by dataset, measure, offense_group, occurred_date, month
