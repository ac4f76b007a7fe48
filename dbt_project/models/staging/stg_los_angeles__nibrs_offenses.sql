select
    offense_id,
    case_id,
    occurred_at,
    occurred_date,
    occurred_time,
    report_date,
    offense_code,
    offense_name,
    is_domestic_violence,
    area_code,
    area_name,
    status_name,
    month
from {{ source('warehouse', 'los_angeles_nibrs_offenses') }}
