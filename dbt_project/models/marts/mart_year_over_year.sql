with figures as (
    select
        city,
        dataset,
        series_id,
        record_type,
        measure,
        date_basis,
        offense_scope,
        offense_group,
        'month' as period_length,
        month,
        case when is_comparable then measure_count end as measure_count,
        case
            when is_comparable then null
            when is_complete then 'a month is not settled'
            else 'a month is incomplete'
        end as reason
    from {{ ref('int_series_months') }}
    union all
    select
        city,
        dataset,
        series_id,
        record_type,
        measure,
        date_basis,
        offense_scope,
        offense_group,
        'rolling_12' as period_length,
        month,
        measure_count,
        reason
    from {{ ref('mart_rolling_12') }}
),

pairs as (
    select
        figures.city,
        figures.dataset,
        figures.series_id,
        figures.record_type,
        figures.measure,
        figures.date_basis,
        figures.offense_scope,
        figures.offense_group,
        figures.period_length,
        figures.month,
        figures.measure_count,
        earlier.measure_count as previous_count,
        case
            when figures.reason is not null then figures.reason
            when earlier.month is null then 'months are missing'
            when figures.series_id <> earlier.series_id then 'the series breaks'
            else earlier.reason
        end as reason
    from figures
    left join figures as earlier
        on
            figures.dataset = earlier.dataset
            and figures.measure = earlier.measure
            and figures.offense_group = earlier.offense_group
            and figures.period_length = earlier.period_length
            and {{ months_after(-12, 'figures.month') }} = earlier.month
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
    period_length,
    month,
    measure_count,
    previous_count,
    case when reason is null then measure_count - previous_count end as change_count,
    case when reason is null then {{ change_percent('measure_count', 'previous_count') }} end as change_percent,
    reason
from pairs
