with versions as (
    select
        dataset,
        month,
        as_of,
        loaded_at,
        sum(record_count) as record_count
    from {{ ref('vintages') }}
    group by dataset, month, as_of, loaded_at
),

newest as (
    select
        dataset,
        month,
        max_by(record_count, loaded_at) as newest_count,
        max(as_of) as newest_as_of
    from versions
    group by dataset, month
),

-- A calendar year is fetched as a whole, and each by itself: a fetch tells of the months of its year only.
fetches as (
    select
        dataset,
        extract(year from month) as calendar_year,
        cast(as_of as date) as fetched_on_date
    from versions
    union all
    select
        dataset,
        extract(year from month) as calendar_year,
        cast(fetched_at as date) as fetched_on_date
    from {{ ref('int_warehouse_months') }}
    where month is not null
),

-- What was not fetched yet cannot have grown: the newest fetch of the year says how far its vintages reach.
reaches as (
    select
        dataset,
        calendar_year,
        max(fetched_on_date) as reached_on_date
    from fetches
    group by dataset, calendar_year
),

ages as (
    {%- for days in [30, 60, 90] %}
    select
        newest.dataset,
        newest.month,
        extract(year from newest.month) as calendar_year,
        newest.newest_count,
        newest.newest_as_of,
        {{ days }} as age_days,
        {{ days_after(days, months_after(1, 'newest.month')) }} as aged_on_date
    from newest
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

aged as (
    select
        ages.dataset,
        ages.month,
        ages.calendar_year,
        ages.age_days,
        ages.aged_on_date,
        ages.newest_count,
        ages.newest_as_of,
        max(versions.as_of) as as_of,
        max_by(versions.record_count, versions.loaded_at) as record_count
    from ages
    left join versions
        on
            ages.dataset = versions.dataset
            and ages.month = versions.month
            and ages.aged_on_date > cast(versions.as_of as date)
    group by
        ages.dataset,
        ages.month,
        ages.calendar_year,
        ages.age_days,
        ages.aged_on_date,
        ages.newest_count,
        ages.newest_as_of
),

-- What was known at an age can be told only if the year was looked at near it: in the week that ends with the age.
seen_ages as (
    select distinct
        ages.dataset,
        ages.calendar_year,
        ages.aged_on_date
    from ages
    inner join fetches
        on
            ages.dataset = fetches.dataset
            and ages.calendar_year = fetches.calendar_year
            and ages.aged_on_date > fetches.fetched_on_date
            and fetches.fetched_on_date >= {{ days_after(-7, 'ages.aged_on_date') }}
),

judged as (
    select
        aged.*,
        case
            when reaches.reached_on_date < aged.aged_on_date then 'its year was not fetched since'
            when aged.as_of is null then 'the month was first fetched later'
            when seen_ages.dataset is null then 'no fetch near that age'
        end as reason
    from aged
    inner join reaches
        on
            aged.dataset = reaches.dataset
            and aged.calendar_year = reaches.calendar_year
    left join seen_ages
        on
            aged.dataset = seen_ages.dataset
            and aged.calendar_year = seen_ages.calendar_year
            and aged.aged_on_date = seen_ages.aged_on_date
)

select
    datasets.city,
    judged.dataset,
    datasets.record_type,
    case when datasets.record_type = 'call' then 'calls' else 'records' end as measure,
    'occurred' as date_basis,
    judged.month,
    cast(judged.age_days as int64) as age_days,
    judged.aged_on_date,
    case when judged.reason is null then judged.as_of end as as_of,
    case when judged.reason is null then cast(judged.record_count as int64) end as measure_count,
    judged.newest_as_of,
    cast(judged.newest_count as int64) as newest_count,
    case when judged.reason is null then cast(judged.newest_count - judged.record_count as int64) end as growth_count,
    case when judged.reason is null then {{ change_percent('judged.newest_count', 'judged.record_count') }} end
        as growth_percent,
    judged.reason
from judged
inner join {{ ref('dim_datasets') }} as datasets
    on judged.dataset = datasets.dataset
