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

{#- One row: a regular expression, for text in upper case, that finds a statute of sensitive_statutes. It is told as
    section and code, "273.5(A) PC …" or "273.5(A) - PC - …", where further ones follow after "|"; an attempt has 664
    before it. Signs are escaped as sets, since a backslash is not the same in the text of every database. -#}
{% macro sensitive_statute_pattern() -%}
    select
        '(^|[|])[^0-9A-Z|]*(664[^0-9A-Z|]+)?('
        || string_agg(replace(replace(replace(statute, '(', '[(]'), ')', '[)]'), '.', '[.]'), '|')
        || ')[^0-9A-Z.|]([^|]*[^0-9A-Z|])?PC([^0-9A-Z]|$)' as pattern
    from {{ ref('sensitive_statutes') }}
{%- endmacro %}

{#- Whether a text in upper case has what the pattern finds; false where there is no text. -#}
{% macro has_pattern(text, pattern) -%}
    coalesce(regexp_replace({{ text }}, {{ pattern }}, '') <> {{ text }}, false)
{%- endmacro %}
