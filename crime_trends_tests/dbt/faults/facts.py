"""Faults in the facts and in the aggregates that are built with them."""

from __future__ import annotations

ONCE = "fct_incidents_incident_is_once_in_a_month"
NOT_MIXED = "fct_incidents_record_types_are_not_mixed"
KNOWN_CITY = "accepted_values_fct_incidents_city__austin__los_angeles__san_diego"
KNOWN_TYPE = "accepted_values_fct_incidents_record_type__report__offense__call"
KNOWN_DATASET = "relationships_fct_incidents_dataset__dataset__ref_dim_datasets_"
CALL_ONCE = "fct_san_diego_calls_call_is_once_in_a_month"
ALL_CALLS = "fct_san_diego_calls_are_the_calls_of_fct_incidents"
ALL_ROWS = "int_month_counts_facts_hold_every_warehouse_row"
NEWEST_ADD_UP = "mart_month_growth_newest_counts_are_the_rows_of_fct_incidents"
SHARES_ADD_UP = "mart_mapped_shares_count_the_rows_of_fct_incidents"
REPORTS_ADD_UP = "mart_reported_counts_are_the_reports_of_the_facts"
AREAS_ADD_UP = "mart_monthly_area_counts_show_the_rows_of_the_facts"
DAYS_ADD_UP = "mart_daily_counts_records_are_the_rows_of_fct_incidents"
MONTHS_ADD_UP = "mart_monthly_counts_records_are_the_rows_of_fct_incidents"
CASES_ADD_UP = {
    "mart_daily_counts_cases_are_the_rows_of_fct_crime_cases",
    "mart_monthly_counts_cases_are_the_rows_of_fct_crime_cases",
    "mart_report_lag_counts_every_case",
    "mart_clearance_counts_every_case",
}
OUTCOMES_ADD_UP = "mart_call_outcomes_count_every_call"
EXACT_ADD_UP = "mart_monthly_counts_exact_counts_are_the_exact_rows_of_the_facts"
LOW_ADD_UP = "mart_monthly_counts_low_counts_are_the_rows_of_the_facts"
HIGH_ADD_UP = "mart_monthly_counts_high_counts_are_the_rows_of_the_facts"
RANGES_ADD_UP = {EXACT_ADD_UP, LOW_ADD_UP, HIGH_ADD_UP}
EVERY_OFFENSE = "fct_crime_cases_hold_every_offense"
CASE_ONCE = "fct_crime_cases_case_is_once_in_a_month"
RECORDED = "int_recorded_days_add_up_to_fct_incidents"
KNOWN_GROUP = "fct_incidents_offense_groups_are_known"
SHARE = "int_mapped_shares_lie_between_0_and_1"
VINTAGE_ONCE = "vintages_offense_is_counted_once_in_a_version"
AUSTIN = "where dataset = 'austin_crime_reports'"

