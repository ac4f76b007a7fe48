{#- Whether the city's list has the code of a row; null where the row has no code. -#}
{% macro is_listed(code, listed_code) -%}
    case when {{ code }} is not null then {{ listed_code }} is not null end
{%- endmacro %}

{#- The name that the city's list gives to the code of a row; null where the row has no code. -#}
{% macro listed_name(code, listed_code, name) -%}
    case
        when {{ listed_code }} is not null then {{ name }}
        when {{ code }} is not null then '{{ dbt.escape_single_quotes("not in the city's list") }}'
    end
{%- endmacro %}
