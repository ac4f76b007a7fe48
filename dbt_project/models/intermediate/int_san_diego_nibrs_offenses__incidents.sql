select
    offense_id as incident_id,
    'san_diego_nibrs_offenses' as dataset,
    cast(null as datetime) as occurred_at,
    occurred_date,
    cast(null as date) as report_date,
    offense_code,
    offense_name,
    division_code as area_code,
    division_name as area_name,
    cast(null as string) as status_name,
    month
from {{ ref('stg_san_diego__nibrs_offenses') }}
