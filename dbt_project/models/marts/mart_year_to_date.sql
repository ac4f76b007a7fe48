-- The months of a year that are settled: those of the newest year with a settled month, and as many of each before.
with newest_months as (
    select
        dataset,
        measure,
        offense_group,
        max(month) as through_month,
        max_by(data_through_date, month) as data_through_date
    from {{ ref('int_series_months') }}
    where is_settled
    group by dataset, measure, offense_group
),

years as (
    select
        months.city,
        months.dataset,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        extract(year from months.month) as calendar_year,
        extract(year from newest_months.through_month) as newest_year,
        extract(month from newest_months.through_month) as months_wanted,
        {{ dbt.datediff(months_after(1, 'newest_months.through_month'), 'newest_months.data_through_date', 'day') }}
            as age_days,
        max(months.month) as last_month,
        max_by(months.series_id, months.month) as series_id,
        count(*) as months_held,
        sum(case when months.is_comparable then 1 else 0 end) as months_comparable,
        sum(case when months.is_complete then 0 else 1 end) as months_incomplete,
        min(months.series_id) = max(months.series_id) as is_one_series,
        sum(months.measure_count) as measure_count
    from {{ ref('int_series_months') }} as months
    inner join newest_months
        on
            months.dataset = newest_months.dataset
            and months.measure = newest_months.measure
            and months.offense_group = newest_months.offense_group
            and months.month <= newest_months.through_month
            and extract(month from months.month) <= extract(month from newest_months.through_month)
    group by
        months.city,
        months.dataset,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        extract(year from months.month),
        newest_months.through_month,
        newest_months.data_through_date
),

judged_years as (
    select
        *,
        {{ reason_of_months(
            'months_wanted',
            'months_held',
            'case when is_one_series then months_comparable else 0 end',
            'months_incomplete',
            'is_one_series'
        ) }} as reason
    from years
),

-- Of the same months, what was known as many days after their end as is known of the newest year's.
known_by_age as (
    select
        years.dataset,
        years.measure,
        years.offense_group,
        years.calendar_year,
        sum(reports.measure_count) as same_age_count
    from years
    inner join {{ ref('int_figure_groups') }} as figure_groups
        on years.offense_group = figure_groups.figure_group
    inner join {{ ref('int_reports_by_day') }} as reports
        on
            years.dataset = reports.dataset
            and years.measure = reports.measure
            and figure_groups.offense_group = reports.offense_group
            and years.calendar_year = extract(year from reports.month)
            and extract(month from reports.month) <= years.months_wanted
            and reports.recorded_date <= {{ days_after('years.age_days', months_after(1, 'years.last_month')) }}
    group by years.dataset, years.measure, years.offense_group, years.calendar_year
),

figures as (
    select
        judged_years.city,
        judged_years.dataset,
        judged_years.series_id,
        judged_years.record_type,
        judged_years.measure,
        judged_years.date_basis,
        judged_years.offense_scope,
        judged_years.offense_group,
        judged_years.calendar_year,
        judged_years.newest_year,
        judged_years.last_month,
        judged_years.age_days,
        judged_years.months_wanted,
        case when judged_years.is_one_series then judged_years.months_comparable else 0 end as months_used,
        judged_years.reason,
        case when judged_years.reason is null then judged_years.measure_count end as measure_count,
        case when judged_years.reason is null then coalesce(known_by_age.same_age_count, 0) end as same_age_count
    from judged_years
    left join known_by_age
        on
            judged_years.dataset = known_by_age.dataset
            and judged_years.measure = known_by_age.measure
            and judged_years.offense_group = known_by_age.offense_group
            and judged_years.calendar_year = known_by_age.calendar_year
),

-- The newest year beside each, itself among them.
compared as (
    select
        figures.*,
        newest.measure_count as newest_count,
        newest.same_age_count as newest_same_age_count,
        case
            when figures.reason is not null then figures.reason
            when newest.reason is not null then newest.reason
            when figures.series_id <> newest.series_id then 'the series breaks'
        end as comparison_reason
    from figures
    inner join figures as newest
        on
            figures.dataset = newest.dataset
            and figures.measure = newest.measure
            and figures.offense_group = newest.offense_group
            and figures.newest_year = newest.calendar_year
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
    cast(calendar_year as int64) as calendar_year,
    calendar_year = newest_year as is_newest_year,
    last_month,
    cast(months_wanted as int64) as months_wanted,
    cast(months_used as int64) as months_used,
    cast(measure_count as int64) as measure_count,
    reason,
    cast(age_days as int64) as age_days,
    cast(same_age_count as int64) as same_age_count,
    case when comparison_reason is null then {{ change_percent('newest_count', 'measure_count') }} end
        as change_percent,
    case when comparison_reason is null then {{ change_percent('newest_same_age_count', 'same_age_count') }} end
        as same_age_change_percent,
    comparison_reason
from compared
