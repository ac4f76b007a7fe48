select
    offense_id,
    case_id,
    occurred_date,
    approved_at,
    offense_code,
    offense_name,
    code_section,
    division_code,
    division_name,
    month
from {{ source('warehouse', 'san_diego_nibrs_offenses') }}
