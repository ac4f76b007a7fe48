{#- Between a dataset's first and last month with records lies none without, be it empty or never built, but those that
    series_breaks lists. Each row is a gap: the months before and after it, how many it has and how many are listed. -#}
{% test has_no_holes(model, condition) %}
    with months as (
        select
            dataset,
            month
        from {{ model }}
        where {{ condition }}
        group by dataset, month
        having sum(measure_count) > 0
    ),

    pairs as (
        select
            dataset,
            month as month_before,
            lead(month) over (partition by dataset order by month) as month_after
        from months
    ),

    gaps as (
        select
            pairs.dataset,
            pairs.month_before,
            pairs.month_after,
            {{ dbt.datediff('pairs.month_before', 'pairs.month_after', 'month') }} - 1 as months_missing,
            breaks.break_id,
            greatest({{ months_after(1, 'pairs.month_before') }}, {{ month_of('breaks.valid_from') }}) as listed_from,
            least(pairs.month_after, {{ months_after(1, 'breaks.valid_to') }}) as listed_until
        from pairs
        left join {{ ref('series_breaks') }} as breaks
            on
                pairs.dataset = breaks.dataset
                and breaks.is_incomplete
                and pairs.month_after > breaks.valid_from
                and {{ months_after(1, 'pairs.month_before') }} <= breaks.valid_to
        where pairs.month_after > {{ months_after(1, 'pairs.month_before') }}
    ),

    counted as (
        select
            dataset,
            month_before,
            month_after,
            months_missing,
            sum(
                case when break_id is null then 0 else {{ dbt.datediff('listed_from', 'listed_until', 'month') }} end
            ) as months_listed
        from gaps
        group by dataset, month_before, month_after, months_missing
    )

    select
        dataset,
        month_before,
        month_after,
        months_missing,
        months_listed
    from counted
    where months_listed < months_missing
{% endtest %}
