"""The rules that turn a portal's text into typed values.

A rule works in two steps, so that nothing is parsed twice. First the text of a column is parsed; then its value, and
the reason why the text could not be used, are made of what was parsed, in this column and others. Three kinds of null
are told apart: an empty text and a publisher's way of writing "unknown" (age 0, beat -1, coordinates 0, 0) are null
without a reason; a bad value is null with one. No rule ever throws: the session runs with ANSI off, and each cast is
guarded by the text's shape. Formats that occur: those of Socrata's API, of its portal exports (with thousands commas),
of spreadsheets that saved a file again, and of San Diego's file server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from crime_cleaning.columns import ColumnMap, ColumnType

_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z?)?$"
_SERIAL = r"^\d{5}(\.\d+)?$"
_SLASHES = "M/d/yyyy[ h:m:s a][ h:m a][ H:m:s][ H:m]"
_MONTH_NAME = "yyyy MMM d[ h:m:s a]"
_NUMBER = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?([eE][+-]?\d+)?$"
_INTEGER = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0*)?$"
_TIME = r"^(([01]\d|2[0-3])[0-5]\d|2400)$"
_TRUE = ("y", "yes", "true", "t", "1")
_FALSE = ("n", "no", "false", "f", "0")


@dataclass(frozen=True)
class Rule:
    """How a clean column comes about.

    Arguments:
        parsed: made of texts; None for a column that is derived from others.
        value: made of parsed columns, by their clean names; None to take what was parsed.
        reason: why the text could not be used, made of texts and parsed columns; null where it could. None for a rule
            that takes every text.
    """

    parsed: Column | None = None
    value: Column | None = None
    reason: Column | None = None


@dataclass(frozen=True)
class Box:
    """The rectangle, in degrees WGS 84, that a city's coordinates must lie in; generous, since police cross borders."""

    south: float
    north: float
    west: float
    east: float


def text_name(name: str) -> str:
    """What the text of a clean column is called in the rows that are to be cleaned."""
    return f"text_{name}"


def usable(text: Column) -> Column:
    """The text without outer spaces; null if nothing is left."""
    return F.nullif(F.trim(text), F.lit(""))


def _text(name: str) -> Column:
    return F.col(text_name(name))


def _unusable(name: str, reason: str) -> Column:
    """The reason, where there is a text and nothing could be parsed."""
    return F.when(_text(name).isNotNull() & F.col(name).isNull(), F.lit(reason))


def text(name: str) -> Rule:
    """The text as published, without outer spaces."""
    return Rule(_text(name))


def squeezed(name: str) -> Rule:
    """The text with each run of spaces made one: Los Angeles pads addresses inside."""
    return Rule(F.regexp_replace(_text(name), " +", " "))


def plain(text: Column) -> Column:
    """The text; a whole number without the thousands commas and ``.0`` that exports and spreadsheets add."""
    decorated = text.contains(",") | text.contains(".")  # cheap, so that few texts meet the expressions below
    bare = F.regexp_replace(F.replace(text, F.lit(","), F.lit("")), r"\.0*$", "")
    return F.when(decorated & text.rlike(_INTEGER), bare).otherwise(text)


def code(name: str, unknown: tuple[str, ...] = (), width: int = 0) -> Rule:
    """An identifier or code as text: leading zeros stay, what exports add to a number goes (beat ``122.0``).

    Arguments:
        unknown: the values that mean that it is not known.
        width: digits are padded with zeros to this width; 0 leaves them alone.
    """
    value = plain(_text(name))
    if unknown:
        value = F.when(~value.isin(*unknown), value)
    if width:
        value = F.when(value.rlike(rf"^\d{{1,{width}}}$"), F.lpad(value, width, "0")).otherwise(value)
    return Rule(value)


def decoded(name: str, names: Mapping[str, str], otherwise: str | None = None) -> Rule:
    """The name of the code in the column ``name``; ``otherwise`` for every other code and for none."""
    first, *others = names.items()
    result = F.when(F.col(name) == first[0], F.lit(first[1]))
    for key, meaning in others:
        result = result.when(F.col(name) == key, F.lit(meaning))
    return Rule(value=result.otherwise(F.lit(otherwise)))


def integer(name: str, lowest: int | None = None, highest: int | None = None) -> Rule:
    """A whole number. Below ``lowest`` is the publisher's "unknown"; above ``highest`` is ``out_of_range``."""
    parsed = F.when(_text(name).rlike(_INTEGER), plain(_text(name)).cast("long"))
    value, reason = F.col(name), _unusable(name, "not_a_number")
    if highest is not None:
        reason = reason.when(F.col(name) > highest, F.lit("out_of_range"))
        value = F.when(F.col(name) <= highest, value)
    if lowest is not None:
        value = F.when(F.col(name) >= lowest, value)
    return Rule(parsed, value, reason)


def number(name: str, unknown: float | None = None) -> Rule:
    """A decimal number, with or without thousands commas; null for the value that means unknown."""
    parsed = F.when(_text(name).rlike(_NUMBER), F.replace(_text(name), F.lit(","), F.lit("")).cast("double"))
    value = None if unknown is None else F.when(F.col(name) != unknown, F.col(name))
    return Rule(parsed, value, _unusable(name, "not_a_number"))


def flag(name: str) -> Rule:
    """A yes or no: Y and N, Yes and No, true and false, 1 and 0, in any case."""
    lower = F.lower(_text(name))
    parsed = F.when(lower.isin(*_TRUE), F.lit(True)).when(lower.isin(*_FALSE), F.lit(False))
    return Rule(parsed, reason=_unusable(name, "not_a_flag"))


