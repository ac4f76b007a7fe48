select
    datasets.city,
    mapped.dataset,
    datasets.record_type,
    'records' as measure,
    'occurred' as date_basis,
    cast(mapped.calendar_year as int64) as calendar_year,
    cast(mapped.record_count as int64) as measure_count,
    cast(mapped.mapped_count as int64) as mapped_count,
    round(mapped.mapped_share, 4) as mapped_share
from {{ ref('int_mapped_shares') }} as mapped
inner join {{ ref('dim_datasets') }} as datasets
    on mapped.dataset = datasets.dataset
