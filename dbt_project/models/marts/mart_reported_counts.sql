with reported as (
    select
        recorded.dataset,
        recorded.measure,
        recorded.offense_group,
        {{ month_of('recorded.recorded_date') }} as report_month,
        cast(sum(recorded.measure_count) as int64) as measure_count
    from {{ ref('int_reports_by_day') }} as recorded
    group by recorded.dataset, recorded.measure, recorded.offense_group, {{ month_of('recorded.recorded_date') }}
),

-- What is reported in a month happened in it or earlier, nearly all of it within a year: in months that must be there.
months as (
    select
        counts.*,
        sum(case when counts.is_complete then 1 else 0 end) over (
            partition by counts.dataset, counts.measure, counts.offense_group
            order by {{ month_number('counts.month') }}
            range between 11 preceding and current row
        ) as months_used
    from {{ ref('mart_monthly_counts') }} as counts
    inner join {{ ref('dim_datasets') }} as datasets
        on
            counts.dataset = datasets.dataset
            and datasets.recorded_date_basis = 'reported'
    where counts.measure <> 'records'
)

select
    months.city,
    months.dataset,
    months.series_id,
    months.record_type,
    months.measure,
    'reported' as date_basis,
    months.offense_scope,
    months.offense_group,
    months.month,
    coalesce(reported.measure_count, 0) as measure_count,
    cast(months.months_used as int64) as months_used,
    months.is_comparable and months.months_used = 12 as is_comparable,
    case
        when not months.is_complete then 'a month is incomplete'
        when not months.is_settled then 'a month is not settled'
        when months.months_used < 12 then 'months are missing'
    end as comparison_reason
from months
left join reported
    on
        months.dataset = reported.dataset
        and months.measure = reported.measure
        and months.offense_group = reported.offense_group
        and months.month = reported.report_month
