{#- The months of the calendar, numbered without a gap. -#}
{% macro month_number(month) -%}
    (extract(year from {{ month }}) * 12 + extract(month from {{ month }}))
{%- endmacro %}

{#- 1 (Sunday) to 7 (Saturday), in every database, of a day or a time from 2000 on. -#}
{% macro day_of_week(day) -%}
    (mod({{ dbt.datediff("date '2000-01-02'", 'cast(' ~ day ~ ' as date)', 'day') }}, 7) + 1)
{%- endmacro %}

{#- How much more than before, in percent; null on a base of less than 50, where a few records would look like a
    trend. -#}
{% macro change_percent(count, previous_count) -%}
    case
        when {{ previous_count }} >= 50
            then round(100 * ({{ count }} - {{ previous_count }}) / {{ previous_count }}, 1)
    end
{%- endmacro %}

{#- Why there is no figure over several months; null where there is one.
    months: how many it takes; held: how many of them are in the facts; used: how many are settled, complete and of one
    series; incomplete: how many are not complete; is_one_series: whether all are of one series. -#}
{% macro reason_of_months(months, held, used, incomplete, is_one_series) -%}
    case
        when {{ used }} = {{ months }} then null
        when {{ held }} < {{ months }} then 'months are missing'
        when not {{ is_one_series }} then 'the series breaks'
        when {{ incomplete }} > 0 then 'a month is incomplete'
        else 'a month is not settled'
    end
{%- endmacro %}

{#- The offense groups whose times are those of the act; in others the time is often that of the discovery. -#}
{% macro groups_with_hours() -%}
    ('murder', 'rape', 'robbery', 'aggravated_assault', 'call')
{%- endmacro %}
