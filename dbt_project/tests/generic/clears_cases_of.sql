{#- The parts of a cohort are cases of the other model: cleared within the horizon either way, or without a status. -#}
{% test clears_cases_of(model, to) %}
    with cases as (
        select
            dataset,
            offense_group,
            month,
            case_id,
            status_name,
            {{ dbt.datediff('recorded_date', 'status_date', 'day') }} as status_days
        from {{ to }}
    )

    select
        cohorts.dataset,
        cohorts.offense_group,
        cohorts.month,
        cohorts.horizon_days
    from {{ model }} as cohorts
    left join cases
        on
            cohorts.dataset = cases.dataset
            and cohorts.offense_group = cases.offense_group
            and cohorts.month = cases.month
    where cohorts.reason is null
    group by
        cohorts.dataset,
        cohorts.offense_group,
        cohorts.month,
        cohorts.horizon_days,
        cohorts.arrest_count,
        cohorts.exceptional_count,
        cohorts.not_stated_count
    having
        cohorts.arrest_count <> sum(
            case when cases.status_name = 'Arrested' and cases.status_days <= cohorts.horizon_days then 1 else 0 end
        )
        or cohorts.exceptional_count <> sum(
            case when cases.status_name = 'Exception' and cases.status_days <= cohorts.horizon_days then 1 else 0 end
        )
        or cohorts.not_stated_count <> sum(
            case when cases.case_id is not null and cases.status_name is null then 1 else 0 end
        )
{% endtest %}
