{#- First day of the month of a day, as a date in every database. -#}
{% macro month_of(day) -%}
    cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro %}

{#- First day of the month that comes so many months after (negative: before) that of a day. -#}
{% macro months_after(number, day) -%}
    cast({{ dbt.dateadd('month', number, month_of(day)) }} as date)
{%- endmacro %}

{#- A day so many days after another. -#}
{% macro days_after(number, day) -%}
    cast({{ dbt.dateadd('day', number, day) }} as date)
{%- endmacro %}
