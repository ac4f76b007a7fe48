with areas as (
    select
        dataset,
        area_code,
        max_by(area_name, month) as area_name
    from {{ ref('int_area_counts') }}
    group by dataset, area_code
),

-- Of these all is sensitive, so that an area's count of 0 would be wrong.
city_only_groups as (
    select offense_group
    from {{ ref('dim_nibrs_offenses') }}
    group by offense_group
    having min(case when is_sensitive then 1 else 0 end) = 1
),

-- Every area in every month, so that a withheld cell does not stand out as the only one.
cells as (
    select
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        areas.area_code,
        areas.area_name,
        months.month,
        coalesce(counts.measure_count, 0) as measure_count,
        months.is_comparable
    from {{ ref('mart_monthly_counts') }} as months
    inner join areas
        on months.dataset = areas.dataset
    left join {{ ref('int_area_counts') }} as counts
        on
            months.dataset = counts.dataset
            and months.measure = counts.measure
            and months.offense_group = counts.offense_group
            and months.month = counts.month
            and areas.area_code = counts.area_code
    where
        months.measure in ('cases', 'calls')
        and months.offense_group not in (select city_only_groups.offense_group from city_only_groups)
),

judged_cells as (
    select
        *,
        {{ is_withheld('measure_count', 'dataset, measure, offense_group, month') }} as is_suppressed
    from cells
)

select
    city,
    dataset,
    series_id,
    record_type,
    measure,
    date_basis,
    offense_scope,
    offense_group,
    area_code,
    area_name,
    month,
    case when not is_suppressed then measure_count end as measure_count,
    is_suppressed,
    is_comparable
from judged_cells
