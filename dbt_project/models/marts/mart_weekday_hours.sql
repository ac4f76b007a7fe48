with months as (
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
        extract(year from month) as calendar_year
    from {{ ref('int_series_months') }}
    where is_comparable
),

counts as (
    select
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        months.calendar_year,
        hours.is_minute,
        hours.weekday_number,
        hours.hour_of_day,
        sum(hours.measure_count) as measure_count
    from months
    inner join {{ ref('int_hour_counts') }} as hours
        on
            months.dataset = hours.dataset
            and months.measure = hours.measure
            and months.offense_group = hours.offense_group
            and months.month = hours.month
    group by
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        months.calendar_year,
        hours.is_minute,
        hours.weekday_number,
        hours.hour_of_day
),

years as (
    select
        counts.dataset,
        counts.series_id,
        counts.measure,
        counts.offense_group,
        counts.calendar_year,
        sum(case when counts.is_minute then counts.measure_count else 0 end) as timed_count,
        sum(counts.measure_count) as total_count
    from counts
    group by counts.dataset, counts.series_id, counts.measure, counts.offense_group, counts.calendar_year
),

months_used as (
    select
        dataset,
        series_id,
        measure,
        offense_group,
        calendar_year,
        count(*) as months_used
    from months
    group by dataset, series_id, measure, offense_group, calendar_year
)

select
    counts.city,
    counts.dataset,
    counts.series_id,
    counts.record_type,
    counts.measure,
    counts.date_basis,
    counts.offense_scope,
    counts.offense_group,
    cast(counts.calendar_year as int64) as calendar_year,
    months_used.months_used,
    cast(counts.weekday_number as int64) as weekday_number,
    cast(counts.hour_of_day as int64) as hour_of_day,
    cast(case when counts.is_minute then counts.measure_count end as int64) as measure_count,
    round(1 - years.timed_count / years.total_count, 4) as excluded_share,
    case when not counts.is_minute then 'no time to the minute is published' end as reason
from counts
inner join years
    on
        counts.dataset = years.dataset
        and counts.series_id = years.series_id
        and counts.measure = years.measure
        and counts.offense_group = years.offense_group
        and counts.calendar_year = years.calendar_year
inner join months_used
    on
        counts.dataset = months_used.dataset
        and counts.series_id = months_used.series_id
        and counts.measure = months_used.measure
        and counts.offense_group = months_used.offense_group
        and counts.calendar_year = months_used.calendar_year
where
    counts.is_minute
    or years.timed_count = 0
