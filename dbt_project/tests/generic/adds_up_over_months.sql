{#- Each figure is the sum of its months in mart_monthly_counts, from the first to the last, of which there are so many,
    all settled and complete. `all` is the sum of what int_figure_groups puts together. `count` is the figure's column;
    a model that has ranges too has the sums at the least and at the most, but of `all`. -#}
{% test adds_up_over_months(model, first, last, months, count='measure_count', has_ranges=false) %}
    with figures as (
        select distinct
            dataset,
            measure,
            offense_group,
            {{ count }} as figure_count,
            {{ 'low_count' if has_ranges else 'cast(null as int64)' }} as figure_low_count,
            {{ 'high_count' if has_ranges else 'cast(null as int64)' }} as figure_high_count,
            {{ months }} as months_wanted,
            {{ first }} as first_of_figure,
            {{ last }} as last_of_figure
        from {{ model }}
    )

    select
        figures.dataset,
        figures.measure,
        figures.offense_group,
        figures.last_of_figure,
        figures.figure_count,
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
    where coalesce(figures.figure_count, figures.figure_low_count, figures.figure_high_count) is not null
    group by
        figures.dataset,
        figures.measure,
        figures.offense_group,
        figures.last_of_figure,
        figures.figure_count,
        figures.figure_low_count,
        figures.figure_high_count,
        figures.months_wanted
    having
        coalesce(sum(months.measure_count), -1) <> coalesce(figures.figure_count, -1)
        or (
            {{ has_ranges }}
            and (
                coalesce(case when figures.offense_group <> 'all' then sum(months.low_count) end, -1)
                <> coalesce(figures.figure_low_count, -1)
                or coalesce(case when figures.offense_group <> 'all' then sum(months.high_count) end, -1)
                <> coalesce(figures.figure_high_count, -1)
            )
        )
        or sum(case when months.is_comparable then 0 else 1 end) > 0
        or count(distinct months.month) <> figures.months_wanted
{% endtest %}
