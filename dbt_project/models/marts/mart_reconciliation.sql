select
    datasets.city,
    months.dataset,
    'rows' as measure,
    'occurred' as date_basis,
    months.month,
    months.portal_rows,
    months.raw_rows,
    months.clean_rows,
    months.rejected_rows,
    months.duplicate_rows,
    months.warehouse_rows,
    months.fact_rows,
    months.has_current_facts,
    (
        coalesce(months.portal_rows, months.raw_rows) = months.raw_rows
        and months.raw_rows = months.clean_rows + months.rejected_rows + months.duplicate_rows
        and months.warehouse_rows = months.clean_rows
        and (months.fact_rows = months.warehouse_rows or not months.has_current_facts)
    ) as is_reconciled
from {{ ref('int_month_counts') }} as months
left join {{ ref('dim_datasets') }} as datasets
    on months.dataset = datasets.dataset
