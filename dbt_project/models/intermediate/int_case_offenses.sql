with ranked_records as (
    select
        *,
        count(*) over (
            partition by dataset, month, case_id, coalesce(nibrs_code, offense_code)
        ) as record_count,
        row_number() over (
            partition by dataset, month, case_id, coalesce(nibrs_code, offense_code)
            order by case when offense_scope = 'not_a_crime' then 1 else 0 end, occurred_date, incident_id
        ) as place
    from {{ ref('fct_incidents') }}
    where record_type <> 'call'
)

select
    case_id,
    city,
    dataset,
    record_type,
    incident_id,
    occurred_at,
    occurred_date,
    time_precision,
    is_first_of_month_booking,
    recorded_date,
    nibrs_code,
    offense_group,
    offense_scope,
    mapping_authority,
    mapping_confidence,
    index_group_low,
    index_group_high,
    is_sensitive,
    area_code,
    area_name,
    status_name,
    status_date,
    record_count,
    month
from ranked_records
where place = 1
