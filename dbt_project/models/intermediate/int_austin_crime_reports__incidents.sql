select
    incident_id,
    'austin_crime_reports' as dataset,
    occurred_at,
    occurred_date,
    report_date,
    offense_code,
    offense_name,
    sector_code as area_code,
    cast(null as string) as area_name,
    clearance_status_name as status_name,
    month
from {{ ref('stg_austin__crime_reports') }}
