select
    offense_id as incident_id,
    'los_angeles_nibrs_offenses' as dataset,
    occurred_at,
    occurred_date,
    report_date,
    offense_code,
    offense_name,
    area_code,
    area_name,
    status_name,
    month
from {{ ref('stg_los_angeles__nibrs_offenses') }}
