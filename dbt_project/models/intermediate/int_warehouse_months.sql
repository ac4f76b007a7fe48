with ranked_entries as (
    select
        *,
        row_number() over (partition by dataset, month order by made_at desc) as place
    from {{ source('warehouse', 'month_ledger') }}
)

select
    ranked_entries.dataset,
    ranked_entries.month,
    ranked_entries.version as month_version,
    ranked_entries.portal_rows,
    ranked_entries.raw_rows,
    ranked_entries.clean_rows,
    ranked_entries.rejected_rows,
    ranked_entries.duplicate_rows,
    -- BigQuery takes the column's name for a word of its own, unless it follows the table's.
    ranked_entries.rows as warehouse_rows,
    coalesce(ranked_entries.fetched_at, ranked_entries.made_at) as fetched_at,
    ranked_entries.made_at
from ranked_entries
where ranked_entries.place = 1
