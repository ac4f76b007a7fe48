with loaded_months as (
    select
        dataset,
        month,
        extract(year from month) as calendar_year,
        cast(fetched_at as date) as fetched_on_date
    from {{ ref('int_warehouse_months') }}
    where month is not null
),

-- A date after the month was fetched is a slip of the pen, and would settle months that are not.
newest_records as (
    select
        recorded.dataset,
        max(recorded.recorded_date) as newest_recorded_date
    from {{ ref('int_recorded_days') }} as recorded
    inner join loaded_months as loaded
        on
            recorded.dataset = loaded.dataset
            and recorded.month = loaded.month
            and recorded.recorded_date <= loaded.fetched_on_date
    group by recorded.dataset
),

-- A year is fetched as a whole, but a month of it that stayed as it was keeps its older entry.
fetched_years as (
    select
        dataset,
        calendar_year,
        max(fetched_on_date) as fetched_on_date
    from loaded_months
    group by dataset, calendar_year
)

select
    loaded.dataset,
    loaded.month,
    newest.newest_recorded_date,
    years.fetched_on_date,
    least(newest.newest_recorded_date, years.fetched_on_date) as data_through_date
from loaded_months as loaded
inner join newest_records as newest
    on loaded.dataset = newest.dataset
inner join fetched_years as years
    on
        loaded.dataset = years.dataset
        and loaded.calendar_year = years.calendar_year
