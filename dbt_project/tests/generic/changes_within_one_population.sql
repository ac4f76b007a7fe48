{#- No break of the populations lies between the two years whose rates a row compares. -#}
{% test changes_within_one_population(model) %}
    select rates.*
    from {{ model }} as rates
    inner join {{ ref('series_breaks') }} as breaks
        on
            breaks.applies_to = 'rates'
            and coalesce(breaks.city, rates.city) = rates.city
            and extract(year from breaks.valid_from) <= rates.population_year
            and extract(year from breaks.valid_from) > extract(year from {{ months_after(-17, 'rates.month') }})
    where rates.change_percent is not null
{% endtest %}
