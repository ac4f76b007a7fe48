{#- No table whose name begins so, and none of these models, has a column that macros/marts/allowed_columns.sql does not
    list with its type. They lie beside this model. Each is named in `models`, so that the test waits until it is built:
    what the database lists of a table before is what it was the last time. -#}
{% test has_allowed_columns_only(model, prefix, models) %}
{%- set names = [] %}
{%- for name in models %}{% do names.append(ref(name).identifier) %}{% endfor %}
    select
        table_name,
        column_name,
        data_type
    from {{ columns_of_schema(model) }}
    where
        table_schema = '{{ model.schema }}'
        and (table_name like '{{ prefix }}%' or table_name in ('{{ names | join("', '") }}'))
        and column_name || ' ' || data_type not in ('{{ allowed_columns(prefix) | join("', '") }}')
{% endtest %}
