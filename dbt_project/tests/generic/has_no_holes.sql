{#- Of the months that were built, none between a dataset's first and last month with records is without any, but those
    that series_breaks lists. -#}
{% test has_no_holes(model, condition) %}
    with months as (
        select
            dataset,
            month,
            sum(measure_count) as measure_count
        from {{ model }}
        where {{ condition }}
        group by dataset, month
    ),

    spans as (
        select
            dataset,
            min(month) as first_month,
            max(month) as last_month
        from months
        where measure_count > 0
        group by dataset
    )

    select months.*
    from months
    inner join spans
        on
            months.dataset = spans.dataset
            and months.month between spans.first_month and spans.last_month
    left join {{ ref('series_breaks') }} as breaks
        on
            months.dataset = breaks.dataset
            and breaks.is_incomplete
            and months.month between {{ month_of('breaks.valid_from') }} and breaks.valid_to
    where
        months.measure_count = 0
        and breaks.break_id is null
{% endtest %}
