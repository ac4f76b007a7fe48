{#- For each combination of the columns `by`, this model's `count` is the number of rows of the other model, of those
    that meet `condition`. `expressions` says what the other model has in place of a column that it lacks. -#}
{% test counts_rows_of(model, to, by, count='record_count', condition='true', expressions={}) %}
{%- set columns = [] %}
{%- for column in by %}{% do columns.append(expressions.get(column, column) ~ ' as ' ~ column) %}{% endfor %}
    with counted as (
        select
            {{ by | join(', ') }},
            sum({{ count }}) as record_count
        from {{ model }}
        group by {{ by | join(', ') }}
    ),

    -- Named before they are grouped: the other model may have a column of that name too.
    records as (
        select {{ columns | join(', ') }}
        from {{ to }}
        where {{ condition }}
    ),

    expected as (
        select
            {{ by | join(', ') }},
            count(*) as record_count
        from records
        group by {{ by | join(', ') }}
    )

    select
        {{ by | join(', ') }},
        counted.record_count as counted,
        expected.record_count as expected
    from counted
    full join expected using ({{ by | join(', ') }})
    where coalesce(counted.record_count, 0) <> coalesce(expected.record_count, 0)
{% endtest %}
