{#-
    Whether a cell's count is withheld, so that nobody can be recognized by it.

    Among the cells of one set, whose sum is published elsewhere, those of 1 to 4 are withheld; and the smallest others
    too, where the sum would give them away: there is only one of them, or all must be 1, or all 4. The smallest others
    are empty ones only if there is nothing else. Of equal ones all are withheld: a choice among them by anything that a
    reader knows, such as the area's code, would tell which of the withheld is the small one. The macro reads nothing but
    its arguments, so that the rule stands in one place.

    set: the columns that a set of cells has in common.
-#}
{% macro is_withheld(count, set) -%}
    {%- set is_small = count ~ ' between 1 and 4' -%}
    {%- set small_cells = 'sum(case when ' ~ is_small ~ ' then 1 else 0 end) over (partition by ' ~ set ~ ')' -%}
    {%- set small_count = 'case when ' ~ is_small ~ ' then ' ~ count ~ ' else 0 end' -%}
    {%- set small_sum = 'sum(' ~ small_count ~ ') over (partition by ' ~ set ~ ')' -%}
    (
        {{ is_small }}
        or (
            ({{ small_cells }} = 1 or {{ small_sum }} in ({{ small_cells }}, 4 * {{ small_cells }}))
            and {{ small_cells }} > 0
            and rank() over (
                partition by {{ set }}, {{ is_small }}
                order by case when {{ count }} = 0 then 1 else 0 end, {{ count }}
            ) = 1
        )
    )
{%- endmacro %}
