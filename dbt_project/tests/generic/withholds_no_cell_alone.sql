{#- In a set of cells whose sum is known, a cell is not withheld alone. -#}
{% test withholds_no_cell_alone(model, set) %}
    select
        {{ set | join(', ') }},
        count(*) as cells
    from {{ model }}
    group by {{ set | join(', ') }}
    having
        sum(case when is_suppressed then 1 else 0 end) = 1
        and count(*) > 1
{% endtest %}
