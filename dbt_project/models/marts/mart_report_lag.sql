with lags as (
    select
        lags.dataset,
        lags.measure,
        lags.month,
        figure_groups.figure_group as offense_group,
        lags.lag_days,
        sum(lags.measure_count) as measure_count
    from {{ ref('int_report_lags') }} as lags
    inner join {{ ref('int_figure_groups') }} as figure_groups
        on lags.offense_group = figure_groups.offense_group
    group by lags.dataset, lags.measure, lags.month, figure_groups.figure_group, lags.lag_days
),

running as (
    select
        dataset,
        measure,
        month,
        offense_group,
        lag_days,
        sum(measure_count) over (
            partition by dataset, measure, month, offense_group
            order by lag_days
        ) as known_by_then,
        sum(measure_count) over (partition by dataset, measure, month, offense_group) as known_count
    from lags
    where lag_days is not null
),

totals as (
    select
        dataset,
        measure,
        month,
        offense_group,
        sum(measure_count) as measure_count,
        sum(case when lag_days is null then 1 else 0 end * measure_count) as undated_count,
        sum(case when lag_days <= 7 then 1 else 0 end * measure_count) as within_7_days,
        sum(case when lag_days <= 30 then 1 else 0 end * measure_count) as within_30_days,
        sum(case when lag_days <= 90 then 1 else 0 end * measure_count) as within_90_days
    from lags
    group by dataset, measure, month, offense_group
),

quantiles as (
    select
        dataset,
        measure,
        month,
        offense_group,
        min(case when known_by_then >= 0.5 * known_count then lag_days end) as median_lag_days,
        min(case when known_by_then >= 0.9 * known_count then lag_days end) as ninth_decile_lag_days
    from running
    group by dataset, measure, month, offense_group
)

select
    months.city,
    months.dataset,
    months.series_id,
    months.record_type,
    months.measure,
    months.date_basis,
    months.offense_scope,
    months.offense_group,
    months.month,
    cast(totals.measure_count as int64) as measure_count,
    cast(totals.undated_count as int64) as undated_count,
    case when months.is_settled then cast(quantiles.median_lag_days as int64) end as median_lag_days,
    case when months.is_settled then cast(quantiles.ninth_decile_lag_days as int64) end as ninth_decile_lag_days,
    {%- for days in [7, 30, 90] %}
    case
        when
            months.is_settled
            and months.data_through_date >= {{ days_after(days - 1, months_after(1, 'months.month')) }}
            then round(totals.within_{{ days }}_days / nullif(totals.measure_count - totals.undated_count, 0), 4)
    end as within_{{ days }}_days_share,
    {%- endfor %}
    case
        when not months.is_settled then 'a month is not settled'
        when totals.measure_count = totals.undated_count then 'no record says when it was reported'
    end as reason
from {{ ref('int_series_months') }} as months
inner join totals
    on
        months.dataset = totals.dataset
        and months.measure = totals.measure
        and months.month = totals.month
        and months.offense_group = totals.offense_group
left join quantiles
    on
        months.dataset = quantiles.dataset
        and months.measure = quantiles.measure
        and months.month = quantiles.month
        and months.offense_group = quantiles.offense_group
