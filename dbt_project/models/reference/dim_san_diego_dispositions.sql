with ranked_dispositions as (
    select
        disposition_code,
        is_historical,
        disposition_name,
        row_number() over (partition by disposition_code, is_historical order by position) as place
    from {{ source('warehouse', 'san_diego_dispositions') }}
    where disposition_code is not null
)

select
    disposition_code,
    is_historical,
    disposition_name
from ranked_dispositions
where place = 1
