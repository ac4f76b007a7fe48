select
    incident_id,
    occurred_at,
    occurred_date,
    report_date,
    offense_code,
    offense_name,
    sector_code,
    clearance_status_name,
    month
from {{ source('warehouse', 'austin_crime_reports') }}
