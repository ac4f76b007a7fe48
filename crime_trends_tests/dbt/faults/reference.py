"""Faults in the seeds and dimensions, and in what is told of months by them."""

from __future__ import annotations

OF_A_SERIES = "int_dataset_months_every_month_is_of_a_series"
JUDGED = {
    "mart_monthly_counts_are_judged_as_int_month_status_says",
    "mart_monthly_area_counts_are_judged_as_int_month_status_says",
}
AUSTIN = "where dataset = 'austin_crime_reports'"
PANDEMIC = "where break_id = 'pandemic'"
COORDINATES = "where break_id = 'austin_coordinates_withdrawn'"

LOOK_UPS = {
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
        "insert into facts.dim_san_diego_dispositions values (null, true, 'NONE')",
        {"not_null_dim_san_diego_dispositions_disposition_code"},
    ),
    "a disposition of no list": (
        "insert into facts.dim_san_diego_dispositions values ('Q', null, 'NONE')",
        {"not_null_dim_san_diego_dispositions_is_historical"},
    ),
    "a beat twice": (
        "insert into facts.dim_san_diego_beats values ('111', 'AGAIN')",
        {"unique_dim_san_diego_beats_beat_code"},
    ),
    "a beat without code": (
        "insert into facts.dim_san_diego_beats values (null, 'NONE')",
        {"not_null_dim_san_diego_beats_beat_code"},
    ),
}

DATASETS = {
    "a dataset twice": (
        "insert into facts.dim_datasets from facts.dim_datasets where city = 'austin'",
        {"unique_dim_datasets_dataset", "int_month_status_month_is_of_one_series"},
    ),
    **{
        what: (
            "insert into facts.dim_datasets (dataset, city, record_type, recorded_date_basis) "
            f"values ({dataset}, '{city}', '{record_type}', '{basis}')",
            {test},
        )
        for what, dataset, city, record_type, basis, test in (
            ("a dataset without key", "null", "austin", "report", "reported", "not_null_dim_datasets_dataset"),
            (
                "a dataset of an unknown city",
                "'el_paso_reports'",
                "el_paso",
                "report",
                "reported",
                "accepted_values_dim_datasets_city__austin__los_angeles__san_diego",
            ),
            (
                "a dataset of an unknown record type",
                "'austin_crimes'",
                "austin",
                "crime",
                "reported",
                "accepted_values_dim_datasets_record_type__report__offense__call",
            ),
            (
                "a dataset whose records become known in an unknown way",
                "'austin_crimes'",
                "austin",
                "report",
                "heard",
                "dim_datasets_recorded_date_basis_is_known",
            ),
        )
    },
}

SERIES = {
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
        f"update facts.dim_series set series_id = null {AUSTIN} and offense_group = 'all'",
        {"not_null_dim_series_series_id"},
    ),
    "a month of no series": (f"delete from facts.dim_series {AUSTIN}", {OF_A_SERIES, *JUDGED}),
    "a change of system taken for a month like any other": (
        "update facts.series_breaks set is_incomplete = false where city = 'los_angeles'; "
        "update facts.dim_datasets set default_settling_days = -400 where city = 'los_angeles'",
        {
            "int_month_status_the_change_of_system_in_los_angeles_never_counts",
            "mart_monthly_counts_have_no_holes",
            "mart_los_angeles_status_is_judged_as_int_month_status_says",
            *JUDGED,
        },
    ),
}

