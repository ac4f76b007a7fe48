{#- No table beside this one, of those whose name begins so, has a column that macros/marts/allowed_columns.sql does not
    list with its type. -#}
{% test has_allowed_columns_only(model, prefix) %}
    select
        table_name,
        column_name,
        data_type
    from {{ columns_of_schema(model) }}
    where
        table_schema = '{{ model.schema }}'
        and table_name like '{{ prefix }}%'
        and column_name || ' ' || data_type not in ('{{ allowed_columns(prefix) | join("', '") }}')
{% endtest %}
