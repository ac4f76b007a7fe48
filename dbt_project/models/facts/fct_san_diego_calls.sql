{{ config(**by_month(cluster_by=['city', 'occurred_date'])) }}

with calls as (
    select *
    from {{ ref('int_san_diego_calls_for_service__named') }}
    where {{ is_asked_month(months_to_build(), 'san_diego_calls_for_service') }}
)

select
    calls.call_id,
    datasets.city,
    calls.dataset,
    datasets.record_type,
    calls.occurred_at,
    calls.occurred_date,
    calls.day_of_week,
    calls.call_type_code,
    calls.call_type_name,
    calls.is_call_type_listed,
    calls.disposition_code,
    calls.disposition_name,
    calls.is_disposition_listed,
    calls.priority_code,
    calls.priority_name,
    calls.beat_code,
    calls.neighborhood_name,
    calls.is_beat_listed,
    calls.is_sensitive,
    calls.month
from calls
left join {{ ref('dim_datasets') }} as datasets
    on calls.dataset = datasets.dataset