def wall_clock(text: Column) -> Column:
    """The local time that a text states, in any format that occurs; null for any other. Never a zoned timestamp.

    ``2023-12-22T22:00:00.000``, ``2023-01-01 00:00:05``, ``01/08/2020 12:00:00 AM``, ``1/8/2020 0:00``,
    ``11/27/2005  14:00`` (two spaces), ``2014 Dec 22 11:31:16 AM``, each also without the time; a spreadsheet's day
    number, ``44119``.
    """
    single = F.regexp_replace(text, r"\s+", " ")
    days = F.floor(text.cast("double"))
    seconds = F.round((text.cast("double") - days) * 86400).cast("int")
    midnight = F.date_add(F.lit("1899-12-30").cast("date"), days.cast("int")).cast("timestamp_ntz")
    return (
        F.when(text.contains("/"), F.to_timestamp_ntz(single, F.lit(_SLASHES)))
        .when(text.rlike(_ISO), text.cast("timestamp_ntz"))
        .when(text.rlike(_SERIAL), midnight + F.make_dt_interval(secs=seconds))
        .otherwise(F.to_timestamp_ntz(single, F.lit(_MONTH_NAME)))
    )


def timestamp(name: str) -> Rule:
    """A local time."""
    return Rule(wall_clock(_text(name)), reason=_unusable(name, "not_a_time"))


def date(name: str) -> Rule:
    """A day; a time beside it is dropped."""
    return Rule(wall_clock(_text(name)).cast("date"), reason=_unusable(name, "not_a_date"))


def hhmm(name: str) -> Rule:
    """A time of day as four digits, from the unpadded number that is published; ``2400`` stays, it is in use."""
    digits = plain(_text(name))
    padded = F.lpad(digits, 4, "0")
    parsed = F.when((F.length(digits) <= 4) & padded.rlike(_TIME), padded)
    return Rule(parsed, reason=_unusable(name, "not_a_time"))


def day_and_time(day: str, time: str) -> Rule:
    """A clean day and a clean HHMM joined; null where either is missing. ``2400`` is 00:00 of the next day.

    The month of the row is that of the published day all the same, so a time of 2400 on the last of a month stays in
    its month.
    """
    return Rule(value=_joined(day, time))


def timestamp_or(name: str, day: str, time: str) -> Rule:
    """A local time; where it is missing or bad, day and HHMM joined as by ``day_and_time``."""
    own = timestamp(name)
    return Rule(own.parsed, F.coalesce(F.col(name), _joined(day, time)), own.reason)


def _joined(day: str, time: str) -> Column:
    hours, minutes = F.substring(time, 1, 2).cast("int"), F.substring(time, 3, 2).cast("int")
    return F.col(day).cast("timestamp_ntz") + F.make_dt_interval(hours=hours, mins=minutes)


def coordinates(box: Box) -> dict[str, Rule]:
    """The columns latitude and longitude as a pair: both or neither.

    Zero and nearly zero (``0.00011857,-0.00013208`` occurs) mean that the place is not known, without a reason. Outside
    of the box is ``outside_city``, one without the other ``incomplete``.
    """
    latitude, longitude = F.col("latitude"), F.col("longitude")
    known = (F.abs(latitude) >= 0.01) | (F.abs(longitude) >= 0.01)
    inside = latitude.between(box.south, box.north) & longitude.between(box.west, box.east)
    rules = {}
    for name, other in (("latitude", longitude), ("longitude", latitude)):
        reason = (
            _unusable(name, "not_a_number")
            .when(F.col(name).isNotNull() & other.isNull(), F.lit("incomplete"))
            .when(known & ~inside, F.lit("outside_city"))
        )
        rules[name] = Rule(number(name).parsed, F.when(known & inside, F.col(name)), reason)
    return rules


_BY_TYPE: dict[ColumnType, Callable[[str], Rule]] = {
    ColumnType.TEXT: text,
    ColumnType.INTEGER: integer,
    ColumnType.NUMBER: number,
    ColumnType.BOOLEAN: flag,
    ColumnType.DATE: date,
    ColumnType.TIMESTAMP: timestamp,
}


def apply(rows: DataFrame, column_map: ColumnMap, own: Mapping[str, Rule]) -> DataFrame:
    """The clean columns in the order of the column map, then the job's own columns that the rows carry.

    Arguments:
        rows: usable texts under their ``text_name``; ``partition`` is the month, ``malformed`` the text of a row with
            too few or too many fields, else null.
        own: the rules of the columns for which the rule of their type is not the right one, and of the derived ones.
            A text whose name ends in ``_id`` or ``_code`` is a code.
    """
    rules = {column.name: _rule_of_type(column.name, column.type) for column in column_map.columns if column.sources}
    rules.update(own)
    parsed = {name: rule.parsed for name, rule in rules.items() if rule.parsed is not None}
    reasons = [F.concat(F.lit(f"{name}:"), rule.reason) for name, rule in rules.items() if rule.reason is not None]
    malformed = F.when(F.col("malformed").isNotNull(), F.lit("row:field_count"))
    values = [
        (F.col(column.name) if (value := rules[column.name].value) is None else value).alias(column.name)
        for column in column_map.columns
    ]
    carried = [name for name in rows.columns if not name.startswith(text_name(""))]
    return rows.select("*", *[value.alias(name) for name, value in parsed.items()]).select(
        *values,
        F.concat("partition", F.lit("-01")).cast("date").alias("month"),
        F.array_compact(F.array(malformed, *reasons)).alias("issues"),
        *carried,
    )


def _rule_of_type(name: str, column_type: ColumnType) -> Rule:
    if column_type is ColumnType.TEXT and name.endswith(("_id", "_code")):
        return code(name)
    return _BY_TYPE[column_type](name)
