{{ config(schema='intermediate') }}

select
    offense_group as figure_group,
    offense_group,
    offense_scope as figure_scope
from {{ ref('offense_groups') }}
union all
select
    'all' as figure_group,
    offense_group,
    'all' as figure_scope
from {{ ref('offense_groups') }}
where offense_scope not in ('not_a_crime', 'call')
