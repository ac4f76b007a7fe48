{{ config(**by_month(cluster_by=['occurred_date'])) }}

select
    dataset,
    occurred_date,
    disposition_code,
    disposition_name,
    count(*) as measure_count,
    month
from {{ ref('fct_san_diego_calls') }}
where {{ is_asked_month(months_to_build(), 'san_diego_calls_for_service') }}
group by dataset, occurred_date, disposition_code, disposition_name, month
