{#- The schemas are called what the models say (staging, facts, …). On BigQuery, where they are datasets of a project
    that may hold others, the profile's prefix goes in front. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set name = custom_schema_name | trim if custom_schema_name -%}
    {%- if name and target.type == 'bigquery' -%} {{ target.schema }}_{{ name }}
    {%- else -%} {{ name or target.schema }}
    {%- endif -%}
{%- endmacro %}
