{%- set middle_year = 'extract(year from ' ~ months_after(-5, 'rolling.month') ~ ')' %}

with figures as (
    select
        rolling.*,
        {{ middle_year }} as middle_year
    from {{ ref('mart_rolling_12') }} as rolling
),

city_years as (
    select distinct
        city,
        middle_year
    from figures
),

-- Where no estimate of a year is published yet, the last one before it stands in.
populations as (
    select
        city_years.city,
        city_years.middle_year,
        populations.year as population_year,
        populations.population,
        populations.vintage as population_vintage
    from city_years
    inner join {{ ref('populations') }} as populations
        on
            city_years.city = populations.city
            and city_years.middle_year >= populations.year
    qualify
        row_number() over (
            partition by city_years.city, city_years.middle_year
            order by populations.year desc
        ) = 1
),

bases as (
    select
        populations.city,
        populations.middle_year,
        max(breaks.valid_from) as population_base
    from populations
    inner join {{ ref('series_breaks') }} as breaks
        on
            breaks.applies_to = 'rates'
            and coalesce(breaks.city, populations.city) = populations.city
            and extract(year from breaks.valid_from) <= populations.population_year
    group by populations.city, populations.middle_year
),

rates as (
    select
        figures.city,
        figures.dataset,
        figures.series_id,
        figures.record_type,
        figures.measure,
        figures.date_basis,
        figures.offense_scope,
        figures.offense_group,
        figures.first_month,
        figures.month,
        extract(month from figures.month) = 12 as is_full_year,
        figures.measure_count,
        populations.population,
        populations.population_year,
        populations.population_vintage,
        populations.population_year < figures.middle_year as is_population_carried_forward,
        bases.population_base,
        -- Populations that no census of the list divides from the first ones are of a base of their own.
        coalesce(cast(bases.population_base as string), 'first') as base_name,
        100000 * figures.measure_count / populations.population as rate_per_100k,
        case
            when figures.reason is not null then figures.reason
            when populations.population is null then 'no population is known'
        end as reason
    from figures
    left join populations
        on
            figures.city = populations.city
            and figures.middle_year = populations.middle_year
    left join bases
        on
            figures.city = bases.city
            and figures.middle_year = bases.middle_year
),

pairs as (
    select
        rates.*,
        earlier.measure_count as earlier_count,
        earlier.rate_per_100k as earlier_rate,
        case
            when rates.reason is not null then rates.reason
            when earlier.month is null then 'months are missing'
            when rates.series_id <> earlier.series_id then 'the series breaks'
            when earlier.reason is not null then earlier.reason
            when rates.base_name <> earlier.base_name then 'the population series breaks'
        end as change_reason
    from rates
    left join rates as earlier
        on
            rates.dataset = earlier.dataset
            and rates.measure = earlier.measure
            and rates.offense_group = earlier.offense_group
            and {{ months_after(-12, 'rates.month') }} = earlier.month
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
    first_month,
    month,
    is_full_year,
    measure_count,
    population,
    population_year,
    population_vintage,
    is_population_carried_forward,
    population_base,
    round(rate_per_100k, 3) as rate_per_100k,
    reason,
    case
        when change_reason is null and earlier_count >= 50
            then round(100 * (rate_per_100k - earlier_rate) / earlier_rate, 1)
    end as change_percent,
    change_reason
from pairs
