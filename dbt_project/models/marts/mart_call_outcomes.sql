-- The codes of the outcomes changed within a month: each day is of the list of its time.
with lists as (
    select max(valid_from) as valid_from
    from {{ ref('series_breaks') }}
    where
        applies_to = 'dispositions'
        and dataset = 'san_diego_calls_for_service'
),

outcomes as (
    select
        outcomes.dataset,
        outcomes.month,
        case
            when outcomes.occurred_date < lists.valid_from then 'before ' || cast(lists.valid_from as string)
            else 'from ' || cast(lists.valid_from as string)
        end as outcome_list,
        outcomes.disposition_code,
        coalesce(outcomes.disposition_name, 'not stated') as outcome_name,
        sum(outcomes.measure_count) as measure_count
    from {{ ref('int_call_outcomes') }} as outcomes
    cross join lists
    group by
        outcomes.dataset,
        outcomes.month,
        case
            when outcomes.occurred_date < lists.valid_from then 'before ' || cast(lists.valid_from as string)
            else 'from ' || cast(lists.valid_from as string)
        end,
        outcomes.disposition_code,
        coalesce(outcomes.disposition_name, 'not stated')
)

select
    months.city,
    outcomes.dataset,
    months.series_id,
    months.record_type,
    months.measure,
    months.date_basis,
    outcomes.month,
    outcomes.outcome_list,
    outcomes.disposition_code,
    outcomes.outcome_name,
    cast(outcomes.measure_count as int64) as measure_count,
    round(
        outcomes.measure_count
        / sum(outcomes.measure_count) over (partition by outcomes.month, outcomes.outcome_list),
        4
    ) as outcome_share,
    months.is_comparable
from outcomes
inner join {{ ref('mart_monthly_counts') }} as months
    on
        outcomes.dataset = months.dataset
        and outcomes.month = months.month
