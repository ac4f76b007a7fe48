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

    expected as (
        select
            {{ columns | join(', ') }},
            count(*) as record_count
        from {{ to }}
        where {{ condition }}
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
