{{ config(**by_month(cluster_by=['city', 'dataset', 'occurred_date'])) }}

with ranked_offenses as (
    select
        offenses.*,
        count(*) over (case_in_month) as offense_count,
        sum(offenses.record_count) over (case_in_month) as case_record_count,
        min(offenses.recorded_date) over (case_in_month) as case_recorded_date,
        max(case when offenses.is_sensitive then 1 else 0 end) over (case_in_month) as sensitive_count,
        row_number() over (
            partition by offenses.dataset, offenses.month, offenses.case_id
            order by offense_groups.hierarchy_order, offenses.nibrs_code, offenses.incident_id
        ) as place
    from {{ ref('int_case_offenses') }} as offenses
    left join {{ ref('offense_groups') }} as offense_groups
        on offenses.offense_group = offense_groups.offense_group
    where {{ is_asked_pair(months_to_build()) }}
    window case_in_month as (partition by offenses.dataset, offenses.month, offenses.case_id)
)

select
    case_id,
    city,
    dataset,
    record_type,
    occurred_at,
    occurred_date,
    time_precision,
    is_first_of_month_booking,
    case_recorded_date as recorded_date,
    nibrs_code,
    offense_group,
    offense_scope,
    mapping_authority,
    mapping_confidence,
    index_group_low,
    index_group_high,
    sensitive_count = 1 as is_sensitive,
    area_code,
    area_name,
    status_name,
    status_date,
    case when record_type = 'offense' then offense_count end as offense_count,
    cast(case_record_count as int64) as record_count,
    month
from ranked_offenses
where place = 1
