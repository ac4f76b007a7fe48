with full_years as (
    select
        city,
        dataset,
        series_id,
        record_type,
        measure,
        date_basis,
        offense_scope,
        offense_group,
        extract(year from month) as calendar_year,
        measure_count,
        low_count,
        high_count,
        reason
    from {{ ref('mart_rolling_12') }}
    where
        measure = 'cases'
        and extract(month from month) = 12
),

compared as (
    select
        published.city,
        datasets.dataset,
        ours.series_id,
        datasets.record_type,
        'cases' as measure,
        'occurred' as date_basis,
        offense_groups.offense_scope,
        published.offense_group,
        published.period as calendar_year,
        published.value as published_count,
        published.date_basis as published_date_basis,
        published.source as published_source,
        published.as_of as published_as_of,
        ours.measure_count,
        ours.low_count,
        ours.high_count,
        ours.measure_count - published.value as difference_count,
        100 * (ours.measure_count - published.value) / nullif(published.value, 0) as difference_percent,
        case
            when ours.dataset is null then 'the year is not in the facts'
            else ours.reason
        end as reason
    from {{ ref('published_totals') }} as published
    inner join {{ ref('offense_groups') }} as offense_groups
        on published.offense_group = offense_groups.offense_group
    inner join {{ ref('dim_datasets') }} as datasets
        on
            published.city = datasets.city
            and datasets.record_type <> 'call'
            and published.period >= extract(year from datasets.first_month)
            and published.period <= extract(year from coalesce(datasets.last_month, date '9999-12-01'))
    left join full_years as ours
        on
            datasets.dataset = ours.dataset
            and published.offense_group = ours.offense_group
            and published.period = ours.calendar_year
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
    calendar_year,
    measure_count,
    low_count,
    high_count,
    published_count,
    published_date_basis,
    published_source,
    published_as_of,
    difference_count,
    round(difference_percent, 1) as difference_percent,
    case
        when reason is not null then null
        -- By their counts, since of none there are no percents.
        when offense_group = 'murder'
            then abs(difference_count) <= 2 and 100 * abs(difference_count) <= 3 * published_count
        else 100 * abs(difference_count) <= 5 * published_count
    end as is_close,
    reason
from compared
