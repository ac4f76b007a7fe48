with outcomes as (
    select
        dataset,
        month,
        -- The codes of the outcomes changed within a month: each day is of the list of its time.
        {{ disposition_list('occurred_date') }} as outcome_list,
        disposition_code,
        coalesce(disposition_name, 'not stated') as outcome_name,
        measure_count
    from {{ ref('int_call_outcomes') }}
),

counts as (
    select
        dataset,
        month,
        outcome_list,
        disposition_code,
        outcome_name,
        sum(measure_count) as measure_count
    from outcomes
    group by dataset, month, outcome_list, disposition_code, outcome_name
)

select
    months.city,
    counts.dataset,
    months.series_id,
    months.record_type,
    months.measure,
    months.date_basis,
    counts.month,
    counts.outcome_list,
    counts.disposition_code,
    counts.outcome_name,
    cast(counts.measure_count as int64) as measure_count,
    round(
        counts.measure_count / sum(counts.measure_count) over (partition by counts.month, counts.outcome_list),
        4
    ) as outcome_share,
    months.is_comparable
from counts
inner join {{ ref('mart_monthly_counts') }} as months
    on
        counts.dataset = months.dataset
        and counts.month = months.month
