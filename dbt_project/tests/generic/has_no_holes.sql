{#- Between the first and the last month in which a dataset has any, no month is without any, or was never loaded, but
    those that series_breaks lists. -#}
{% test has_no_holes(model, condition) %}
    with months as (
        select
            dataset,
            {{ month_number('month') }} as month_number
        from {{ model }}
        where {{ condition }}
        group by dataset, {{ month_number('month') }}
        having sum(measure_count) > 0
    ),

    -- From each month with records to the next one.
    steps as (
        select
            dataset,
            month_number + 1 as first_missing,
            lead(month_number) over (partition by dataset order by month_number) - 1 as last_missing
        from months
    ),

    listed as (
        select
            dataset,
            {{ month_number('valid_from') }} as first_listed,
            {{ month_number('valid_to') }} as last_listed
        from {{ ref('series_breaks') }}
        where is_incomplete
    )

    select
        steps.dataset,
        steps.first_missing,
        steps.last_missing
    from steps
    left join listed
        on
            steps.dataset = listed.dataset
            and steps.first_missing <= listed.last_listed
            and steps.last_missing >= listed.first_listed
    where steps.last_missing >= steps.first_missing
    group by steps.dataset, steps.first_missing, steps.last_missing
    having
        steps.last_missing - steps.first_missing + 1
        > coalesce(
            sum(
                least(steps.last_missing, listed.last_listed)
                - greatest(steps.first_missing, listed.first_listed)
                + 1
            ),
            0
        )
{% endtest %}
