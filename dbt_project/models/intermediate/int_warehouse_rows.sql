{%- set staging_models = {
    'austin_crime_reports': 'stg_austin__crime_reports',
    'los_angeles_crime_reports': 'stg_los_angeles__crime_reports',
    'los_angeles_nibrs_offenses': 'stg_los_angeles__nibrs_offenses',
    'san_diego_calls_for_service': 'stg_san_diego__calls_for_service',
    'san_diego_nibrs_offenses': 'stg_san_diego__nibrs_offenses',
} -%}

{%- for dataset, staging_model in staging_models.items() %}
select
    '{{ dataset }}' as dataset,
    month
from {{ ref(staging_model) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
