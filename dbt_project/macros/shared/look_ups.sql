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

{#- The day from which San Diego's police use other codes of outcomes: the same letter means one thing before it and
    another from it on. series_breaks has it for readers; a test holds the two together. -#}
{% macro dispositions_changed_on() -%}
    date '2017-10-17'
{%- endmacro %}

{#- Which of the two lists the outcome of a call of that day is of. -#}
{% macro disposition_list(occurred_date) -%}
    case
        when {{ occurred_date }} < {{ dispositions_changed_on() }}
            then 'before ' || cast({{ dispositions_changed_on() }} as string)
        else 'from ' || cast({{ dispositions_changed_on() }} as string)
    end
{%- endmacro %}
