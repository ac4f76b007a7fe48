"""Faults in the seeds and dimensions, and in what is told of months by them."""

from __future__ import annotations

OF_A_SERIES = "int_dataset_months_every_month_is_of_a_series"
AUSTIN = "where dataset = 'austin_crime_reports'"

FAULTS = {
    "a call type twice": (
        "insert into facts.dim_san_diego_call_types values ('415', 'AGAIN', false)",
        {"unique_dim_san_diego_call_types_call_type_code"},
    ),
    "a call type without code": (
        "insert into facts.dim_san_diego_call_types values (null, 'NONE', false)",
        {"not_null_dim_san_diego_call_types_call_type_code"},
    ),
    "a disposition twice in a list": (
        "insert into facts.dim_san_diego_dispositions values ('A', true, 'AGAIN')",
        {"unique_together_dim_san_diego_dispositions_disposition_code__is_historical"},
    ),
    "a disposition without code": (
        "insert into facts.dim_san_diego_dispositions values (null, null, 'NONE')",
        {
            "not_null_dim_san_diego_dispositions_disposition_code",
            "not_null_dim_san_diego_dispositions_is_historical",
        },
    ),
    "a beat twice": (
        "insert into facts.dim_san_diego_beats values ('111', 'AGAIN')",
        {"unique_dim_san_diego_beats_beat_code"},
    ),
    "a beat without code": (
        "insert into facts.dim_san_diego_beats values (null, 'NONE')",
        {"not_null_dim_san_diego_beats_beat_code"},
    ),
    "a month of two series": (
        f"insert into facts.dim_series select * replace ('other' as series_id, date '2024-01-01' as first_month) "
        f"from facts.dim_series {AUSTIN} and offense_group = 'murder'",
        {"int_month_status_month_is_of_one_series"},
    ),
    "a span of a series twice": (
        f"insert into facts.dim_series from facts.dim_series {AUSTIN} and offense_group = 'murder'",
        {"int_month_status_month_is_of_one_series", "dim_series_span_starts_once"},
    ),
    "a series without name": (
        f"update facts.dim_series set series_id = null {AUSTIN}",
        {"not_null_dim_series_series_id"},
    ),
    "a month of no series": (f"delete from facts.dim_series {AUSTIN}", {OF_A_SERIES}),
    "a change of system taken for a month like any other": (
        "update facts.series_breaks set is_incomplete = false where city = 'los_angeles'; "
        "update facts.dim_datasets set default_settling_days = -400 where city = 'los_angeles'",
        {
            "int_month_status_the_change_of_system_in_los_angeles_never_counts",
            "mart_monthly_counts_have_no_holes",
        },
    ),
    "a break twice, of no kind, with no known effect on no known figures": (
        "insert into facts.series_breaks select * replace ('war' as kind, 'moods' as applies_to, 'none' as effect) "
        "from facts.series_breaks where break_id = 'pandemic'",
        {
            "unique_series_breaks_break_id",
            "series_breaks_kind_is_known",
            "series_breaks_figures_are_known",
            "series_breaks_effect_is_known",
        },
    ),
    "another day of the change of dispositions": (
        "update facts.series_breaks set valid_from = '2017-10-18' where applies_to = 'dispositions'",
        {"series_breaks_know_when_dispositions_changed"},
    ),
    "a break without name and day": (
        "update facts.series_breaks set break_id = null, valid_from = null where break_id = 'pandemic'",
        {"not_null_series_breaks_break_id", "not_null_series_breaks_valid_from"},
    ),
    "a population twice": (
        "insert into facts.populations from facts.populations where city = 'austin'",
        {"populations_city_has_a_year_once"},
    ),
    "a population that is not known": (
        "update facts.populations set population = null where city = 'austin'",
        {"not_null_populations_population"},
    ),
    "a published total twice": (
        "insert into facts.published_totals from facts.published_totals where city = 'austin'",
        {"published_totals_total_is_listed_once"},
    ),
    "a published total of an unknown offense group": (
        "update facts.published_totals set offense_group = 'larceny' where offense_group = 'theft'",
        {"relationships_published_totals_offense_group__offense_group__ref_offense_groups_"},
    ),
    "an offense code mapped twice": (
        "insert into facts.austin_offense_crosswalk from facts.austin_offense_crosswalk where offense_code = '900'; "
        "insert into facts.los_angeles_offense_crosswalk from facts.los_angeles_offense_crosswalk "
        "where offense_code = '510'",
        {
            "austin_offense_crosswalk_code_is_mapped_once",
            "unique_los_angeles_offense_crosswalk_offense_code",
        },
    ),
    "a crosswalk without code, to no NIBRS code, called exact": (
        "insert into facts.austin_offense_crosswalk (nibrs_code, confidence) values ('XXX', 'exact'); "
        "insert into facts.los_angeles_offense_crosswalk (nibrs_code, confidence) values ('XXX', 'exact')",
        {
            f"{test}_{city}_offense_crosswalk_{rest}"
            for city in ("austin", "los_angeles")
            for test, rest in (
                ("not_null", "offense_code"),
                ("relationships", "nibrs_code__nibrs_code__ref_nibrs_offenses_"),
            )
        }
        | {
            f"{city}_offense_crosswalk_{rest}"
            for city in ("austin", "los_angeles")
            for rest in ("only_the_agency_is_exact", "mappings_say_whose_they_are")
        },
    ),
    "a kind of record that is twice no crime": (
        "insert into facts.not_a_crime_offenses from facts.not_a_crime_offenses where offense_code = '3400'",
        {"not_a_crime_offenses_kind_is_listed_once"},
    ),
    "a sensitive call type twice and one without code": (
        "insert into facts.sensitive_call_types values ('207', 'again'), (null, 'none')",
        {
            "unique_sensitive_call_types_call_type_code",
            "not_null_sensitive_call_types_call_type_code",
        },
    ),
    "a sensitive statute twice and one without section": (
        "insert into facts.sensitive_statutes values ('273.5', 'again'), (null, 'none')",
        {
            "unique_sensitive_statutes_statute",
            "not_null_sensitive_statutes_statute",
        },
    ),
    "a NIBRS code twice and one without code, of no known series": (
        "insert into facts.nibrs_offenses (nibrs_code, index_series) values ('240', 'larceny'), (null, null); "
        "insert into facts.dim_nibrs_offenses (nibrs_code, offense_group) values ('240', 'larceny'), (null, null)",
        {
            "unique_nibrs_offenses_nibrs_code",
            "not_null_nibrs_offenses_nibrs_code",
            "relationships_nibrs_offenses_index_series__offense_group__ref_offense_groups_",
            "unique_dim_nibrs_offenses_nibrs_code",
            "not_null_dim_nibrs_offenses_nibrs_code",
            "not_null_dim_nibrs_offenses_offense_group",
            "relationships_dim_nibrs_offenses_offense_group__offense_group__ref_offense_groups_",
        },
    ),
    "an offense group twice and one without name": (
        "insert into facts.offense_groups (offense_group) values ('call'), (null)",
        {"unique_offense_groups_offense_group", "not_null_offense_groups_offense_group"},
    ),
    "a dataset twice": (
        "insert into facts.dim_datasets from facts.dim_datasets where city = 'austin'",
        {"unique_dim_datasets_dataset", "int_month_status_month_is_of_one_series"},
    ),
    "a dataset without key, of no known city and record type": (
        "insert into facts.dim_datasets (dataset, city, record_type, recorded_date_basis) "
        "values (null, 'el_paso', 'crime', 'heard')",
        {
            "dim_datasets_recorded_date_basis_is_known",
            "not_null_dim_datasets_dataset",
            "accepted_values_dim_datasets_city__austin__los_angeles__san_diego",
            "accepted_values_dim_datasets_record_type__report__offense__call",
        },
    ),
}
