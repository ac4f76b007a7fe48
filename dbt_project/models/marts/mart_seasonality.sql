{%- set least_years = 5 %}

-- The newest in which a month counts; where none does, the newest tells why.
with newest_series as (
    select
        dataset,
        measure,
        offense_group,
        series_id
    from {{ ref('int_series_months') }}
    qualify
        row_number() over (
            partition by dataset, measure, offense_group
            order by is_comparable desc, month desc
        ) = 1
),

months as (
    select
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        extract(year from months.month) as calendar_year,
        extract(month from months.month) as calendar_month,
        months.measure_count,
        {{ dbt.datediff('months.month', months_after(1, 'months.month'), 'day') }} as day_count,
        months.is_comparable
    from {{ ref('int_series_months') }} as months
    inner join newest_series
        on
            months.dataset = newest_series.dataset
            and months.measure = newest_series.measure
            and months.offense_group = newest_series.offense_group
            and months.series_id = newest_series.series_id
),

years as (
    select
        dataset,
        measure,
        offense_group,
        calendar_year,
        sum(measure_count) / sum(day_count) as daily_mean
    from months
    group by dataset, measure, offense_group, calendar_year
    having
        sum(case when is_comparable then 1 else 0 end) = 12
        and sum(measure_count) > 0
),

factors as (
    select
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        months.calendar_month,
        count(years.calendar_year) as years_used,
        min(years.calendar_year) as first_year,
        max(years.calendar_year) as last_year,
        avg(months.measure_count / months.day_count / years.daily_mean) as month_factor,
        min(months.measure_count / months.day_count / years.daily_mean) as least_factor,
        max(months.measure_count / months.day_count / years.daily_mean) as greatest_factor
    from months
    left join years
        on
            months.dataset = years.dataset
            and months.measure = years.measure
            and months.offense_group = years.offense_group
            and months.calendar_year = years.calendar_year
    group by
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        months.calendar_month
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
    cast(calendar_month as int64) as calendar_month,
    years_used,
    cast(first_year as int64) as first_year,
    cast(last_year as int64) as last_year,
    case when years_used >= {{ least_years }} then round(month_factor, 3) end as month_factor,
    case when years_used >= {{ least_years }} then round(least_factor, 3) end as least_factor,
    case when years_used >= {{ least_years }} then round(greatest_factor, 3) end as greatest_factor,
    case when years_used < {{ least_years }} then 'fewer than five complete years' end as reason
from factors
