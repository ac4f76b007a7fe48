select
    city,
    dataset,
    record_type,
    month,
    count(*) as record_count
from {{ ref('fct_incidents') }}
group by city, dataset, record_type, month
