with counts as (
    select
        dataset,
        measure,
        offense_group,
        month,
        coalesce(status_name, 'not stated') as status_name,
        sum(measure_count) as measure_count
    from {{ ref('int_case_statuses') }}
    group by dataset, measure, offense_group, month, coalesce(status_name, 'not stated')
)

select
    months.city,
    counts.dataset,
    months.series_id,
    months.record_type,
    counts.measure,
    months.date_basis,
    months.offense_scope,
    counts.offense_group,
    counts.month,
    counts.status_name,
    cast(counts.measure_count as int64) as measure_count,
    months.is_comparable,
    cast(loaded.fetched_at as date) as as_of_date
from counts
inner join {{ ref('mart_monthly_counts') }} as months
    on
        counts.dataset = months.dataset
        and counts.measure = months.measure
        and counts.offense_group = months.offense_group
        and counts.month = months.month
inner join {{ ref('int_warehouse_months') }} as loaded
    on
        counts.dataset = loaded.dataset
        and counts.month = loaded.month
where months.city = 'los_angeles'
