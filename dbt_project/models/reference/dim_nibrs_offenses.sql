with offenses as (
    select
        offenses.nibrs_code,
        offenses.nibrs_name,
        offenses.nibrs_group,
        offenses.crime_against,
        offenses.category,
        offenses.is_ucr_part_1,
        offenses.index_series,
        offenses.is_sensitive,
        case
            when exceptions.offense_code is not null then 'not_a_crime'
            when offenses.index_series is not null then offenses.index_series
            when offenses.nibrs_group = 'A' then 'other_group_a'
            when offenses.nibrs_group = 'B' then 'group_b'
        end as offense_group
    from {{ ref('nibrs_offenses') }} as offenses
    left join {{ ref('not_a_crime_offenses') }} as exceptions
        on
            offenses.nibrs_code = exceptions.offense_code
            and exceptions.dataset is null
)

select
    nibrs_code,
    nibrs_name,
    nibrs_group,
    crime_against,
    category,
    is_ucr_part_1,
    index_series,
    offense_group,
    is_sensitive
from offenses
