select
    offense_id,
    occurred_date,
    offense_code,
    offense_name,
    division_code,
    division_name,
    month
from {{ source('warehouse', 'san_diego_nibrs_offenses') }}
