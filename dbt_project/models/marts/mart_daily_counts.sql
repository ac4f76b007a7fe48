select
    datasets.city,
    counts.dataset,
    series.series_id,
    datasets.record_type,
    counts.measure,
    'occurred' as date_basis,
    offense_groups.offense_scope,
    counts.offense_group,
    counts.occurred_date,
    counts.measure_count
from {{ ref('int_daily_counts') }} as counts
inner join {{ ref('dim_datasets') }} as datasets
    on counts.dataset = datasets.dataset
inner join {{ ref('offense_groups') }} as offense_groups
    on counts.offense_group = offense_groups.offense_group
left join {{ ref('dim_series') }} as series
    on
        counts.dataset = series.dataset
        and counts.offense_group = series.offense_group
        and counts.month >= series.first_month
        and counts.month <= coalesce(series.last_month, counts.month)
-- A day at which an index series counts something at the most only.
where counts.measure_count > 0
