with ranked_call_types as (
    select
        call_type_code,
        call_type_name,
        is_historical,
        row_number() over (partition by call_type_code order by is_historical, position) as place
    from {{ source('warehouse', 'san_diego_call_types') }}
    where call_type_code is not null
)

select
    call_type_code,
    call_type_name,
    is_historical
from ranked_call_types
where place = 1
