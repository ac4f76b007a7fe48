{#- How well the time of a record is known: minute; heaped (one of the times, HHMM, that the dataset has far too often);
    unknown. -#}
{% macro time_precision(occurred_at, occurred_time, heaped_times) -%}
    case
        when {{ occurred_at }} is null then 'unknown'
        when {{ occurred_time }} in ('{{ heaped_times | join("', '") }}') then 'heaped'
        else 'minute'
    end
{%- endmacro %}

{#- Whether the day is one on which the LAPD books offenses of no known day: the first of a month, without a time of its
    own, and reported later. -#}
{% macro is_first_of_month_booking(occurred_date, precision, report_date) -%}
    coalesce(
        extract(day from {{ occurred_date }}) = 1
        and {{ precision }} <> 'minute'
        and {{ report_date }} > {{ occurred_date }},
        false
    )
{%- endmacro %}

{#- The index series of a row of fct_incidents where its crosswalk has one at the least or at the most; null beside the
    index. -#}
{% macro index_group(crosswalk_group) -%}
    case
        when grouped.offense_group in ('not_a_crime', 'call') then null
        when {{ crosswalk_group }} = 'not_index' then null
        else coalesce({{ crosswalk_group }}, grouped.index_series)
    end
{%- endmacro %}
