{#-
    The columns that facts (with vintages) and marts may hold, by the prefix of their tables and by type: what is not on
    the list is nobody's business or could point at a person. Facts hold no victim, address, coordinates or flag that
    could mark a person; marts hold no name of a record either. A contract says what a model has; this says what none may
    have.
    Returns 'column TYPE' for each column and each name that a database has for its type.
-#}
{% macro allowed_columns(prefix) %}
{% set names = {
    'string': ['VARCHAR', 'STRING'],
    'int64': ['BIGINT', 'INT64'],
    'float': ['DOUBLE', 'FLOAT64'],
    'bool': ['BOOLEAN', 'BOOL'],
    'date': ['DATE'],
    'datetime': ['TIMESTAMP', 'DATETIME'],
} %}
{% set columns = {
    'fct_': {
        'string': [
            'area_code', 'area_name', 'beat_code', 'call_id', 'call_type_code', 'call_type_name', 'case_id',
            'city', 'dataset', 'disposition_code', 'disposition_name', 'incident_id', 'index_group_high',
            'index_group_low', 'mapping_authority', 'mapping_confidence', 'month_version', 'neighborhood_name',
            'nibrs_code', 'offense_code', 'offense_group', 'offense_name', 'offense_scope', 'priority_code',
            'priority_name', 'record_type', 'status_name', 'time_precision',
        ],
        'int64': [
            'day_of_week', 'offense_count', 'record_count',
        ],
        'bool': [
            'is_beat_listed', 'is_call_type_listed', 'is_disposition_listed', 'is_first_of_month_booking',
            'is_sensitive',
        ],
        'date': [
            'month', 'occurred_date', 'recorded_date', 'report_date', 'status_date',
        ],
        'datetime': [
            'as_of', 'loaded_at', 'occurred_at',
        ],
    },
    'mart_': {
        'string': [
            'area_code', 'area_name', 'break_notes', 'cell_id', 'change_reason', 'city', 'comparison_reason',
            'complete_reason', 'dataset', 'date_basis', 'disposition_code', 'location_basis', 'measure',
            'offense_group', 'offense_scope',
            'outcome_list', 'outcome_name', 'period_length', 'published_date_basis', 'published_source',
            'reason', 'record_type', 'series_id', 'settled_reason', 'status_name',
        ],
        'int64': [
            'age_days', 'arrest_count', 'calendar_month', 'calendar_year', 'cell_meters', 'change_count', 'clean_rows',
            'difference_count', 'duplicate_rows', 'exact_count', 'exceptional_count', 'fact_rows',
            'first_year', 'growth_count', 'high_count', 'horizon_days', 'hour_of_day', 'last_year',
            'low_count', 'mapped_count', 'measure_count', 'median_lag_days', 'months_used', 'months_wanted',
            'newest_count', 'ninth_decile_lag_days', 'not_stated_count', 'population', 'population_vintage',
            'population_year', 'portal_rows', 'previous_count', 'published_count', 'raw_rows', 'record_count',
            'rejected_rows', 'same_age_count', 'undated_count', 'warehouse_rows', 'weekday_number',
            'years_used',
        ],
        'float': [
            'arrest_share', 'cell_latitude', 'cell_longitude', 'change_percent', 'cleared_share',
            'difference_percent', 'exceptional_share',
            'excluded_share', 'greatest_factor', 'growth_percent', 'least_factor', 'mapped_share',
            'month_factor', 'not_stated_share', 'outcome_share', 'rate_per_100k', 'same_age_change_percent',
            'within_30_days_share', 'within_7_days_share', 'within_90_days_share',
        ],
        'bool': [
            'has_current_facts', 'is_close', 'is_comparable', 'is_complete', 'is_full_year', 'is_heaped',
            'is_newest_year', 'is_population_carried_forward', 'is_reconciled', 'is_settled',
            'is_suppressed',
        ],
        'date': [
            'aged_on_date', 'as_of_date', 'data_through_date', 'first_month', 'last_month', 'month',
            'occurred_date', 'population_base', 'published_as_of', 'settled_on_date',
        ],
        'datetime': [
            'as_of', 'newest_as_of',
        ],
    },
} %}
{% set allowed = [] %}
{% for type, of_type in columns[prefix].items() %}
{% for column in of_type %}
{% for name in names[type] %}{% do allowed.append(column ~ ' ' ~ name) %}{% endfor %}
{% endfor %}
{% endfor %}
{{ return(allowed) }}
{% endmacro %}

{#- Where the database lists the columns of the tables that lie beside a model's. -#}
{% macro columns_of_schema(relation) -%}
    {%- if target.type == 'bigquery' -%} {{ relation.include(identifier=false) }}.INFORMATION_SCHEMA.COLUMNS
    {%- else -%} information_schema.columns
    {%- endif -%}
{%- endmacro %}
