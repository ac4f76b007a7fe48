with ranked_entries as (
    select
        *,
        row_number() over (partition by dataset, month order by made_at desc) as place
    from {{ source('warehouse', 'month_ledger') }}
)

select
    dataset,
    month,
    version as month_version,
    portal_rows,
    raw_rows,
    clean_rows,
    rejected_rows,
    duplicate_rows,
    made_at
from ranked_entries
where place = 1
