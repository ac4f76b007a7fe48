{#-
    The months that a run builds.

    facts.months_to_build holds the asked (dataset, month) pairs. They are read when a model runs and written into its
    SQL as literals, so that the warehouse can skip what is not asked for, and so that asking for other months changes
    neither the project nor a variable (dbt would parse everything again).
-#}

{#- Dataset -> its asked months as date literals; none where all months are meant: the table does not exist (dbt is
    run by hand on a bare warehouse), or the whole model is rebuilt by --full-refresh. -#}
{% macro months_to_build() %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% if should_full_refresh() %}{{ return(none) }}{% endif %}
    {#- Only here, where dbt no longer notes dependencies: the request is no data, and does not belong in the lineage. -#}
    {% set request = source('facts', 'months_to_build') %}
    {% if load_relation(request) is none %}{{ return(none) }}{% endif %}
    {% set months = {} %}
    {% for row in run_query("select distinct dataset, month from " ~ request ~ " order by dataset, month") %}
        {% do months.setdefault(row[0], []).append("date '" ~ row[1] ~ "'") %}
    {% endfor %}
    {{ return(months) }}
{% endmacro %}

{#- Condition: a row of this dataset belongs to one of the months (as months_to_build gives them). -#}
{% macro is_asked_month(months, dataset) -%}
    {%- if months is none -%} true
    {%- elif dataset in months -%} month in ({{ months[dataset] | join(', ') }})
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}

{#- Condition: dataset and month are an asked pair. -#}
{% macro is_asked_pair(months) -%}
    {%- if months is none -%} true
    {%- elif months -%}
        ({%- for dataset in months -%}
            (dataset = '{{ dataset }}' and {{ is_asked_month(months, dataset) }}){{ ' or ' if not loop.last }}
        {%- endfor -%})
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}

{#- Incremental strategy: in one transaction, out with the asked months and in with what they are now. Unlike
    delete+insert it also empties a month that has no rows any more. -#}
{% macro get_incremental_replace_months_sql(arg_dict) %}
    {% set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) %}
    delete from {{ arg_dict['target_relation'] }} where {{ is_asked_pair(months_to_build()) }};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
