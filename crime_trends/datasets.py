"""The registry: what is brought from which portal, as data.

Partitions, addresses, contracts, lags and the names of assets derive from it; the columns of each dataset are in the
column maps of ``crime_cleaning``. Sources of the facts: the portals' own pages, as of 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

from crime_cleaning.column_maps import COLUMN_MAPS
from crime_cleaning.columns import ColumnMap


@dataclass(frozen=True)
class City:
    """A city and its portal.

    Arguments:
        key: the name used in asset keys, settings and folders.
        name: the name for people.
        time_zone: IANA zone of the wall-clock times in its data.
        portal_url: base address of the live portal, without a final slash.
        maps_url: the same of the host of its boundaries; "" where the portal has them.
    """

    key: str
    name: str
    time_zone: str
    portal_url: str
    maps_url: str = ""


CITIES: dict[str, City] = {
    city.key: city
    for city in (
        City("austin", "Austin", "America/Chicago", "https://data.austintexas.gov"),
        City("los_angeles", "Los Angeles", "America/Los_Angeles", "https://data.lacity.org", "https://maps.lacity.org"),
        City("san_diego", "San Diego", "America/Los_Angeles", "https://seshat.datasd.org"),
    )
}


@dataclass(frozen=True)
class SocrataSource:
    """A Socrata data set that holds some years of a dataset.

    Arguments:
        id: the four-by-four id.
        date_column: API name of the column that decides year and month.
        first_year, last_year: the years that are taken from it, both included; None is open.
    """

    id: str
    date_column: str
    first_year: int
    last_year: int | None = None


@dataclass(frozen=True)
class SeshatSource:
    """A file per year on San Diego's file server.

    Arguments:
        path: the path below the host, with ``{year}``.
        date_column: the header's name, in lower case, of the column that decides the month.
        first_year: the first year that is published.
    """

    path: str
    date_column: str
    first_year: int
    last_year: int | None = None


@dataclass(frozen=True)
class Areas:
    """The police areas that the rows of a dataset name.

    Arguments:
        kind: what one of them is called, in lower case.
        boundary: key of the boundaries that their shapes are taken from; "" where there are none.
        code_property: the property of a shape that tells its area, in lower case; shapes of one area are joined.
        code_format: format specification that makes the area's code of the property's text.
    """

    kind: str
    boundary: str = ""
    code_property: str = ""
    code_format: str = ""


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    Arguments:
        key: the dataset's key: the last part of its asset keys, its table and its folder.
        city: key of its city.
        title: the name for people.
        record_type: ``report``, ``offense`` or ``call``; counts of two types are never added.
        grain: one sentence: what one row is.
        sources: where its years come from; they do not overlap.
        first_month: the first month of its span, ``YYYY-MM``.
        last_month: the last month of a closed dataset, else None.
        update_interval_days: how often the portal publishes; None for a closed dataset.
        lag_days: how old its newest event is at most while the portal publishes as it usually does; None if closed.
        settled_days: days after the end of a month when nearly all of its rows have been published; the default of the
            models, while the dataset's own older months do not tell.
        license: licence as the portal states it.
        areas: the police areas that its rows name.
        lookups: keys of the look-up tables that its facts join.
    """

    key: str
    city: str
    title: str
    record_type: str
    grain: str
    sources: tuple[SocrataSource | SeshatSource, ...]
    first_month: str
    last_month: str | None
    update_interval_days: int | None
    lag_days: int | None
    settled_days: int
    license: str
    areas: Areas
    lookups: tuple[str, ...] = ()

    @property
    def column_map(self) -> ColumnMap:
        """The columns of its clean table, and how the portal spells them."""
        return COLUMN_MAPS[self.key]

    @property
    def socrata_sources(self) -> tuple[SocrataSource, ...]:
        """Those of its sources whose rows are asked for by condition, so that some lie outside of all years."""
        return tuple(source for source in self.sources if isinstance(source, SocrataSource))

    @property
    def outside_key(self) -> str:
        """Key of the rows of its Socrata sources that no year holds: undated, or dated outside."""
        return f"{self.key}_outside"

    def source(self, year: int) -> SocrataSource | SeshatSource:
        """The source of a year; ``KeyError`` outside the dataset's span."""
        for source in self.sources:
            if source.first_year <= year and (source.last_year is None or year <= source.last_year):
                return source
        raise KeyError(f"{self.key} has no year {year}")


