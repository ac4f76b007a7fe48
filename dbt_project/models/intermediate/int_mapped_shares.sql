with years as (
    select
        dataset,
        extract(year from month) as calendar_year,
        cast(sum(record_count) as int64) as record_count,
        cast(sum(case when offense_group <> 'unmapped' then record_count else 0 end) as int64) as mapped_count
    from {{ ref('int_recorded_days') }}
    where offense_group <> 'call'
    group by dataset, extract(year from month)
)

select
    dataset,
    calendar_year,
    record_count,
    mapped_count,
    mapped_count / record_count as mapped_share
from years
