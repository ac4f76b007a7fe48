with months as (
    select
        months.dataset,
        months.month,
        series.offense_group,
        series.series_id,
        months.is_complete,
        months.complete_reason,
        data_through.newest_recorded_date,
        data_through.data_through_date,
        settling.settling_days,
        settling.settling_basis,
        {{ days_after('(settling.settling_days - 1)', months_after(1, 'months.month')) }} as settled_on_date
    from {{ ref('int_dataset_months') }} as months
    inner join {{ ref('dim_series') }} as series
        on
            months.dataset = series.dataset
            and months.month >= series.first_month
            and months.month <= coalesce(series.last_month, months.month)
    inner join {{ ref('int_settling_days') }} as settling
        on
            series.dataset = settling.dataset
            and series.offense_group = settling.offense_group
    left join {{ ref('int_data_through') }} as data_through
        on
            months.dataset = data_through.dataset
            and months.month = data_through.month
)

select
    dataset,
    month,
    offense_group,
    series_id,
    coalesce(data_through_date >= settled_on_date, false) as is_settled,
    case
        when data_through_date is null then 'no record says when it was reported'
        else
            case when data_through_date < newest_recorded_date then 'last fetched on ' else 'records through ' end
            || cast(data_through_date as string)
            || case when data_through_date >= settled_on_date then ', settled on ' else ', settled not before ' end
            || cast(settled_on_date as string)
    end as settled_reason,
    is_complete,
    complete_reason,
    coalesce(is_complete and data_through_date >= settled_on_date, false) as is_comparable,
    data_through_date,
    settled_on_date,
    settling_days,
    settling_basis
from months