LAPD_AREAS = Areas("area", "los_angeles_police_divisions", "prec", "0>2")

DATASETS: dict[str, Dataset] = {
    dataset.key: dataset
    for dataset in (
        Dataset(
            key="austin_crime_reports",
            city="austin",
            title="Austin crime reports",
            record_type="report",
            grain="One row per report, its highest offense only.",
            sources=(SocrataSource("fdj4-gpfu", "occ_date", 2003),),
            first_month="2003-01",
            last_month=None,
            update_interval_days=7,
            lag_days=14,
            settled_days=60,
            license="Public domain (City of Austin open data)",
            areas=Areas("sector", "austin_police_districts", "sector_name", ".2"),
        ),
        Dataset(
            key="los_angeles_crime_reports",
            city="los_angeles",
            title="Los Angeles crime reports (legacy codes)",
            record_type="report",
            grain="One row per report, coded with the LAPD's legacy codes.",
            sources=(
                SocrataSource("63jg-8b9z", "date_occ", 2010, 2019),
                SocrataSource("2nrs-mtv8", "date_occ", 2020, 2024),
            ),
            first_month="2010-01",
            last_month="2024-12",
            update_interval_days=None,
            lag_days=None,
            settled_days=60,
            license="CC0 1.0 (City of Los Angeles open data)",
            areas=LAPD_AREAS,
        ),
        Dataset(
            key="los_angeles_nibrs_offenses",
            city="los_angeles",
            title="Los Angeles NIBRS offenses",
            record_type="offense",
            grain="One row per offense of a case, coded in NIBRS.",
            sources=(SocrataSource("k7nn-b2ep", "date_occ", 2024),),
            first_month="2024-03",
            last_month=None,
            update_interval_days=14,
            lag_days=28,
            settled_days=60,
            license="CC0 1.0 (City of Los Angeles open data)",
            areas=LAPD_AREAS,
        ),
        Dataset(
            key="san_diego_calls_for_service",
            city="san_diego",
            title="San Diego calls for service",
            record_type="call",
            grain="One row per call to the police; a call is not a crime.",
            sources=(
                SeshatSource("police_calls_for_service/pd_calls_for_service_{year}_datasd.csv", "date_time", 2015),
            ),
            first_month="2015-01",
            last_month=None,
            update_interval_days=1,
            lag_days=5,
            settled_days=60,
            license="ODC-PDDL (City of San Diego open data)",
            areas=Areas("beat", "san_diego_police_beats", "beat"),
            lookups=("san_diego_call_types", "san_diego_dispositions", "san_diego_beats"),
        ),
        Dataset(
            key="san_diego_nibrs_offenses",
            city="san_diego",
            title="San Diego NIBRS offenses",
            record_type="offense",
            grain="One row per offense of a case, coded in NIBRS; the day only, no time.",
            sources=(SeshatSource("police_nibrs/pd_nibrs_{year}_datasd.csv", "occured_on", 2020),),
            first_month="2020-01",
            last_month=None,
            update_interval_days=1,
            lag_days=31,
            settled_days=90,
            license="ODC-PDDL (City of San Diego open data)",
            areas=Areas("division", "san_diego_police_beats", "div"),
        ),
    )
}


@dataclass(frozen=True)
class LookupFile:
    """One file of a look-up table.

    Arguments:
        path: the path below the host.
        is_historical: whether it lists codes that are no longer used; such a file may be missing at the portal.
    """

    path: str
    is_historical: bool = False


