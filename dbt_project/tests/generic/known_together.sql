{#- Every combination of these columns is one of a row of the other model. -#}
{% test known_together(model, columns, to) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    except distinct
    select {{ columns | join(', ') }}
    from {{ to }}
{% endtest %}
