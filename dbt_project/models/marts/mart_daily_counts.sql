select
    city,
    dataset,
    record_type,
    occurred_date,
    count(*) as record_count
from {{ ref('fct_incidents') }}
group by city, dataset, record_type, occurred_date
