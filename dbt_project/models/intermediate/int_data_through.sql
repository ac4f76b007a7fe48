-- A date after the month was loaded is a slip of the pen, and would settle months that are not.
select
    days.dataset,
    max(days.recorded_date) as data_through_date
from {{ ref('int_recorded_days') }} as days
inner join {{ ref('int_warehouse_months') }} as loaded
    on
        days.dataset = loaded.dataset
        and days.month = loaded.month
        and days.recorded_date <= cast(loaded.made_at as date)
group by days.dataset
