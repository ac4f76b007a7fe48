with measures as (
    select
        'report' as record_type,
        'records' as measure
    union all
    select
        'report' as record_type,
        'cases' as measure
    union all
    select
        'offense' as record_type,
        'records' as measure
    union all
    select
        'offense' as record_type,
        'offenses' as measure
    union all
    select
        'offense' as record_type,
        'cases' as measure
    union all
    select
        'call' as record_type,
        'calls' as measure
),

-- A month of which the facts were built has a row in the vintages, be it empty.
built_months as (
    select distinct
        dataset,
        month
    from {{ ref('vintages') }}
),

counts as (
    select
        dataset,
        measure,
        offense_group,
        month,
        cast(sum(measure_count) as int64) as measure_count,
        cast(sum(exact_count) as int64) as exact_count,
        cast(sum(low_count) as int64) as low_count,
        cast(sum(high_count) as int64) as high_count
    from {{ ref('int_daily_counts') }}
    group by dataset, measure, offense_group, month
),

notes as (
    select
        status.dataset,
        status.offense_group,
        status.month,
        string_agg(breaks.note, ' ' order by breaks.valid_from, breaks.break_id) as break_notes
    from {{ ref('int_month_status') }} as status
    inner join {{ ref('dim_datasets') }} as datasets
        on status.dataset = datasets.dataset
    inner join {{ ref('series_breaks') }} as breaks
        on
            coalesce(breaks.dataset, status.dataset) = status.dataset
            and coalesce(breaks.city, datasets.city) = datasets.city
            and status.month >= {{ month_of('breaks.valid_from') }}
            and status.month <= coalesce(breaks.valid_to, status.month)
            and (
                breaks.offense_groups is null
                or strpos('|' || breaks.offense_groups || '|', '|' || status.offense_group || '|') > 0
            )
    where
        breaks.effect = 'note'
        and breaks.applies_to = 'counts'
    group by status.dataset, status.offense_group, status.month
)

select
    datasets.city,
    status.dataset,
    status.series_id,
    datasets.record_type,
    measures.measure,
    'occurred' as date_basis,
    offense_groups.offense_scope,
    status.offense_group,
    status.month,
    coalesce(counts.measure_count, 0) as measure_count,
    coalesce(counts.exact_count, 0) as exact_count,
    case when offense_groups.offense_scope = 'index' then coalesce(counts.low_count, 0) end as low_count,
    case when offense_groups.offense_scope = 'index' then coalesce(counts.high_count, 0) end as high_count,
    status.is_settled,
    status.settled_reason,
    status.settled_on_date,
    status.is_complete,
    status.complete_reason,
    status.is_comparable,
    status.data_through_date,
    notes.break_notes
from {{ ref('int_month_status') }} as status
inner join built_months
    on
        status.dataset = built_months.dataset
        and status.month = built_months.month
inner join {{ ref('dim_datasets') }} as datasets
    on status.dataset = datasets.dataset
inner join measures
    on datasets.record_type = measures.record_type
inner join {{ ref('offense_groups') }} as offense_groups
    on status.offense_group = offense_groups.offense_group
left join counts
    on
        status.dataset = counts.dataset
        and status.offense_group = counts.offense_group
        and status.month = counts.month
        and measures.measure = counts.measure
left join notes
    on
        status.dataset = notes.dataset
        and status.offense_group = notes.offense_group
        and status.month = notes.month
