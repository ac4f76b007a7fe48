"""Measures a raw CSV: its rows and a checksum for each month, which say what has to be cleaned again.

A month's checksum is the sum of its rows' hashes, so it depends neither on the order of the rows nor on how the
portal spells or orders its columns, and it counts duplicates. Row hashes are made of MD5, which is the same in every
version of every library; DuckDB does the reading, since a loop in Python would take minutes.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from crime_cleaning import date_texts, number_texts
from crime_cleaning.columns import ColumnMap

from crime_trends.errors import CrimeTrendsError
from crime_trends.settings import PREFIX
from crime_trends.sql import literal, path_pattern

SPARE_FIELDS = 16
"""How many fields more than the header a row may have; cleaning decides what becomes of it."""
HASH_RANGE = 2**64


@dataclass(frozen=True)
class Measured:
    """What a raw CSV holds.

    Arguments:
        header: the column names as served, without byte-order mark and quotes.
        rows: all rows.
        has_line_breaks: whether the file can't be read line by line, since a field holds a line break, or a row has
            nothing but blanks or control characters: Spark overlooks such a row unless it reads whole files.
        months: ``YYYY-MM`` -> rows and checksum, only months with rows.
        undated_rows, undated_checksum: of the rows that belong to none of the months asked for.
    """

    header: list[str]
    rows: int
    has_line_breaks: bool
    months: dict[str, tuple[int, str]]
    undated_rows: int
    undated_checksum: str


def read_header(file: Path) -> list[str]:
    """The column names of a CSV, as served but for byte-order mark and quotes; empty for an empty file.

    Raises:
        csv.Error: its beginning is no CSV.
    """
    # The reader looks ahead; bytes that are not UTF-8 in a row behind are no matter of the header.
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        return next(csv.reader(stream), [])


def field_names(header: Sequence[str]) -> list[str]:
    """What the fields of a CSV are called in ``csv_sql``, by position; the last ones are those that no column names."""
    return [f"c{position}" for position in range(len(header) + SPARE_FIELDS)]


def csv_sql(file: Path, header: Sequence[str]) -> str:
    """The DuckDB table of a CSV's rows as text, in ``field_names``; a row may have too few fields or too many.

    A field that is there is never null, one that the row lacks always.
    """
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in field_names(header))
    # null_padding lets a row have too few fields; with it a line break inside quotes needs the serial reader.
    return f"""read_csv(
        {literal(path_pattern(file))}, auto_detect = false, header = false, skip = 1, delim = ',', quote = '"',
        escape = '"', columns = {{{types}}}, null_padding = true, nullstr = '\x01', parallel = false
    )"""


def date_sql(column: str) -> str:
    """The DuckDB expression that makes a DATE of a text column in one of the forms of ``date_texts``; else null.

    Cleaning understands the same, so that both count a row to the same month.
    """
    text = _trimmed(column)

    def has_shape(shape: str) -> str:
        return f"regexp_full_match({text}, '{shape}')"

    return f"""(case
        when {has_shape(date_texts.ISO)} then try_cast(left({text}, 10) as date)
        when {has_shape(date_texts.SLASHES)} then try_strptime(split_part({text}, ' ', 1), '%m/%d/%Y')::date
        when {has_shape(date_texts.DAY_NUMBER)} then date '1899-12-30' + left({text}, 5)::integer
        when {has_shape(date_texts.MONTH_NAME)}
            then try_strptime(regexp_extract({text}, '^\\S+ +\\S+ +\\S+'), '%Y %b %d')::date
    end)"""


def id_sql(column: str) -> str:
    """The DuckDB expression that makes an id of a text column as cleaning spells it; empty where there is none."""
    text = _trimmed(column)
    bare = f"regexp_replace(replace({text}, ',', ''), '{number_texts.POINT_ZERO}', '')"
    return f"(case when regexp_full_match({text}, '{number_texts.WHOLE}') then {bare} else {text} end)"


def month_sql(column: str) -> str:
    """The DuckDB expression that makes the month, ``YYYY-MM``, of a text column; null where it holds no date."""
    return f"strftime({date_sql(column)}, '%Y-%m')"


def measure(
    file: Path, column_map: ColumnMap, months: Collection[str], *, memory_limit: str, temporary_dir: Path
) -> Measured:
    """Rows and checksums of a finished CSV, by month.

    The hash of a row is the first 64 bits of the MD5 of its mapped columns that are not empty, in the map's order, as
    ``<target name>\\x1f<value>``, joined by ``\\x1e``. A row with too few or too many fields has ``row`` and all its
    fields behind it, each after ``\\x1f``, since cleaning tells it from a whole row of the same values. Where rows of
    one id and month differ, cleaning prefers the one with the latest ``:updated_at``: there the MD5 is taken once more,
    of itself, ``\\x1f`` and ``:updated_at``.

    Arguments:
        file: CSV in UTF-8 with a header; fields in double quotes, which are doubled within.
        column_map: names the columns that count, the id and the month.
        months: those that the file is meant to hold.
        memory_limit: DuckDB's, such as ``2GB``.
        temporary_dir: where it puts what does not fit.

    Raises:
        ValueError: the file can't be read as such a CSV.
        OSError: it could not be read, or the temporary folder not be written.
        CrimeTrendsError: the memory limit is too low.
    """
    try:
        header = read_header(file)
    except csv.Error as error:
        raise ValueError(f"the header is no CSV: {error}") from None
    temporary_dir.mkdir(parents=True, exist_ok=True)  # DuckDB makes its own folder, but none above it
    settings = {"memory_limit": memory_limit, "temp_directory": str(temporary_dir / "duckdb")}
    with duckdb.connect(config={**settings}) as connection:
        try:
            connection.execute(_rows_sql(file, header, column_map))
            groups = connection.execute(
                """
                with conflicts as (
                    select month, id from measured where id != '' group by all having count(distinct digest) > 1
                ),
                hashes as (
                    select
                        m.month,
                        m.has_line_break,
                        case
                            when c.id is not null and m.updated_at != '' then md5(m.digest || chr(31) || m.updated_at)
                            else m.digest
                        end as digest
                    from measured as m left join conflicts as c on m.month = c.month and m.id = c.id
                )
                select
                    if(list_contains($months, month), month, '') as label,
                    count(*),
                    sum(('0x' || left(digest, 16))::ubigint),
                    bool_or(has_line_break)
                from hashes group by label order by label
                """,
                {"months": list(months)},
            ).fetchall()
        except duckdb.IOException as error:
            raise OSError(str(error).splitlines()[0]) from error
        except duckdb.OutOfMemoryException as error:
            raise CrimeTrendsError(
                f"{memory_limit} of memory are not enough to measure {file.name}; raise {PREFIX}DUCKDB_MEMORY or free "
                f"space in {temporary_dir} ({str(error).splitlines()[0]})"
            ) from None
        except duckdb.InvalidInputException as error:
            # The lines that follow show the row itself, which has no place in a log.
            raise ValueError(str(error).splitlines()[0]) from None
    measured = {label: (rows, f"{total % HASH_RANGE:016x}") for label, rows, total, _ in groups}
    undated_rows, undated_checksum = measured.pop("", (0, ""))
    return Measured(
        header=header,
        rows=undated_rows + sum(rows for rows, _ in measured.values()),
        has_line_breaks=any(has_line_break for *_, has_line_break in groups),
        months=measured,
        undated_rows=undated_rows,
        undated_checksum=undated_checksum,
    )


def _trimmed(column: str) -> str:
    """The text without outer spaces; other blanks stay, as in Spark."""
    return f"trim({column}, ' ')"


def _rows_sql(file: Path, header: list[str], column_map: ColumnMap) -> str:
    """The statement that makes the table ``measured``: month, id, ``:updated_at``, digest of each row, and whether it
    keeps the file from being read line by line.
    """
    sources = column_map.source_columns(header)
    fields = field_names(header)

    def field(name: str) -> str:
        return f"coalesce({fields[header.index(name)]}, '')" if name in header else "''"

    parts = [
        f"'{column.name}' || chr(31) || nullif({field(sources[column.name])}, '')"
        for column in column_map.columns
        if column.name in sources
    ]
    is_whole = f"{fields[len(header) - 1]} is not null and {fields[len(header)]} is null"
    parts.append(f"if({is_whole}, null, concat_ws(chr(31), 'row', {', '.join(fields)}))")
    return f"""
        create temp table measured as
        select
            coalesce({month_sql(field(sources.get(column_map.month_column, "")))}, '') as month,
            {id_sql(field(sources.get(column_map.id_column, "")))} as id,
            {field(":updated_at")} as updated_at,
            md5(concat_ws(chr(30), {", ".join(parts)})) as digest,
            regexp_matches(concat({", ".join(fields)}), '[\\r\\n]|^[\\x00-\\x20]+$') as has_line_break
        from {csv_sql(file, header)}
    """
