{#- The hours of a year and series are what the other model has of them, in months that count and with a time to the
    minute. -#}
{% test counts_hours_of(model, to) %}
    with counted as (
        select
            dataset,
            measure,
            offense_group,
            series_id,
            calendar_year,
            sum(measure_count) as measure_count
        from {{ model }}
        group by dataset, measure, offense_group, series_id, calendar_year
    ),

    expected as (
        select
            records.dataset,
            records.measure,
            records.offense_group,
            status.series_id,
            extract(year from records.month) as calendar_year,
            count(*) as record_count
        from {{ to }} as records
        inner join {{ ref('int_month_status') }} as status
            on
                records.dataset = status.dataset
                and records.offense_group = status.offense_group
                and records.month = status.month
        where
            status.is_comparable
            and records.measure in ('cases', 'calls')
            and records.offense_group in {{ groups_with_hours() }}
            and records.time_precision = 'minute'
            and not records.is_first_of_month_booking
        group by
            records.dataset,
            records.measure,
            records.offense_group,
            status.series_id,
            extract(year from records.month)
    )

    select
        dataset,
        measure,
        offense_group,
        series_id,
        calendar_year,
        counted.measure_count,
        expected.record_count
    from counted
    full join expected using (dataset, measure, offense_group, series_id, calendar_year)
    where coalesce(counted.measure_count, 0) <> coalesce(expected.record_count, 0)
{% endtest %}
