with horizons as (
    {%- for days in [90, 180, 365] %}
    select {{ days }} as horizon_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

cohorts as (
    select
        months.city,
        months.dataset,
        months.series_id,
        months.record_type,
        months.measure,
        months.date_basis,
        months.offense_scope,
        months.offense_group,
        months.month,
        months.measure_count,
        horizons.horizon_days,
        months.is_comparable,
        months.is_complete,
        months.is_settled,
        {{ days_after('horizons.horizon_days', 'months.settled_on_date') }} as judged_on_date,
        months.data_through_date
    from {{ ref('int_series_months') }} as months
    cross join horizons
    where
        months.dataset = 'austin_crime_reports'
        and months.measure = 'cases'
        and months.offense_scope = 'index'
),

statuses as (
    select
        cohorts.offense_group,
        cohorts.month,
        cohorts.horizon_days,
        {%- for column, status in {
            'arrest': "statuses.status_name = 'Arrested'",
            'exceptional': "statuses.status_name = 'Exception'",
        }.items() %}
        sum(
            case when {{ status }} and statuses.status_days <= cohorts.horizon_days then 1 else 0 end
            * statuses.measure_count
        ) as {{ column }}_count,
        sum(case when {{ status }} and statuses.status_days is null then 1 else 0 end * statuses.measure_count)
            as {{ column }}_undated_count,
        {%- endfor %}
        sum(case when statuses.status_name is null then 1 else 0 end * statuses.measure_count) as not_stated_count
    from cohorts
    inner join {{ ref('int_case_statuses') }} as statuses
        on
            cohorts.dataset = statuses.dataset
            and cohorts.measure = statuses.measure
            and cohorts.offense_group = statuses.offense_group
            and cohorts.month = statuses.month
    group by cohorts.offense_group, cohorts.month, cohorts.horizon_days
),

judged as (
    select
        cohorts.*,
        coalesce(statuses.arrest_count, 0) as arrest_count,
        coalesce(statuses.exceptional_count, 0) as exceptional_count,
        coalesce(statuses.arrest_undated_count, 0) + coalesce(statuses.exceptional_undated_count, 0) as undated_count,
        coalesce(statuses.not_stated_count, 0) as not_stated_count,
        case
            when not cohorts.is_complete then 'a month is incomplete'
            when not cohorts.is_settled then 'a month is not settled'
            when cohorts.data_through_date < cohorts.judged_on_date then 'the cohort is not that old'
        end as reason
    from cohorts
    left join statuses
        on
            cohorts.offense_group = statuses.offense_group
            and cohorts.month = statuses.month
            and cohorts.horizon_days = statuses.horizon_days
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
    month,
    cast(horizon_days as int64) as horizon_days,
    measure_count,
    {%- for column in ['arrest', 'exceptional', 'undated', 'not_stated'] %}
    case when reason is null then cast({{ column }}_count as int64) end as {{ column }}_count,
    {%- endfor %}
    {%- for column in ['arrest', 'exceptional', 'not_stated'] %}
    case when reason is null then round({{ column }}_count / nullif(measure_count, 0), 4) end as {{ column }}_share,
    {%- endfor %}
    case when reason is null then round((arrest_count + exceptional_count) / nullif(measure_count, 0), 4) end
        as cleared_share,
    reason
from judged
