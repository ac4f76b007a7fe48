{#- What was reported in a month is what the other model has with a report date in it, whenever it happened. -#}
{% test counts_reports_of(model, to) %}
    with reported as (
        select
            dataset,
            measure,
            offense_group,
            {{ month_of('recorded_date') }} as month,
            count(*) as record_count
        from {{ to }}
        where measure <> 'records'
        group by dataset, measure, offense_group, {{ month_of('recorded_date') }}
    )

    select
        counts.dataset,
        counts.measure,
        counts.offense_group,
        counts.month,
        counts.measure_count,
        reported.record_count
    from {{ model }} as counts
    left join reported
        on
            counts.dataset = reported.dataset
            and counts.measure = reported.measure
            and counts.offense_group = reported.offense_group
            and counts.month = reported.month
    where counts.measure_count <> coalesce(reported.record_count, 0)
{% endtest %}