BREAKS = {
    "a break twice": (
        f"insert into facts.series_breaks from facts.series_breaks {PANDEMIC}",
        {"unique_series_breaks_break_id"},
    ),
    "a break without name": (
        f"update facts.series_breaks set break_id = null {PANDEMIC}",
        {"not_null_series_breaks_break_id"},
    ),
    "a break without day": (
        f"update facts.series_breaks set valid_from = null {COORDINATES}",
        {"not_null_series_breaks_valid_from"},
    ),
    "a break that ends before it begins": (
        f"update facts.series_breaks set valid_to = date '2020-02-29' {PANDEMIC}",
        {"series_breaks_end_after_they_begin"},
    ),
    "a break of no known kind": (
        f"update facts.series_breaks set kind = 'war' {PANDEMIC}",
        {"series_breaks_kind_is_known"},
    ),
    "a break of no known figures": (
        f"update facts.series_breaks set applies_to = 'moods' {PANDEMIC}",
        {"series_breaks_figures_are_known"},
    ),
    "a break with no known effect": (
        f"update facts.series_breaks set effect = 'none' {PANDEMIC}",
        {"series_breaks_effect_is_known"},
    ),
    "a break by nobody's word": (
        f"update facts.series_breaks set source = null {PANDEMIC}",
        {"series_breaks_say_what_happened_and_by_whose_word"},
    ),
    "a break of an unknown city": (
        f"update facts.series_breaks set city = 'el_paso' {PANDEMIC}",
        {"relationships_series_breaks_city__city__ref_dim_datasets_"},
    ),
    "a break of an unknown dataset": (
        f"update facts.series_breaks set dataset = 'austin_crimes' {COORDINATES}",
        {"relationships_series_breaks_dataset__dataset__ref_dim_datasets_"},
    ),
    "a break of another city's dataset": (
        f"update facts.series_breaks set city = 'san_diego' {COORDINATES}",
        {"series_breaks_of_a_dataset_are_of_its_city"},
    ),
    "a break of an unknown offense group": (
        f"update facts.series_breaks set offense_groups = 'theft|larceny' {COORDINATES}",
        {"series_breaks_offense_groups_are_known"},
    ),
    "a break of the counts of no dataset": (
        f"update facts.series_breaks set effect = 'nulls' {PANDEMIC}",
        {"series_breaks_that_cut_counts_name_their_dataset"},
    ),
    "a break of the counts of an area": (
        "update facts.series_breaks set effect = 'nulls' where break_id = 'los_angeles_legacy_central_bureau'",
        {"series_breaks_that_cut_counts_are_of_a_whole_city"},
    ),
    "a break of the rates of a dataset": (
        "update facts.series_breaks set city = 'austin', dataset = 'austin_crime_reports' "
        "where break_id = 'populations_base_2010'",
        {"series_breaks_that_cut_rates_are_of_whole_cities"},
    ),
    "a hole without an end": (
        "update facts.series_breaks set is_incomplete = true, offense_groups = null "
        "where break_id = 'san_diego_calls_left_out'",
        {"series_breaks_without_records_are_of_a_dataset_and_have_an_end"},
    ),
    "another day of the change of dispositions": (
        "update facts.series_breaks set valid_from = '2017-10-18' where applies_to = 'dispositions'",
        {"series_breaks_know_when_dispositions_changed"},
    ),
}

COMPARISONS = {
    "a population twice": (
        "insert into facts.populations from facts.populations where city = 'austin'",
        {"populations_city_has_a_year_once"},
    ),
    "a population that is not known": (
        "update facts.populations set population = null where city = 'austin'",
        {"not_null_populations_population"},
    ),
    "a population of an unknown city": (
        "update facts.populations set city = 'el_paso' where city = 'austin'",
        {"relationships_populations_city__city__ref_dim_datasets_"},
    ),
    "a population that was estimated before its year": (
        "update facts.populations set vintage = year - 1 where city = 'austin'",
        {"populations_are_of_a_year_and_of_a_file"},
    ),
    "a published total twice": (
        "insert into facts.published_totals from facts.published_totals where city = 'austin'",
        {"published_totals_total_is_listed_once"},
    ),
    "a published total of an unknown offense group": (
        "update facts.published_totals set offense_group = 'larceny' where offense_group = 'theft'",
        {"relationships_published_totals_offense_group__offense_group__ref_offense_groups_"},
    ),
    "a published total of an unknown city": (
        "update facts.published_totals set city = 'el_paso' where city = 'austin'",
        {"relationships_published_totals_city__city__ref_dim_datasets_"},
    ),
    "a published total by an unknown day": (
        "update facts.published_totals set date_basis = 'heard' where city = 'austin'",
        {"published_totals_date_basis_is_known"},
    ),
    "a published total that is no count": (
        "update facts.published_totals set value = -1 where city = 'austin'",
        {"published_totals_are_counts_of_a_year"},
    ),
}