@dataclass(frozen=True)
class Lookup:
    """A small look-up table: codes and their names, in the order of the portal's files.

    Arguments:
        key: the last part of its asset keys and its table's name.
        city: key of its city.
        title: the name for people.
        code_source, name_source: header names, in lower case, of the code and its name.
        code_column, name_column: what they are called in the warehouse.
        files: the current file, then the historical one.
    """

    key: str
    city: str
    title: str
    code_source: str
    name_source: str
    code_column: str
    name_column: str
    files: tuple[LookupFile, ...]


LookupRow = tuple[str, str, bool, int]
"""Code, name, whether it comes from the historical file, and its position over all files, from 1."""


LOOKUPS: dict[str, Lookup] = {
    lookup.key: lookup
    for lookup in (
        Lookup(
            key="san_diego_call_types",
            city="san_diego",
            title="San Diego call types",
            code_source="call_type",
            name_source="description",
            code_column="call_type_code",
            name_column="call_type_name",
            files=(
                LookupFile("police_calls_for_service/pd_cfs_calltypes_datasd.csv"),
                LookupFile("police_calls_for_service/pd_cfs_calltypes_historical_datasd.csv", is_historical=True),
            ),
        ),
        Lookup(
            key="san_diego_dispositions",
            city="san_diego",
            title="San Diego call dispositions",
            code_source="dispo_code",
            name_source="description",
            code_column="disposition_code",
            name_column="disposition_name",
            files=(
                LookupFile("police_calls_for_service/pd_dispo_codes_datasd.csv"),
                LookupFile("police_calls_for_service/pd_dispo_codes_historical_datasd.csv", is_historical=True),
            ),
        ),
        Lookup(
            key="san_diego_beats",
            city="san_diego",
            title="San Diego police beats",
            code_source="beat",
            name_source="neighborhood",
            code_column="beat_code",
            name_column="neighborhood_name",
            files=(LookupFile("gis_police_beats/pd_beat_codes_list_datasd.csv"),),
        ),
    )
}


@dataclass(frozen=True)
class Boundary:
    """Boundaries of a city's police areas: one GeoJSON file of polygons in WGS 84.

    Arguments:
        key: the last part of its asset key.
        city: key of its city.
        title: the name for people.
        path: the path below the host of the city's maps, with the query if it needs one.
        properties: what each shape says of itself, in lower case; an export as a shapefile cuts names at ten letters.
        license: licence as the publisher states it.
        elsewhere: a property and the value of it that shapes outside of the city's areas have, if there are such.
    """

    key: str
    city: str
    title: str
    path: str
    properties: tuple[str, ...]
    license: str
    elsewhere: tuple[str, str] | None = None

    @property
    def file(self) -> str:
        """Where a portal folder has it: the path without its query, as a GeoJSON file."""
        return self.path.partition("?")[0].removesuffix(".geojson") + ".geojson"


BOUNDARIES: dict[str, Boundary] = {
    boundary.key: boundary
    for boundary in (
        Boundary(
            key="austin_police_districts",
            city="austin",
            title="Austin police districts",
            path="api/geospatial/9jeg-fsk5?method=export&format=GeoJSON",
            properties=("sector_name",),
            license="licence not verified (City of Austin open data)",
        ),
        Boundary(
            key="los_angeles_police_divisions",
            city="los_angeles",
            title="Los Angeles police divisions",
            path="lahub/rest/services/LAPD/MapServer/3/query?where=1%3D1&outFields=APREC%2CPREC&outSR=4326&f=geojson",
            properties=("prec",),
            license="the LAPD states no licence",
        ),
        Boundary(
            key="san_diego_police_beats",
            city="san_diego",
            title="San Diego police beats",
            path="gis_police_beats/pd_beats_datasd.geojson",
            properties=("beat", "div"),
            license="ODC-PDDL (City of San Diego open data)",
            elsewhere=("div", "0"),
        ),
    )
}
