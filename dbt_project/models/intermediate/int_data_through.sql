-- A date after the month was fetched is a slip of the pen, and would settle months that are not.
select
    recorded.dataset,
    max(recorded.recorded_date) as data_through_date
from {{ ref('int_recorded_days') }} as recorded
inner join {{ ref('int_warehouse_months') }} as loaded
    on
        recorded.dataset = loaded.dataset
        and recorded.month = loaded.month
        and recorded.recorded_date <= cast(loaded.fetched_at as date)
group by recorded.dataset