FAULTS = {
    "a look-up key doubles a call": (
        "insert into facts.fct_san_diego_calls from facts.fct_san_diego_calls where call_id = 'E2'",
        {CALL_ONCE, ALL_CALLS, OUTCOMES_ADD_UP},
    ),
    "a look-up drops a call": (
        "delete from facts.fct_san_diego_calls where call_id = 'E3'",
        {ALL_CALLS, OUTCOMES_ADD_UP},
    ),
    "a call without number": (
        "update facts.fct_san_diego_calls set call_id = null where call_id = 'E3'",
        {"not_null_fct_san_diego_calls_call_id"},
    ),
    "a call without day": (
        "update facts.fct_san_diego_calls set occurred_date = null where call_id = 'E3'",
        {"not_null_fct_san_diego_calls_occurred_date"},
    ),
    "a call taken for a report": (
        "update facts.fct_san_diego_calls set record_type = 'report' where call_id = 'E3'",
        {"fct_san_diego_calls_record_types_are_not_mixed"},
    ),
    "a call without month": (
        "update facts.fct_san_diego_calls set month = null where call_id = 'E3'",
        {"not_null_fct_san_diego_calls_month", ALL_CALLS, OUTCOMES_ADD_UP},
    ),
    "a record twice": (
        f"insert into facts.fct_incidents from facts.fct_incidents {AUSTIN}",
        {ONCE, EVERY_OFFENSE, RECORDED, DAYS_ADD_UP, MONTHS_ADD_UP, NEWEST_ADD_UP, SHARES_ADD_UP, *RANGES_ADD_UP},
    ),
    "a record lost": (
        f"delete from facts.fct_incidents {AUSTIN}",
        {EVERY_OFFENSE, RECORDED, DAYS_ADD_UP, MONTHS_ADD_UP, NEWEST_ADD_UP, SHARES_ADD_UP, *RANGES_ADD_UP},
    ),
    "a record without name": (
        f"update facts.fct_incidents set incident_id = null {AUSTIN}",
        {"not_null_fct_incidents_incident_id"},
    ),
    "a record without day": (
        f"update facts.fct_incidents set occurred_date = null {AUSTIN}",
        {"not_null_fct_incidents_occurred_date", DAYS_ADD_UP},
    ),
    "a record without month": (
        f"update facts.fct_incidents set month = null {AUSTIN}",
        {
            "not_null_fct_incidents_month",
            EVERY_OFFENSE,
            RECORDED,
            MONTHS_ADD_UP,
            NEWEST_ADD_UP,
            SHARES_ADD_UP,
            *RANGES_ADD_UP,
        },
    ),
    "a report taken for an offense": (
        f"update facts.fct_incidents set record_type = 'offense' {AUSTIN}",
        {
            NOT_MIXED,
            "mart_monthly_counts_offenses_are_the_rows_of_int_case_offenses",
            *RANGES_ADD_UP,
            "mart_daily_counts_offenses_are_the_rows_of_int_case_offenses",
        },
    ),
    "an unknown record type": (
        f"update facts.fct_incidents set record_type = 'crime' {AUSTIN}",
        {KNOWN_TYPE, NOT_MIXED},
    ),
    "no record type": (
        f"update facts.fct_incidents set record_type = null {AUSTIN}",
        {NOT_MIXED, EVERY_OFFENSE, SHARES_ADD_UP, "fct_incidents_offenses_have_a_case"},
    ),
    "an unknown city": (f"update facts.fct_incidents set city = 'el_paso' {AUSTIN}", {KNOWN_CITY, NOT_MIXED}),
    "an unknown dataset": (
        f"update facts.fct_incidents set dataset = 'el_paso_reports' {AUSTIN}",
        {
            KNOWN_DATASET,
            NOT_MIXED,
            EVERY_OFFENSE,
            RECORDED,
            DAYS_ADD_UP,
            MONTHS_ADD_UP,
            NEWEST_ADD_UP,
            SHARES_ADD_UP,
            *RANGES_ADD_UP,
        },
    ),
    "a vintage twice": (f"insert into facts.vintages from facts.vintages {AUSTIN}", {VINTAGE_ONCE}),
    **{
        f"a vintage without its {column}": (
            f"update facts.vintages set {column} = null {AUSTIN}",
            {f"not_null_vintages_{column}"},
        )
        for column in ("dataset", "month", "as_of", "loaded_at", "month_version")
    },
    "an unknown offense group": (
        f"update facts.fct_incidents set offense_group = 'crime' {AUSTIN}",
        {
            KNOWN_GROUP,
            "fct_incidents_index_series_lies_between_low_and_high",
            RECORDED,
            DAYS_ADD_UP,
            MONTHS_ADD_UP,
            EXACT_ADD_UP,
        },
    ),
    "no offense group": (
        f"update facts.fct_incidents set offense_group = null, offense_scope = null {AUSTIN}",
        {
            KNOWN_GROUP,
            "fct_incidents_what_is_mapped_says_by_whom",
            "fct_incidents_index_series_lies_between_low_and_high",
            RECORDED,
            DAYS_ADD_UP,
            MONTHS_ADD_UP,
            EXACT_ADD_UP,
        },
    ),
    "an offense group in another scope": (
        "update facts.fct_incidents set offense_scope = 'other_group_a' where incident_id = '32_90D_0'",
        {KNOWN_GROUP},
    ),
    "a mapping of nobody": (
        "update facts.fct_incidents set mapping_authority = null where dataset = 'los_angeles_crime_reports'",
        {"fct_incidents_what_is_mapped_says_by_whom"},
    ),
    "a judgement called exact": (
        f"update facts.fct_incidents set mapping_authority = 'crime_open_database' {AUSTIN}",
        {"fct_incidents_only_the_agency_is_exact"},
    ),
    "an index offense outside of its range": (
        f"update facts.fct_incidents set index_group_low = null, index_group_high = 'theft' {AUSTIN}",
        {"fct_incidents_index_series_lies_between_low_and_high", LOW_ADD_UP, HIGH_ADD_UP},
    ),
    "a record with an unknown NIBRS code": (
        f"update facts.fct_incidents set nibrs_code = 'XXX' {AUSTIN}",
        {"relationships_fct_incidents_nibrs_code__nibrs_code__ref_dim_nibrs_offenses_"},
    ),
    "a record of an unknown series at the least": (
        f"update facts.fct_incidents set index_group_low = 'larceny' {AUSTIN}",
        {"relationships_fct_incidents_index_group_low__index_series__ref_nibrs_offenses_", LOW_ADD_UP},
    ),
    "a record of an unknown series at the most": (
        f"update facts.fct_incidents set index_group_high = 'larceny' {AUSTIN}",
        {"relationships_fct_incidents_index_group_high__index_series__ref_nibrs_offenses_", HIGH_ADD_UP},
    ),
    "a report without a case": (
        f"update facts.fct_incidents set case_id = null {AUSTIN}",
        {"fct_incidents_offenses_have_a_case"},
    ),
    "a call with a case": (
        "update facts.fct_incidents set case_id = 'E2' where incident_id = 'E2'",
        {"fct_incidents_offenses_have_a_case"},
    ),
    "a beat of a sensitive call": (
        "update facts.fct_incidents set is_sensitive = true where incident_id = 'E2'",
        {"fct_incidents_sensitive_calls_have_no_beat"},
    ),
    "a time that is known in another way": (
        f"update facts.fct_incidents set time_precision = 'hour' {AUSTIN}",
        {"fct_incidents_time_precision_is_known"},
    ),
    "a case twice": (
        f"insert into facts.fct_crime_cases from facts.fct_crime_cases {AUSTIN}",
        {
            CASE_ONCE,
            "fct_crime_cases_case_is_in_one_month",
            EVERY_OFFENSE,
            REPORTS_ADD_UP,
            *CASES_ADD_UP,
            *RANGES_ADD_UP,
        },
    ),
    "a case in two months": (
        "update facts.fct_crime_cases set case_id = '30' where case_id = '25'",
        {"fct_crime_cases_case_is_in_one_month"},
    ),
    "a case lost": (
        f"delete from facts.fct_crime_cases {AUSTIN}",
        {EVERY_OFFENSE, REPORTS_ADD_UP, *RANGES_ADD_UP, *CASES_ADD_UP},
    ),
    "a case without name": (
        f"update facts.fct_crime_cases set case_id = null {AUSTIN}",
        {"not_null_fct_crime_cases_case_id"},
    ),
    "a case without day": (
        f"update facts.fct_crime_cases set occurred_date = null {AUSTIN}",
        {"not_null_fct_crime_cases_occurred_date", "mart_daily_counts_cases_are_the_rows_of_fct_crime_cases"},
    ),
    "a case without month": (
        f"update facts.fct_crime_cases set month = null {AUSTIN}",
        {
            "not_null_fct_crime_cases_month",
            EVERY_OFFENSE,
            AREAS_ADD_UP,
            *RANGES_ADD_UP,
            *CASES_ADD_UP - {"mart_daily_counts_cases_are_the_rows_of_fct_crime_cases"},
        },
    ),
    "a case whose records are not counted": (
        f"update facts.fct_crime_cases set record_count = 2 {AUSTIN}",
        {EVERY_OFFENSE},
    ),
    "a case with an unknown NIBRS code": (
        f"update facts.fct_crime_cases set nibrs_code = 'XXX' {AUSTIN}",
        {"relationships_fct_crime_cases_nibrs_code__nibrs_code__ref_dim_nibrs_offenses_"},
    ),
    "a case of an unknown series at the least": (
        f"update facts.fct_crime_cases set index_group_low = 'larceny' {AUSTIN}",
        {"relationships_fct_crime_cases_index_group_low__index_series__ref_nibrs_offenses_", LOW_ADD_UP},
    ),
    "a case of an unknown series at the most": (
        f"update facts.fct_crime_cases set index_group_high = 'larceny' {AUSTIN}",
        {"relationships_fct_crime_cases_index_group_high__index_series__ref_nibrs_offenses_", HIGH_ADD_UP},
    ),
    "a case with a time that is known in another way": (
        f"update facts.fct_crime_cases set time_precision = 'hour' {AUSTIN}",
        {"fct_crime_cases_time_precision_is_known"},
    ),
    "a case of another record type": (
        f"update facts.fct_crime_cases set record_type = 'call' {AUSTIN}",
        {"fct_crime_cases_record_types_are_not_mixed"},
    ),
    "a case of an unknown offense group": (
        f"update facts.fct_crime_cases set offense_group = 'crime' {AUSTIN}",
        {"fct_crime_cases_offense_groups_are_known", REPORTS_ADD_UP, AREAS_ADD_UP, *CASES_ADD_UP, EXACT_ADD_UP},
    ),
    "a report that counts its offenses": (
        f"update facts.fct_crime_cases set offense_count = 1 {AUSTIN}",
        {"fct_crime_cases_offenses_are_counted_in_nibrs_only"},
    ),
    "a NIBRS case without offenses": (
        "update facts.fct_crime_cases set offense_count = 0 where case_id = '25'",
        {"fct_crime_cases_offenses_are_counted_in_nibrs_only"},
    ),
    "a recorded day twice": (
        f"insert into intermediate.int_recorded_days from intermediate.int_recorded_days {AUSTIN}",
        {"int_recorded_days_day_is_counted_once", RECORDED, ALL_ROWS},
    ),
    "a day that takes records away": (
        f"update intermediate.int_recorded_days set record_count = -1, offense_group = 'unmapped' {AUSTIN}",
        {RECORDED, ALL_ROWS, "int_mapped_shares_are_high"},
    ),
    "more records mapped than there are": (
        "insert into intermediate.int_recorded_days "
        "select dataset, 'unmapped', null, -record_count / 2, month from intermediate.int_recorded_days "
        "where dataset = 'los_angeles_nibrs_offenses' and offense_group = 'robbery'",
        {RECORDED, ALL_ROWS, SHARE},
    ),
    "a row of the warehouse lost after it was loaded": (
        "delete from warehouse.austin_crime_reports",
        {"int_month_counts_warehouse_rows_are_in_the_tables"},
    ),
}
