with ranked_beats as (
    select
        beat_code,
        neighborhood_name,
        row_number() over (partition by beat_code order by is_historical, position) as place
    from {{ source('warehouse', 'san_diego_beats') }}
    where beat_code is not null
)

select
    beat_code,
    neighborhood_name
from ranked_beats
where place = 1
