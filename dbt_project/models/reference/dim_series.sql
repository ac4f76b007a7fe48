-- 'all' is for figures of several groups together: what breaks one of them breaks their sum.
with offense_groups as (
    select
        datasets.dataset,
        datasets.first_month,
        datasets.last_month,
        offense_groups.offense_group
    from {{ ref('dim_datasets') }} as datasets
    inner join {{ ref('offense_groups') }} as offense_groups
        on (datasets.record_type = 'call') = (offense_groups.offense_scope = 'call')
    union all
    select
        dataset,
        first_month,
        last_month,
        'all' as offense_group
    from {{ ref('dim_datasets') }}
),

breaks as (
    select
        offense_groups.dataset,
        offense_groups.offense_group,
        offense_groups.first_month as dataset_first_month,
        offense_groups.last_month as dataset_last_month,
        breaks.break_id,
        breaks.valid_from,
        breaks.valid_to
    from {{ ref('series_breaks') }} as breaks
    inner join offense_groups
        on
            breaks.dataset = offense_groups.dataset
            and (
                breaks.offense_groups is null
                or offense_groups.offense_group = 'all'
                or strpos('|' || breaks.offense_groups || '|', '|' || offense_groups.offense_group || '|') > 0
            )
    where
        breaks.effect = 'nulls'
        and breaks.applies_to = 'counts'
        and breaks.area is null
),

starts as (
    select
        dataset,
        offense_group,
        first_month as dataset_first_month,
        last_month as dataset_last_month,
        first_month,
        cast(null as string) as break_id
    from offense_groups
    union all
    select
        dataset,
        offense_group,
        dataset_first_month,
        dataset_last_month,
        {{ month_of('valid_from') }} as first_month,
        break_id
    from breaks
    union all
    select
        dataset,
        offense_group,
        dataset_first_month,
        dataset_last_month,
        {{ months_after(1, 'valid_to') }} as first_month,
        break_id
    from breaks
    where valid_to is not null
),

spans as (
    select
        dataset,
        offense_group,
        first_month,
        dataset_last_month,
        min(break_id) as break_id,
        lead(first_month) over (partition by dataset, offense_group order by first_month) as next_first_month
    from starts
    where
        first_month >= dataset_first_month
        and first_month <= coalesce(dataset_last_month, first_month)
    group by dataset, offense_group, first_month, dataset_last_month
)

select
    dataset || ' from ' || cast(first_month as string) as series_id,
    dataset,
    offense_group,
    first_month,
    case
        when next_first_month is null then dataset_last_month
        else {{ months_after(-1, 'next_first_month') }}
    end as last_month,
    break_id
from spans
