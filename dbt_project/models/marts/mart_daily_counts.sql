select
    months.city,
    counts.dataset,
    months.series_id,
    months.record_type,
    counts.measure,
    months.date_basis,
    months.offense_scope,
    counts.offense_group,
    counts.occurred_date,
    counts.measure_count
from {{ ref('int_daily_counts') }} as counts
inner join {{ ref('mart_monthly_counts') }} as months
    on
        counts.dataset = months.dataset
        and counts.measure = months.measure
        and counts.offense_group = months.offense_group
        and counts.month = months.month
-- A day at which an index series counts something at the most only.
where counts.measure_count > 0
