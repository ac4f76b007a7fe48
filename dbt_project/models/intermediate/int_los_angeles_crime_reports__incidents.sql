with reports as (
    select
        incident_id,
        occurred_at,
        occurred_date,
        {{ time_precision('occurred_at', 'occurred_time', ['0001', '1200']) }} as time_precision,
        report_date,
        offense_code,
        offense_name,
        area_code,
        area_name,
        status_name,
        month
    from {{ ref('stg_los_angeles__crime_reports') }}
)

select
    reports.incident_id,
    'los_angeles_crime_reports' as dataset,
    reports.incident_id as case_id,
    reports.occurred_at,
    reports.occurred_date,
    reports.time_precision,
    {{ is_first_of_month_booking('reports.occurred_date', 'reports.time_precision', 'reports.report_date') }}
        as is_first_of_month_booking,
    reports.report_date,
    reports.report_date as recorded_date,
    reports.offense_code,
    reports.offense_name,
    crosswalk.nibrs_code,
    crosswalk.authority as mapping_authority,
    crosswalk.confidence as mapping_confidence,
    crosswalk.index_group_low,
    crosswalk.index_group_high,
    cast(null as string) as not_a_crime_authority,
    cast(null as string) as not_a_crime_confidence,
    coalesce(crosswalk.is_sensitive, false) as has_sensitive_code,
    reports.area_code,
    reports.area_name,
    reports.status_name,
    cast(null as date) as status_date,
    reports.month
from reports
left join {{ ref('los_angeles_offense_crosswalk') }} as crosswalk
    on reports.offense_code = crosswalk.offense_code
