{{ config(incremental_strategy='replace_months') }}

{%- set months = months_to_build() %}

with incidents as (
    {%- for dataset in [
        'austin_crime_reports',
        'los_angeles_crime_reports',
        'los_angeles_nibrs_offenses',
        'san_diego_calls_for_service',
        'san_diego_nibrs_offenses',
    ] %}
    select
        incident_id,
        dataset,
        occurred_at,
        occurred_date,
        report_date,
        offense_code,
        offense_name,
        area_code,
        area_name,
        status_name,
        month
    from {{ ref('int_' ~ dataset ~ '__incidents') }}
    where {{ is_asked_month(months, dataset) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    incidents.incident_id,
    datasets.city,
    incidents.dataset,
    datasets.record_type,
    incidents.occurred_at,
    incidents.occurred_date,
    incidents.report_date,
    incidents.offense_code,
    incidents.offense_name,
    incidents.area_code,
    incidents.area_name,
    incidents.status_name,
    incidents.month
from incidents
left join {{ ref('dim_datasets') }} as datasets
    on incidents.dataset = datasets.dataset
