select
    incident_id,
    occurred_at,
    occurred_date,
    occurred_time,
    report_date,
    offense_code,
    offense_name,
    ucr_category_code,
    is_family_violence,
    sector_code,
    clearance_status_name,
    clearance_date,
    month
from {{ source('warehouse', 'austin_crime_reports') }}
