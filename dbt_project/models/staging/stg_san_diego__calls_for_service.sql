select
    call_id,
    occurred_at,
    occurred_date,
    day_of_week,
    call_type_code,
    disposition_code,
    priority_code,
    priority_name,
    beat_code,
    month
from {{ source('warehouse', 'san_diego_calls_for_service') }}
