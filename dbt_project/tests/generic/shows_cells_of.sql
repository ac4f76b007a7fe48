{#- A cell that is shown has as many as the other model has in its area, without what is sensitive; and no cell of the
    other model is missing. -#}
{% test shows_cells_of(model, to) %}
    with counted as (
        select
            dataset,
            measure,
            offense_group,
            area_code,
            month,
            count(*) as record_count
        from {{ to }}
        where
            measure in ('cases', 'calls')
            and not is_sensitive
            and area_code is not null
        group by dataset, measure, offense_group, area_code, month
    )

    select
        dataset,
        measure,
        offense_group,
        area_code,
        month,
        cells.measure_count,
        counted.record_count
    from counted
    full join {{ model }} as cells using (dataset, measure, offense_group, area_code, month)
    where
        cells.is_suppressed is null
        or (not cells.is_suppressed and cells.measure_count <> coalesce(counted.record_count, 0))
{% endtest %}
