{{ config(**by_month(cluster_by=['occurred_date'])) }}

select
    call_id,
    dataset,
    occurred_at,
    occurred_date,
    day_of_week,
    call_type_code,
    call_type_name,
    is_call_type_listed,
    disposition_code,
    disposition_name,
    is_disposition_listed,
    priority_code,
    priority_name,
    beat_code,
    neighborhood_name,
    is_beat_listed,
    is_sensitive,
    month
from {{ ref('int_san_diego_calls_for_service__named') }}
where {{ is_asked_month(months_to_build(), 'san_diego_calls_for_service') }}
