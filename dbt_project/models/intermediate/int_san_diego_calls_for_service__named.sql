with calls as (
    select
        calls.call_id,
        calls.occurred_at,
        calls.occurred_date,
        calls.day_of_week,
        calls.call_type_code,
        calls.disposition_code,
        calls.priority_code,
        calls.priority_name,
        -- A beat is a few streets: with a sensitive type it could point at a person.
        case when sensitive_types.call_type_code is null then calls.beat_code end as beat_code,
        sensitive_types.call_type_code is not null as is_sensitive,
        calls.month,
        calls.occurred_date < {{ dispositions_changed_on() }} as has_historical_disposition
    from {{ ref('stg_san_diego__calls_for_service') }} as calls
    left join {{ ref('sensitive_call_types') }} as sensitive_types
        on calls.call_type_code = sensitive_types.call_type_code
)

select
    calls.call_id,
    'san_diego_calls_for_service' as dataset,
    calls.occurred_at,
    calls.occurred_date,
    calls.day_of_week,
    calls.call_type_code,
    {{ listed_name('calls.call_type_code', 'call_types.call_type_code', 'call_types.call_type_name') }}
        as call_type_name,
    {{ is_listed('calls.call_type_code', 'call_types.call_type_code') }} as is_call_type_listed,
    calls.disposition_code,
    {{ listed_name('calls.disposition_code', 'dispositions.disposition_code', 'dispositions.disposition_name') }}
        as disposition_name,
    {{ is_listed('calls.disposition_code', 'dispositions.disposition_code') }} as is_disposition_listed,
    calls.priority_code,
    calls.priority_name,
    calls.beat_code,
    {{ listed_name('calls.beat_code', 'beats.beat_code', 'beats.neighborhood_name') }}
        as neighborhood_name,
    {{ is_listed('calls.beat_code', 'beats.beat_code') }} as is_beat_listed,
    calls.is_sensitive,
    calls.month
from calls
left join {{ ref('dim_san_diego_call_types') }} as call_types
    on calls.call_type_code = call_types.call_type_code
left join {{ ref('dim_san_diego_dispositions') }} as dispositions
    on
        calls.disposition_code = dispositions.disposition_code
        and calls.has_historical_disposition = dispositions.is_historical
left join {{ ref('dim_san_diego_beats') }} as beats
    on calls.beat_code = beats.beat_code
