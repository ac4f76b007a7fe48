"""The rules that turn a portal's text into typed values.

A rule takes the name of a text column and gives a ``Value``: the typed column, null where the text could not be used,
and the reason why not. Three kinds of null are told apart: an empty text and a publisher's way of writing "unknown"
(age 0, beat -1, coordinates 0,0) are null without a reason; a bad value is null with one. No rule ever throws: the
session runs with ANSI off, and each cast is guarded by the text's shape. Formats that occur: those of Socrata's API, of
its portal exports (with thousands commas), of spreadsheets that saved a file again, and of San Diego's file server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from crime_cleaning.columns import ColumnMap, ColumnType

_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z?)?$"
_SERIAL = r"^\d{5}(\.\d+)?$"
_SLASHES = "M/d/yyyy[ h:mm:ss a][ h:mm a][ H:mm:ss][ H:mm]"
_MONTH_NAME = "yyyy MMM d[ h:mm:ss a]"
_NUMBER = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?([eE][+-]?\d+)?$"
_INTEGER = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0*)?$"
_TRUE = ("y", "yes", "true", "t", "1")
_FALSE = ("n", "no", "false", "f", "0")


@dataclass(frozen=True)
class Value:
    """A cleaned value.

    Arguments:
        value: the typed column.
        reason: why the text could not be used, null where it could; None for a rule that takes every text.
    """

    value: Column
    reason: Column | None = None


@dataclass(frozen=True)
class Box:
    """The rectangle, in degrees WGS 84, that a city's coordinates must lie in; generous, since police cross borders."""

    south: float
    north: float
    west: float
    east: float


def nothing() -> Column:
    """A null text."""
    return F.lit(None).cast("string")


def trimmed(name: str) -> Column:
    """The text without outer spaces; null if nothing is left."""
    text = F.trim(F.col(name))
    return F.when(text != "", text)


def _checked(text: Column, value: Column, reason: str) -> Value:
    """A value that is bad where there is a text and no value came of it."""
    return Value(value, F.when(text.isNotNull() & value.isNull(), F.lit(reason)))


def _whole_number(text: Column) -> Column:
    """The text without thousands commas and a trailing ``.0``, which exports and spreadsheets add; else as it was."""
    return F.when(
        text.rlike(_INTEGER), F.regexp_replace(F.regexp_replace(text, ",", ""), r"\.0*$", "")
    ).otherwise(text)


def text(name: str) -> Value:
    """The text as published, without outer spaces."""
    return Value(trimmed(name))


def squeezed(name: str) -> Value:
    """The text with each run of spaces made one: Los Angeles pads addresses inside."""
    return Value(F.regexp_replace(trimmed(name), r"\s+", " "))


def code_column(name: str) -> Column:
    """An identifier or code as text: leading zeros stay, a number's thousands commas and ``.0`` go (beat ``122.0``)."""
    return _whole_number(trimmed(name))


def code(name: str, unknown: tuple[str, ...] = (), width: int = 0) -> Value:
    """A code; null for the values that mean unknown, digits padded with zeros to the width where it is given."""
    value = code_column(name)
    if unknown:
        value = F.when(~value.isin(*unknown), value)
    if width:
        value = F.when(value.rlike(rf"^\d{{1,{width}}}$"), F.lpad(value, width, "0")).otherwise(value)
    return Value(value)


def decoded(name: str, names: Mapping[str, str], otherwise: str | None = None) -> Value:
    """The name of a code; ``otherwise`` for every other code and for none."""
    value = code_column(name)
    result = F.lit(otherwise).cast("string")
    for key, meaning in names.items():
        result = F.when(value == key, F.lit(meaning)).otherwise(result)
    return Value(result)


def integer(name: str, lowest: int | None = None, highest: int | None = None) -> Value:
    """A whole number. Below ``lowest`` is the publisher's "unknown"; above ``highest`` is ``out_of_range``."""
    source = trimmed(name)
    number = F.when(source.rlike(_INTEGER), _whole_number(source).cast("long"))
    value, reason = number, F.when(source.isNotNull() & number.isNull(), F.lit("not_a_number"))
    if lowest is not None:
        value = F.when(number >= lowest, value)
    if highest is not None:
        value = F.when(number <= highest, value)
        reason = F.when(number > highest, F.lit("out_of_range")).otherwise(reason)
    return Value(value, reason)


def _number(source: Column) -> Column:
    return F.when(source.rlike(_NUMBER), F.regexp_replace(source, ",", "").cast("double"))


def number(name: str, unknown: tuple[float, ...] = ()) -> Value:
    """A decimal number, with or without thousands commas; null for the values that mean unknown."""
    source = trimmed(name)
    value = _number(source)
    checked = _checked(source, value, "not_a_number")
    return Value(F.when(~value.isin(*unknown), value), checked.reason) if unknown else checked


def flag(name: str) -> Value:
    """A yes or no: Y and N, Yes and No, true and false, 1 and 0, in any case."""
    source = trimmed(name)
    lower = F.lower(source)
    value = F.when(lower.isin(*_TRUE), F.lit(True)).when(lower.isin(*_FALSE), F.lit(False))
    return _checked(source, value, "not_a_flag")


