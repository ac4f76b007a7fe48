"""Faults in the marts."""

from __future__ import annotations

from crime_trends_tests.dbt.conftest import CALLS

DAYS_ADD_UP = "mart_daily_counts_add_up_to_fct_incidents"
MONTHS_ADD_UP = "mart_monthly_counts_add_up_to_fct_incidents"
AUSTIN = "where dataset = 'austin_crime_reports'"

FAULTS = {
    "a day twice": (
        f"insert into marts.mart_daily_counts from marts.mart_daily_counts {AUSTIN}",
        {"mart_daily_counts_dataset_has_a_day_once", DAYS_ADD_UP},
    ),
    "a day without date": (
        f"update marts.mart_daily_counts set occurred_date = null {AUSTIN}",
        {"not_null_mart_daily_counts_occurred_date", DAYS_ADD_UP},
    ),
    "days of calls counted as reports": (
        f"update marts.mart_daily_counts set record_type = 'report' where dataset = '{CALLS}'",
        {"mart_daily_counts_record_types_are_not_mixed"},
    ),
    "a month twice": (
        f"insert into marts.mart_monthly_counts from marts.mart_monthly_counts {AUSTIN}",
        {"mart_monthly_counts_dataset_has_a_month_once", MONTHS_ADD_UP},
    ),
    "a month without date": (
        f"update marts.mart_monthly_counts set month = null {AUSTIN}",
        {"not_null_mart_monthly_counts_month", MONTHS_ADD_UP},
    ),
    "months of calls counted as reports": (
        f"update marts.mart_monthly_counts set record_type = 'report' where dataset = '{CALLS}'",
        {"mart_monthly_counts_record_types_are_not_mixed"},
    ),
    "a month that does not add up": (
        f"update marts.mart_reconciliation set is_reconciled = false {AUSTIN}",
        {"mart_reconciliation_every_month_is_reconciled"},
    ),
    "a month of which it is not known": (
        f"update marts.mart_reconciliation set is_reconciled = null {AUSTIN}",
        {"mart_reconciliation_every_month_is_reconciled"},
    ),
    "a month reconciled twice": (
        f"insert into marts.mart_reconciliation from marts.mart_reconciliation {AUSTIN}",
        {"mart_reconciliation_dataset_has_a_month_once"},
    ),
    "a reconciliation of no month": (
        f"update marts.mart_reconciliation set month = null {AUSTIN}",
        {"mart_reconciliation_rows_outside_are_rejected"},
    ),
}
