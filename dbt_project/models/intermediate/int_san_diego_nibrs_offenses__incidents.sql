with sensitive as (
    {{ sensitive_statute_pattern() }}
)

select
    offenses.offense_id as incident_id,
    'san_diego_nibrs_offenses' as dataset,
    coalesce(offenses.case_id, offenses.offense_id) as case_id,
    cast(null as datetime) as occurred_at,
    offenses.occurred_date,
    'date_only' as time_precision,
    false as is_first_of_month_booking,
    cast(null as date) as report_date,
    cast(offenses.approved_at as date) as recorded_date,
    offenses.offense_code,
    offenses.offense_name,
    nibrs.nibrs_code,
    'agency' as mapping_authority,
    'exact' as mapping_confidence,
    cast(null as string) as index_group_low,
    cast(null as string) as index_group_high,
    not_a_crime.authority as not_a_crime_authority,
    not_a_crime.confidence as not_a_crime_confidence,
    {{ has_pattern('upper(offenses.code_section)', 'sensitive.pattern') }} as has_sensitive_code,
    offenses.division_code as area_code,
    offenses.division_name as area_name,
    cast(null as string) as status_name,
    cast(null as date) as status_date,
    offenses.month
from {{ ref('stg_san_diego__nibrs_offenses') }} as offenses
cross join sensitive
left join {{ ref('nibrs_offenses') }} as nibrs
    on offenses.offense_code = nibrs.nibrs_code
left join {{ ref('not_a_crime_offenses') }} as not_a_crime
    on
        offenses.offense_code = not_a_crime.offense_code
        and not_a_crime.dataset = 'san_diego_nibrs_offenses'
        -- Nothing is left of the statutes where all of them fit.
        and regexp_replace(offenses.code_section, not_a_crime.code_section_pattern, '') = ''