CROSSWALKS = {
    f"{what}, in {city}": (
        statement.format(f"facts.{city}_offense_crosswalk", code),
        {test.format(f"{city}_offense_crosswalk")},
    )
    for city, code, mapped_once in (
        ("austin", "900", "{}_code_is_mapped_once"),
        ("los_angeles", "510", "unique_{}_offense_code"),
    )
    for what, statement, test in (
        ("an offense code mapped twice", "insert into {0} from {0} where offense_code = '{1}'", mapped_once),
        (
            "a mapping of no offense code",
            "insert into {0} (authority, confidence) values ('project', 'unmapped')",
            "not_null_{}_offense_code",
        ),
        (
            "an offense code mapped to no NIBRS code",
            "update {0} set nibrs_code = 'XXX' where offense_code = '{1}'",
            "relationships_{}_nibrs_code__nibrs_code__ref_nibrs_offenses_",
        ),
        (
            "a rule called exact",
            "update {0} set confidence = 'exact' where offense_code = '{1}'",
            "{}_only_the_agency_is_exact",
        ),
        (
            "a mapping of nobody",
            "update {0} set authority = null where offense_code = '{1}'",
            "{}_mappings_say_whose_they_are",
        ),
        (
            "a code called unmapped that is mapped",
            "update {0} set confidence = 'unmapped' where offense_code = '{1}'",
            "{}_mappings_say_whose_they_are",
        ),
        (
            "an unknown series at the least",
            "update {0} set index_group_low = 'larceny' where offense_code = '{1}'",
            "{}_series_at_the_least_is_known",
        ),
        (
            "an unknown series at the most",
            "update {0} set index_group_high = 'larceny' where offense_code = '{1}'",
            "{}_series_at_the_most_is_known",
        ),
    )
}

NO_CRIMES = {
    "a kind of record that is twice no crime": (
        "insert into facts.not_a_crime_offenses from facts.not_a_crime_offenses where offense_code = '3400'",
        {"not_a_crime_offenses_kind_is_listed_once"},
    ),
    "a kind of no crime of a dataset that does not read it": (
        "update facts.not_a_crime_offenses set dataset = 'los_angeles_crime_reports' where offense_code = '3400'",
        {"not_a_crime_offenses_dataset_is_read"},
    ),
    "a status that is no crime in any dataset": (
        "update facts.not_a_crime_offenses set status_name = 'Unfounded' where offense_code = '09C'",
        {"not_a_crime_offenses_of_any_dataset_are_nibrs_codes"},
    ),
    "an unknown code that is no crime in any dataset": (
        "update facts.not_a_crime_offenses set offense_code = '9C0' where offense_code = '09C'",
        {"not_a_crime_offenses_of_any_dataset_have_a_known_nibrs_code"},
    ),
    "a status that is no crime in Austin": (
        "update facts.not_a_crime_offenses set status_name = 'Unfounded' where offense_code = '3400'",
        {"not_a_crime_offenses_of_austin_are_known_by_their_code"},
    ),
    "a code that is no crime in Los Angeles": (
        "update facts.not_a_crime_offenses set offense_code = '120' where status_name = 'Unfounded'",
        {"not_a_crime_offenses_of_los_angeles_are_known_by_their_status"},
    ),
    "a code that is no crime in San Diego, whatever its statutes": (
        "update facts.not_a_crime_offenses set code_section_pattern = null where offense_code = '90Z'",
        {"not_a_crime_offenses_of_san_diego_are_known_by_code_and_statutes"},
    ),
    "another's judgement of what is no crime called exact": (
        "update facts.not_a_crime_offenses set confidence = 'exact' where offense_code = '3400'",
        {"not_a_crime_offenses_say_whose_judgement_they_are"},
    ),
}

