with loads as (
    select
        dataset,
        month,
        cast(made_at as date) as as_of_date
    from {{ ref('int_warehouse_months') }}
)

select
    datasets.city,
    statuses.dataset,
    series.series_id,
    datasets.record_type,
    statuses.measure,
    'occurred' as date_basis,
    offense_groups.offense_scope,
    statuses.offense_group,
    statuses.month,
    coalesce(statuses.status_name, 'not stated') as status_name,
    cast(sum(statuses.measure_count) as int64) as measure_count,
    loads.as_of_date
from {{ ref('int_case_statuses') }} as statuses
inner join {{ ref('dim_datasets') }} as datasets
    on statuses.dataset = datasets.dataset
inner join {{ ref('offense_groups') }} as offense_groups
    on statuses.offense_group = offense_groups.offense_group
left join {{ ref('dim_series') }} as series
    on
        statuses.dataset = series.dataset
        and statuses.offense_group = series.offense_group
        and statuses.month >= series.first_month
        and statuses.month <= coalesce(series.last_month, statuses.month)
left join loads
    on
        statuses.dataset = loads.dataset
        and statuses.month = loads.month
where datasets.city = 'los_angeles'
group by
    datasets.city,
    statuses.dataset,
    series.series_id,
    datasets.record_type,
    statuses.measure,
    offense_groups.offense_scope,
    statuses.offense_group,
    statuses.month,
    coalesce(statuses.status_name, 'not stated'),
    loads.as_of_date
