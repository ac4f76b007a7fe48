with months as (
    select
        dataset,
        month
    from {{ ref('int_warehouse_months') }}
    where month is not null
),

incomplete_months as (
    select
        months.dataset,
        months.month,
        min(breaks.note) as note
    from months
    inner join {{ ref('series_breaks') }} as breaks
        on
            months.dataset = breaks.dataset
            and months.month >= {{ month_of('breaks.valid_from') }}
            and months.month <= breaks.valid_to
    where breaks.is_incomplete
    group by months.dataset, months.month
)

select
    months.dataset,
    months.month,
    incomplete_months.month is null as is_complete,
    coalesce(incomplete_months.note, 'no hole or change is known') as complete_reason
from months
left join incomplete_months
    on
        months.dataset = incomplete_months.dataset
        and months.month = incomplete_months.month
