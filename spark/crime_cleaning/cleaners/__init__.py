"""One cleaner per dataset: the columns for which the rule of their type is not the right one."""

from collections.abc import Callable

from pyspark.sql import DataFrame

from crime_cleaning.cleaners import (
    austin_crime_reports,
    los_angeles_crime_reports,
    los_angeles_nibrs_offenses,
    san_diego_calls_for_service,
    san_diego_nibrs_offenses,
)

CLEANERS: dict[str, Callable[[DataFrame], DataFrame]] = {
    "austin_crime_reports": austin_crime_reports.clean,
    "los_angeles_crime_reports": los_angeles_crime_reports.clean,
    "los_angeles_nibrs_offenses": los_angeles_nibrs_offenses.clean,
    "san_diego_calls_for_service": san_diego_calls_for_service.clean,
    "san_diego_nibrs_offenses": san_diego_nibrs_offenses.clean,
}
