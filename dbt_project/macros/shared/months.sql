{#-
    The months that a run builds, and how their rows are replaced.

    facts.months_to_build holds the asked (dataset, month) pairs. They are read when a model runs and written into its
    SQL as literals, so that the warehouse can skip what is not asked for, and so that asking for other months changes
    neither the project nor a variable (dbt would parse everything again).

    On BigQuery the unit is the partition, which is a month of all datasets: there a month that is asked for one dataset
    is rebuilt for all of them. The key `*` stands for every dataset.
-#}

{#- Configuration of a model whose months are replaced; use it as config(**by_month(…)). A column that the model gains
    is empty in a month until the month is built again, as it is anyway when the model's code changed. -#}
{% macro by_month(cluster_by) %}
    {% set placement = {
        'incremental_strategy': 'insert_overwrite',
        'partition_by': {'field': 'month', 'data_type': 'date', 'granularity': 'month'},
        'cluster_by': cluster_by,
    } if target.type == 'bigquery' else {'incremental_strategy': 'replace_months'} %}
    {{ return(dict(materialized='incremental', on_schema_change='append_new_columns', **placement)) }}
{% endmacro %}

{#- Configuration of a model whose rows, each of a month, are only ever added and never rebuilt; use it as
    config(**only_added(…)). -#}
{% macro only_added(cluster_by) %}
    {% set placement = {
        'incremental_strategy': 'merge',
        'partition_by': {'field': 'month', 'data_type': 'date', 'granularity': 'month'},
        'cluster_by': cluster_by,
    } if target.type == 'bigquery' else {'incremental_strategy': 'append'} %}
    {% do placement.update(full_refresh=false) %}
    {{ return(dict(materialized='incremental', on_schema_change='append_new_columns', **placement)) }}
{% endmacro %}

{#- Dataset -> its asked months as date literals; none where all months are meant: the table does not exist (dbt is
    run by hand on a bare warehouse), or the whole model is rebuilt by --full-refresh. -#}
{% macro months_to_build() %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% if should_full_refresh() %}{{ return(none) }}{% endif %}
    {#- Only here, where dbt no longer notes dependencies: the request is no data, so it is not in the lineage. -#}
    {% set request = source('facts', 'months_to_build') %}
    {% if load_relation(request) is none %}{{ return(none) }}{% endif %}
    {% set dataset = "'*'" if target.type == 'bigquery' else 'dataset' %}
    {% set months = {} %}
    {% for row in run_query("select distinct " ~ dataset ~ ", month from " ~ request ~ " order by 1, 2") %}
        {% do months.setdefault(row[0], []).append("date '" ~ row[1] ~ "'") %}
    {% endfor %}
    {{ return(months) }}
{% endmacro %}

{#- Asks for all loaded months of a window, by hand:
    dbt run-operation ask_for_months --args '{first: 2024-01, last: 2024-03}'.
    Then dbt builds these and no others. Whole months, so that every count of them is right. -#}
{% macro ask_for_months(first, last) %}
    {% set request = source('facts', 'months_to_build') %}
    {% do run_query('delete from ' ~ request ~ ' where true') %}
    {% do run_query(
        'insert into ' ~ request ~ ' (dataset, month) select distinct dataset, month from '
        ~ source('warehouse', 'month_ledger')
        ~ " where month between date '" ~ first ~ "-01' and date '" ~ last ~ "-01'"
    ) %}
{% endmacro %}

{#- Condition: a row of this dataset belongs to one of the months (as months_to_build gives them). -#}
{% macro is_asked_month(months, dataset) -%}
    {%- if months is none -%} true
    {%- elif dataset in months -%} month in ({{ months[dataset] | join(', ') }})
    {%- elif '*' in months -%} month in ({{ months['*'] | join(', ') }})
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}

{#- Condition: dataset and month are an asked pair. -#}
{% macro is_asked_pair(months) -%}
    {%- if months is none -%} true
    {%- elif '*' in months -%} {{ is_asked_month(months, '*') }}
    {%- elif months -%}
        ({%- for dataset in months -%}
            (dataset = '{{ dataset }}' and {{ is_asked_month(months, dataset) }}){{ ' or ' if not loop.last }}
        {%- endfor -%})
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}

{#- Incremental strategy of DuckDB: in one transaction, out with the asked months and in with what they are now. Unlike
    delete+insert it also empties a month that has no rows any more. -#}
{% macro get_incremental_replace_months_sql(arg_dict) %}
    {% set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) %}
    delete from {{ arg_dict['target_relation'] }} where {{ is_asked_pair(months_to_build()) }};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{#- In place of the macro of dbt-bigquery, which takes no strategy of one's own and knows the partitions to replace from
    the configuration only, thus before the months are known: the asked months, emptied ones too, in one statement. -#}
{% macro bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists,
    copy_partitions
) %}
    {% set months = months_to_build() %}
    {% if months is none %}
        {{ bq_dynamic_insert_overwrite_sql(
            tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists,
            copy_partitions
        ) }}
    {% elif months %}
        {{ bq_static_insert_overwrite_sql(
            tmp_relation, target_relation, sql, partition_by, months['*'], dest_columns, tmp_relation_exists,
            copy_partitions
        ) }}
    {% else %}
        select 1
    {% endif %}
{% endmacro %}
