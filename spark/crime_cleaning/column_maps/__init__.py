"""One column map per dataset, as data."""

from crime_cleaning.column_maps import (
    austin_crime_reports,
    los_angeles_crime_reports,
    los_angeles_nibrs_offenses,
    san_diego_calls_for_service,
    san_diego_nibrs_offenses,
)
from crime_cleaning.columns import ColumnMap

COLUMN_MAPS: dict[str, ColumnMap] = {
    module.COLUMN_MAP.dataset: module.COLUMN_MAP
    for module in (
        austin_crime_reports,
        los_angeles_crime_reports,
        los_angeles_nibrs_offenses,
        san_diego_calls_for_service,
        san_diego_nibrs_offenses,
    )
}
