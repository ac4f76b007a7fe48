{%- set measures = {
    "case when record_type = 'call' then 'calls' else 'records' end": [ref('fct_incidents'), 'true'],
    "'cases'": [ref('fct_crime_cases'), 'true'],
    "'offenses'": [ref('int_case_offenses'), "record_type = 'offense'"],
} %}

{%- for measure, (relation, condition) in measures.items() %}
select
    dataset,
    {{ measure }} as measure,
    offense_group,
    index_group_low,
    index_group_high,
    mapping_confidence,
    is_sensitive,
    occurred_at,
    occurred_date,
    time_precision,
    is_first_of_month_booking,
    recorded_date,
    area_code,
    area_name,
    status_name,
    status_date,
    month
from {{ relation }}
where {{ condition }}
{{ 'union all' if not loop.last }}
{%- endfor %}
