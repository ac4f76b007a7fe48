{#- What is told of a year at an age is what the other model has of its months with a report date so many days after the
    last of them, or before; `all` is the sum of what int_figure_groups puts together. -#}
{% test counts_reports_at_age(model, to) %}
    with figures as (
        select distinct
            dataset,
            measure,
            offense_group,
            same_age_count,
            {{ months_after('(1 - months_wanted)', 'last_month') }} as first_of_figure,
            last_month as last_of_figure,
            {{ days_after('age_days', months_after(1, 'last_month')) }} as known_on_date
        from {{ model }}
        where same_age_count is not null
    ),

    reports as (
        select
            dataset,
            measure,
            offense_group,
            month,
            recorded_date,
            count(*) as record_count
        from {{ to }}
        where
            measure <> 'records'
            and recorded_date is not null
        group by dataset, measure, offense_group, month, recorded_date
    )

    select
        figures.dataset,
        figures.measure,
        figures.offense_group,
        figures.last_of_figure,
        figures.same_age_count,
        sum(reports.record_count) as record_count
    from figures
    inner join {{ ref('int_figure_groups') }} as figure_groups
        on figures.offense_group = figure_groups.figure_group
    left join reports
        on
            figures.dataset = reports.dataset
            and figures.measure = reports.measure
            and figure_groups.offense_group = reports.offense_group
            and figures.first_of_figure <= reports.month
            and figures.last_of_figure >= reports.month
            and figures.known_on_date >= reports.recorded_date
    group by
        figures.dataset,
        figures.measure,
        figures.offense_group,
        figures.last_of_figure,
        figures.same_age_count
    having coalesce(sum(reports.record_count), 0) <> figures.same_age_count
{% endtest %}
