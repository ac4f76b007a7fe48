{#- Each figure is the sum of its months in mart_monthly_counts, from the first to the last, of which there are so many,
    all settled and complete. `all` is the sum of what int_figure_groups puts together. -#}
{% test adds_up_over_months(model, first, last, months) %}
    with figures as (
        select distinct
            dataset,
            measure,
            offense_group,
            measure_count,
            {{ months }} as months_wanted,
            {{ first }} as first_of_figure,
            {{ last }} as last_of_figure
        from {{ model }}
        where measure_count is not null
    )

    select
        figures.dataset,
        figures.measure,
        figures.offense_group,
        figures.last_of_figure,
        figures.measure_count,
        sum(months.measure_count) as sum_of_months
    from figures
    left join {{ ref('int_figure_groups') }} as figure_groups
        on figures.offense_group = figure_groups.figure_group
    left join {{ ref('mart_monthly_counts') }} as months
        on
            figures.dataset = months.dataset
            and figures.measure = months.measure
            and figure_groups.offense_group = months.offense_group
            and months.month >= figures.first_of_figure
            and months.month <= figures.last_of_figure
    group by
        figures.dataset,
        figures.measure,
        figures.offense_group,
        figures.last_of_figure,
        figures.measure_count,
        figures.months_wanted
    having
        coalesce(sum(months.measure_count), -1) <> figures.measure_count
        or sum(case when months.is_comparable then 0 else 1 end) > 0
        or count(distinct months.month) <> figures.months_wanted
{% endtest %}
