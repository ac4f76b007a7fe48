with sensitive as (
    {{ sensitive_statute_pattern() }}
),

offenses as (
    select
        offense_id,
        case_id,
        occurred_at,
        occurred_date,
        {{ time_precision('occurred_at', 'occurred_time', ['0000', '1200']) }} as time_precision,
        report_date,
        offense_code,
        offense_name,
        is_domestic_violence,
        area_code,
        area_name,
        status_name,
        month
    from {{ ref('stg_los_angeles__nibrs_offenses') }}
)

select
    offenses.offense_id as incident_id,
    'los_angeles_nibrs_offenses' as dataset,
    coalesce(offenses.case_id, offenses.offense_id) as case_id,
    offenses.occurred_at,
    offenses.occurred_date,
    offenses.time_precision,
    {{ is_first_of_month_booking('offenses.occurred_date', 'offenses.time_precision', 'offenses.report_date') }}
        as is_first_of_month_booking,
    offenses.report_date,
    offenses.report_date as recorded_date,
    offenses.offense_code,
    offenses.offense_name,
    nibrs.nibrs_code,
    'agency' as mapping_authority,
    'exact' as mapping_confidence,
    cast(null as string) as index_group_low,
    cast(null as string) as index_group_high,
    not_a_crime.authority as not_a_crime_authority,
    not_a_crime.confidence as not_a_crime_confidence,
    -- The offense's name begins with its statute.
    (
        coalesce(offenses.is_domestic_violence, false)
        or {{ has_pattern('upper(offenses.offense_name)', 'sensitive.pattern') }}
    ) as has_sensitive_code,
    offenses.area_code,
    offenses.area_name,
    offenses.status_name,
    cast(null as date) as status_date,
    offenses.month
from offenses
cross join sensitive
left join {{ ref('nibrs_offenses') }} as nibrs
    on offenses.offense_code = nibrs.nibrs_code
left join {{ ref('not_a_crime_offenses') }} as not_a_crime
    on
        lower(offenses.status_name) = lower(not_a_crime.status_name)
        and not_a_crime.dataset = 'los_angeles_nibrs_offenses'
