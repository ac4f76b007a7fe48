{#- Every value of a list, with | between them, is one of the other model's column, and is in the list once. -#}
{% test lists_known_values(model, list, to, field) %}
    with lists as (
        select distinct {{ list }} as listed_values
        from {{ model }}
        where {{ list }} is not null
    )

    select
        lists.listed_values,
        count(distinct known.{{ field }}) as values_known
    from lists
    left join {{ to }} as known
        on strpos('|' || lists.listed_values || '|', '|' || known.{{ field }} || '|') > 0
    group by lists.listed_values
    having
        count(distinct known.{{ field }})
        <> length(lists.listed_values) - length(replace(lists.listed_values, '|', '')) + 1
{% endtest %}
