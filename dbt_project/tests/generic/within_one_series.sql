{#- From the first to the last of its months, each row that meets the condition is of the series that it names. A window
    over all rows may tell the months. -#}
{% test within_one_series(model, first, last, condition) %}
    with figures as (
        select
            dataset,
            offense_group,
            series_id,
            {{ condition }} as is_told,
            {{ first }} as first_of_figure,
            {{ last }} as last_of_figure
        from {{ model }}
    )

    select figures.*
    from figures
    left join {{ ref('dim_series') }} as series
        on
            figures.dataset = series.dataset
            and figures.offense_group = series.offense_group
            and figures.series_id = series.series_id
            and figures.first_of_figure >= series.first_month
            and figures.last_of_figure <= coalesce(series.last_month, figures.last_of_figure)
    where
        figures.is_told
        and series.series_id is null
{% endtest %}
