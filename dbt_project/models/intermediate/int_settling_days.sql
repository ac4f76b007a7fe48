{%- set least_age_months = 18 %}
{%- set least_cohorts = 12 %}
{%- set share_reported = 0.98 -%}

-- A cohort is what happened in one month. Those that are old enough have their final rows, and a year of them knows
-- every season. Calls tell when they came in and not when they were entered, so nothing can be learned from them.
with cohorts as (
    select
        recorded.dataset,
        recorded.offense_group,
        recorded.month,
        recorded.record_count,
        greatest({{ dbt.datediff(months_after(1, 'recorded.month'), 'recorded.recorded_date', 'day') }} + 1, 0)
            as days_after_month
    from {{ ref('int_recorded_days') }} as recorded
    inner join {{ ref('int_data_through') }} as data_through
        on
            recorded.dataset = data_through.dataset
            and recorded.month = data_through.month
    inner join {{ ref('int_dataset_months') }} as months
        on
            recorded.dataset = months.dataset
            and recorded.month = months.month
    where
        months.is_complete
        and recorded.recorded_date <= data_through.data_through_date
        and recorded.offense_group <> 'call'
        and {{ months_after(least_age_months + 1, 'recorded.month') }} <= data_through.data_through_date
),

cohort_counts as (
    select
        dataset,
        offense_group,
        count(distinct month) as cohort_count
    from cohorts
    group by dataset, offense_group
),

daily_counts as (
    select
        dataset,
        offense_group,
        days_after_month,
        sum(record_count) as record_count
    from cohorts
    group by dataset, offense_group, days_after_month
),

reported as (
    select
        dataset,
        offense_group,
        days_after_month,
        sum(record_count) over (partition by dataset, offense_group order by days_after_month)
        / sum(record_count) over (partition by dataset, offense_group) as reported_share
    from daily_counts
),

days_until_reported as (
    select
        reported.dataset,
        reported.offense_group,
        cohort_counts.cohort_count,
        min(reported.days_after_month) as days_after_month
    from reported
    inner join cohort_counts
        on
            reported.dataset = cohort_counts.dataset
            and reported.offense_group = cohort_counts.offense_group
    where
        reported.reported_share >= {{ share_reported }}
        and cohort_counts.cohort_count >= {{ least_cohorts }}
    group by reported.dataset, reported.offense_group, cohort_counts.cohort_count
),

settling as (
    select
        datasets.dataset,
        offense_groups.offense_group,
        coalesce(known.days_after_month + datasets.portal_delay_days, datasets.default_settling_days) as settling_days,
        case when known.dataset is null then 'default' else 'cohorts' end as settling_basis,
        coalesce(known.cohort_count, 0) as cohort_count
    from {{ ref('dim_datasets') }} as datasets
    inner join {{ ref('offense_groups') }} as offense_groups
        on (datasets.record_type = 'call') = (offense_groups.offense_scope = 'call')
    left join days_until_reported as known
        on
            datasets.dataset = known.dataset
            and offense_groups.offense_group = known.offense_group
)

select
    dataset,
    offense_group,
    settling_days,
    settling_basis,
    cohort_count
from settling
union all
-- A sum of several groups has settled when the slowest of them has.
select
    dataset,
    'all' as offense_group,
    max(settling_days) as settling_days,
    max(settling_basis) as settling_basis,
    min(cohort_count) as cohort_count
from settling
group by dataset