def wall_clock(name: str) -> Column:
    """The local time that a text states, in any format that occurs; null for any other. Never a zoned timestamp.

    ``2023-12-22T22:00:00.000``, ``2023-01-01 00:00:05``, ``01/08/2020 12:00:00 AM``, ``1/8/2020 0:00``,
    ``11/27/2005  14:00`` (two spaces), ``2014 Dec 22 11:31:16 AM``, each also without the time; a spreadsheet's day
    number, ``44119``.
    """
    source = F.regexp_replace(trimmed(name), r"\s+", " ")
    days = F.floor(source.cast("double")).cast("int")
    seconds = F.round((source.cast("double") - F.floor(source.cast("double"))) * 86400).cast("int")
    serial = F.date_add(F.lit("1899-12-30").cast("date"), days).cast("timestamp_ntz") + F.make_dt_interval(
        F.lit(0), F.lit(0), F.lit(0), seconds
    )
    return (
        F.when(source.contains("/"), F.to_timestamp_ntz(source, F.lit(_SLASHES)))
        .when(source.rlike(_ISO), source.cast("timestamp_ntz"))
        .when(source.rlike(_SERIAL), serial)
        .otherwise(F.to_timestamp_ntz(source, F.lit(_MONTH_NAME)))
    )


def timestamp(name: str) -> Value:
    """A local time."""
    return _checked(trimmed(name), wall_clock(name), "not_a_time")


def date(name: str) -> Value:
    """A day; a time beside it is dropped."""
    return _checked(trimmed(name), wall_clock(name).cast("date"), "not_a_date")


def hhmm(name: str) -> Value:
    """A time of day as four digits, from the unpadded number that is published; ``2400`` stays, it is in use."""
    source = trimmed(name)
    digits = F.lpad(F.when(_whole_number(source).rlike(r"^\d{1,4}$"), _whole_number(source)), 4, "0")
    return _checked(source, F.when(digits.rlike(r"^([01]\d|2[0-3])[0-5]\d$|^2400$"), digits), "not_a_time")


def day_and_time(day: str, time: str) -> Column:
    """Day and HHMM joined; null where either is missing or bad. ``2400`` is 00:00 of the next day.

    The month of the row is that of the published day all the same, so a time of 2400 on the last of a month stays in
    its month.
    """
    digits = hhmm(time).value
    return date(day).value.cast("timestamp_ntz") + F.make_dt_interval(
        F.lit(0), F.substring(digits, 1, 2).cast("int"), F.substring(digits, 3, 2).cast("int")
    )


def timestamp_or_joined(name: str, day: str, time: str) -> Value:
    """A local time; where it is missing or bad, day and HHMM joined (Austin leaves it out of one row in seven)."""
    own = timestamp(name)
    return Value(F.coalesce(own.value, day_and_time(day, time)), own.reason)


def coordinates(box: Box) -> dict[str, Value]:
    """Latitude and longitude as a pair: both or neither.

    Zero and nearly zero (``0.00011857,-0.00013208`` occurs) mean that the place is not known, without a reason. Outside
    of the box is ``outside_city``, one without the other ``incomplete``.
    """
    texts = {name: trimmed(name) for name in ("latitude", "longitude")}
    latitude, longitude = (_number(source) for source in texts.values())
    unknown = (F.abs(latitude) < 0.01) & (F.abs(longitude) < 0.01)
    inside = latitude.between(box.south, box.north) & longitude.between(box.west, box.east)
    values = {}
    for name, own, other in (("latitude", latitude, longitude), ("longitude", longitude, latitude)):
        reason = (
            F.when(texts[name].isNotNull() & own.isNull(), F.lit("not_a_number"))
            .when(own.isNotNull() & other.isNull(), F.lit("incomplete"))
            .when(~unknown & ~inside, F.lit("outside_city"))
        )
        values[name] = Value(F.when(~unknown & inside, own), reason)
    return values


_BY_TYPE = {
    ColumnType.TEXT: text,
    ColumnType.INTEGER: integer,
    ColumnType.NUMBER: number,
    ColumnType.BOOLEAN: flag,
    ColumnType.DATE: date,
    ColumnType.TIMESTAMP: timestamp,
}


def cleaned(rows: DataFrame, column_map: ColumnMap, rules: Mapping[str, Value]) -> DataFrame:
    """The clean columns in the order of the column map, beside the columns of the job.

    Arguments:
        rows: the texts under the clean columns' names; ``partition`` is the month, ``malformed`` the text of a row
            with too few or too many fields, else null.
        rules: the values of the columns for which the rule of their type is not the right one, and of the derived
            ones. A name that ends in ``_id`` or ``_code`` is a code.
    """
    values = dict(rules)
    for column in column_map.columns:
        if column.name not in values:
            if not column.sources:
                raise ValueError(f"{column_map.dataset}: the derived column {column.name} has no rule")
            is_code = column.name.endswith(("_id", "_code")) and column.type is ColumnType.TEXT
            values[column.name] = code(column.name) if is_code else _BY_TYPE[column.type](column.name)

    issues = [F.when(F.col("malformed").isNotNull(), F.lit("row:field_count"))]
    for name, value in values.items():
        if value.reason is not None:
            issues.append(F.concat(F.lit(f"{name}:"), value.reason))

    own = {column.name for column in column_map.columns}
    return rows.select(
        *[values[column.name].value.alias(column.name) for column in column_map.columns],
        F.concat("partition", F.lit("-01")).cast("date").alias("month"),
        F.array_compact(F.array(*issues)).alias("issues"),
        *[name for name in rows.columns if name not in own],
    )
