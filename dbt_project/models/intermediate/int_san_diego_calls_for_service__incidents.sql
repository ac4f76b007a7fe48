select
    call_id as incident_id,
    dataset,
    occurred_at,
    occurred_date,
    occurred_date as report_date,
    call_type_code as offense_code,
    call_type_name as offense_name,
    beat_code as area_code,
    neighborhood_name as area_name,
    disposition_name as status_name,
    month
from {{ ref('int_san_diego_calls_for_service__named') }}
