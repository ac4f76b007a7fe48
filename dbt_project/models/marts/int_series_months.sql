{{ config(schema='intermediate') }}

with counts as (
    select
        months.city,
        months.dataset,
        months.record_type,
        months.measure,
        months.date_basis,
        figure_groups.figure_scope as offense_scope,
        figure_groups.figure_group as offense_group,
        months.month,
        cast(sum(months.measure_count) as int64) as measure_count,
        cast(sum(months.low_count) as int64) as low_count,
        cast(sum(months.high_count) as int64) as high_count
    from {{ ref('mart_monthly_counts') }} as months
    inner join {{ ref('int_figure_groups') }} as figure_groups
        on months.offense_group = figure_groups.offense_group
    where months.measure <> 'records'
    group by
        months.city,
        months.dataset,
        months.record_type,
        months.measure,
        months.date_basis,
        figure_groups.figure_scope,
        figure_groups.figure_group,
        months.month
)

select
    counts.city,
    counts.dataset,
    status.series_id,
    counts.record_type,
    counts.measure,
    counts.date_basis,
    counts.offense_scope,
    counts.offense_group,
    counts.month,
    cast({{ month_number('counts.month') }} as int64) as month_number,
    counts.measure_count,
    case when counts.offense_scope = 'index' then counts.low_count end as low_count,
    case when counts.offense_scope = 'index' then counts.high_count end as high_count,
    status.is_settled,
    status.is_complete,
    status.is_comparable,
    status.settled_on_date,
    status.data_through_date
from counts
inner join {{ ref('int_month_status') }} as status
    on
        counts.dataset = status.dataset
        and counts.offense_group = status.offense_group
        and counts.month = status.month
