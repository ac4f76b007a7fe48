with windows as (
    select
        city,
        dataset,
        series_id,
        record_type,
        measure,
        date_basis,
        offense_scope,
        offense_group,
        month,
        count(*) over twelve_months as months_held,
        sum(case when is_complete then 0 else 1 end) over twelve_months as months_incomplete,
        min(series_id) over twelve_months = max(series_id) over twelve_months as is_one_series,
        sum(case when is_comparable then 1 else 0 end) over twelve_months_of_the_series as months_used,
        sum(measure_count) over twelve_months_of_the_series as measure_count,
        sum(low_count) over twelve_months_of_the_series as low_count,
        sum(high_count) over twelve_months_of_the_series as high_count
    from {{ ref('int_series_months') }}
    window
        twelve_months as (
            partition by dataset, measure, offense_group
            order by month_number
            range between 11 preceding and current row
        ),
        twelve_months_of_the_series as (
            partition by dataset, measure, offense_group, series_id
            order by month_number
            range between 11 preceding and current row
        )
)

select
    city,
    dataset,
    series_id,
    record_type,
    measure,
    date_basis,
    offense_scope,
    offense_group,
    {{ months_after(-11, 'month') }} as first_month,
    month,
    cast(months_used as int64) as months_used,
    cast(case when months_used = 12 then measure_count end as int64) as measure_count,
    cast(case when months_used = 12 then low_count end as int64) as low_count,
    cast(case when months_used = 12 then high_count end as int64) as high_count,
    {{ reason_of_months('12', 'months_held', 'months_used', 'months_incomplete', 'is_one_series') }} as reason
from windows
