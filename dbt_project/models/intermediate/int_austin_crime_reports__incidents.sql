with reports as (
    select
        incident_id,
        occurred_at,
        occurred_date,
        occurred_time,
        report_date,
        offense_code,
        offense_name,
        upper(offense_name) as upper_name,
        ucr_category_code,
        is_family_violence,
        sector_code,
        clearance_status_name,
        clearance_date,
        month
    from {{ ref('stg_austin__crime_reports') }}
),

-- The portal's own category goes first; it is filled for index offenses alone.
mapped as (
    select
        reports.*,
        category.nibrs_code is not null as has_category,
        coalesce(category.nibrs_code, by_name.nibrs_code, by_code.nibrs_code) as nibrs_code,
        case
            when category.nibrs_code is not null then 'portal'
            else coalesce(by_name.authority, by_code.authority)
        end as mapping_authority,
        case
            when category.nibrs_code is not null then 'exact'
            else coalesce(by_name.confidence, by_code.confidence)
        end as mapping_confidence,
        case
            when category.nibrs_code is null then coalesce(by_name.index_group_low, by_code.index_group_low)
        end as index_group_low,
        case
            when category.nibrs_code is null then coalesce(by_name.index_group_high, by_code.index_group_high)
        end as index_group_high,
        coalesce(by_code.is_sensitive, false) as has_sensitive_code
    from reports
    left join {{ ref('nibrs_offenses') }} as category
        on reports.ucr_category_code = category.nibrs_code
    left join {{ ref('austin_offense_crosswalk') }} as by_name
        on
            reports.offense_code = by_name.offense_code
            and reports.upper_name like by_name.name_pattern
    left join {{ ref('austin_offense_crosswalk') }} as by_code
        on
            reports.offense_code = by_code.offense_code
            and by_code.name_pattern is null
)

select
    mapped.incident_id,
    'austin_crime_reports' as dataset,
    mapped.incident_id as case_id,
    mapped.occurred_at,
    mapped.occurred_date,
    {{ time_precision('mapped.occurred_at', 'mapped.occurred_time', ['0000', '2400']) }} as time_precision,
    false as is_first_of_month_booking,
    mapped.report_date,
    mapped.report_date as recorded_date,
    mapped.offense_code,
    mapped.offense_name,
    mapped.nibrs_code,
    mapped.mapping_authority,
    mapped.mapping_confidence,
    mapped.index_group_low,
    mapped.index_group_high,
    not_a_crime.authority as not_a_crime_authority,
    not_a_crime.confidence as not_a_crime_confidence,
    -- The portal flags violence in a family or between partners, and writes it into the name of some offenses too.
    (
        mapped.has_sensitive_code
        or coalesce(mapped.is_family_violence, false)
        or coalesce(mapped.upper_name like '%FAM/DAT%', false)
    ) as has_sensitive_code,
    mapped.sector_code as area_code,
    cast(null as string) as area_name,
    mapped.clearance_status_name as status_name,
    mapped.clearance_date as status_date,
    mapped.month
from mapped
left join {{ ref('not_a_crime_offenses') }} as not_a_crime
    on
        mapped.offense_code = not_a_crime.offense_code
        and not_a_crime.dataset = 'austin_crime_reports'
        and not mapped.has_category