OFFENSES = {
    "a sensitive call type twice": (
        "insert into facts.sensitive_call_types values ('207', 'again')",
        {"unique_sensitive_call_types_call_type_code"},
    ),
    "a sensitive call type without code": (
        "insert into facts.sensitive_call_types values (null, 'none')",
        {"not_null_sensitive_call_types_call_type_code"},
    ),
    "a sensitive statute twice": (
        "insert into facts.sensitive_statutes values ('273.5', 'again')",
        {"unique_sensitive_statutes_statute"},
    ),
    "a sensitive statute without section": (
        "insert into facts.sensitive_statutes values (null, 'none')",
        {"not_null_sensitive_statutes_statute"},
    ),
    "a NIBRS code twice": (
        "insert into facts.nibrs_offenses (nibrs_code) values ('240')",
        {"unique_nibrs_offenses_nibrs_code"},
    ),
    "a NIBRS offense without code": (
        "insert into facts.nibrs_offenses (nibrs_code) values (null)",
        {"not_null_nibrs_offenses_nibrs_code"},
    ),
    "a NIBRS code of an unknown series": (
        "update facts.nibrs_offenses set index_series = 'larceny' where nibrs_code = '23A'",
        {"relationships_nibrs_offenses_index_series__offense_group__ref_offense_groups_"},
    ),
    "a grouped NIBRS code twice": (
        "insert into facts.dim_nibrs_offenses (nibrs_code, offense_group) values ('240', 'motor_vehicle_theft')",
        {"unique_dim_nibrs_offenses_nibrs_code"},
    ),
    "a grouped NIBRS offense without code": (
        "insert into facts.dim_nibrs_offenses (nibrs_code, offense_group) values (null, 'motor_vehicle_theft')",
        {"not_null_dim_nibrs_offenses_nibrs_code"},
    ),
    "a NIBRS code without offense group": (
        "update facts.dim_nibrs_offenses set offense_group = null where nibrs_code = '240'",
        {"not_null_dim_nibrs_offenses_offense_group"},
    ),
    "a NIBRS code in an unknown offense group": (
        "update facts.dim_nibrs_offenses set offense_group = 'larceny' where nibrs_code = '240'",
        {"relationships_dim_nibrs_offenses_offense_group__offense_group__ref_offense_groups_"},
    ),
    "an offense group twice": (
        "insert into facts.offense_groups values ('call', 'Again', 'group_b', 99)",
        {"unique_offense_groups_offense_group"},
    ),
    "an offense group without key": (
        "insert into facts.offense_groups values (null, 'None', 'group_b', 99)",
        {"not_null_offense_groups_offense_group"},
    ),
    "an offense group of an unknown scope": (
        "insert into facts.offense_groups values ('arson', 'Arson', 'part_1', 99)",
        {"offense_groups_scope_is_known"},
    ),
    "two offense groups in one place of a case": (
        "update facts.offense_groups set hierarchy_order = 9 where offense_group = 'unmapped'",
        {"unique_offense_groups_hierarchy_order"},
    ),
    "an offense group without a place in a case": (
        "update facts.offense_groups set hierarchy_order = null where offense_group = 'unmapped'",
        {"offense_groups_all_but_calls_have_a_place_in_a_case"},
    ),
}

FAULTS = {**LOOK_UPS, **DATASETS, **SERIES, **BREAKS, **COMPARISONS, **CROSSWALKS, **NO_CRIMES, **OFFENSES}
