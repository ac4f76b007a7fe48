{{ config(**by_month(cluster_by=['city', 'dataset', 'occurred_date'])) }}

{%- set months = months_to_build() %}

with incidents as (
    {%- for dataset in [
        'austin_crime_reports',
        'los_angeles_crime_reports',
        'los_angeles_nibrs_offenses',
        'san_diego_calls_for_service',
        'san_diego_nibrs_offenses',
    ] %}
    select
        incident_id,
        dataset,
        case_id,
        occurred_at,
        occurred_date,
        time_precision,
        is_first_of_month_booking,
        report_date,
        recorded_date,
        offense_code,
        offense_name,
        nibrs_code,
        mapping_authority,
        mapping_confidence,
        index_group_low,
        index_group_high,
        not_a_crime_authority,
        not_a_crime_confidence,
        has_sensitive_code,
        area_code,
        area_name,
        status_name,
        status_date,
        month
    from {{ ref('int_' ~ dataset ~ '__incidents') }}
    where {{ is_asked_month(months, dataset) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

grouped as (
    select
        incidents.*,
        datasets.city,
        datasets.record_type,
        nibrs.index_series,
        coalesce(nibrs.is_sensitive, false) as has_sensitive_nibrs_code,
        case
            when datasets.record_type = 'call' then 'call'
            when incidents.not_a_crime_authority is not null then 'not_a_crime'
            else coalesce(nibrs.offense_group, 'unmapped')
        end as offense_group
    from incidents
    left join {{ ref('dim_datasets') }} as datasets
        on incidents.dataset = datasets.dataset
    left join {{ ref('dim_nibrs_offenses') }} as nibrs
        on incidents.nibrs_code = nibrs.nibrs_code
)

select
    grouped.incident_id,
    grouped.case_id,
    grouped.city,
    grouped.dataset,
    grouped.record_type,
    grouped.occurred_at,
    grouped.occurred_date,
    grouped.time_precision,
    grouped.is_first_of_month_booking,
    grouped.report_date,
    grouped.recorded_date,
    grouped.offense_code,
    grouped.offense_name,
    grouped.nibrs_code,
    grouped.offense_group,
    offense_groups.offense_scope,
    case
        when grouped.offense_group <> 'unmapped'
            then coalesce(grouped.not_a_crime_authority, grouped.mapping_authority)
    end as mapping_authority,
    case
        when grouped.offense_group <> 'unmapped'
            then coalesce(grouped.not_a_crime_confidence, grouped.mapping_confidence)
    end as mapping_confidence,
    {{ index_group('grouped.index_group_low') }} as index_group_low,
    {{ index_group('grouped.index_group_high') }} as index_group_high,
    (grouped.has_sensitive_code or grouped.has_sensitive_nibrs_code) as is_sensitive,
    grouped.area_code,
    grouped.area_name,
    grouped.status_name,
    grouped.status_date,
    grouped.month
from grouped
left join {{ ref('offense_groups') }} as offense_groups
    on grouped.offense_group = offense_groups.offense_group
