"""The rules that turn a portal's text into typed values.

A rule works in two steps, so that nothing is parsed twice. First the text of a column is parsed; then its value, and
the reason why the text could not be used, are made of what was parsed, in this column and others. Three kinds of null
are told apart: an empty text and a publisher's way of writing "unknown" (age 0, beat -1, coordinates 0, 0) are null
without a reason; a bad value is null with one. No rule ever throws: the session runs with ANSI off, and each cast is
guarded by the text's shape. Formats that occur: those of Socrata's API, of its portal exports (with thousands commas),
of spreadsheets that saved a file again, and of San Diego's file server. What each reason means is in ``reasons``; which
values mean "unknown" is said in the column's description in its column map.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from crime_cleaning import date_texts, number_texts
from crime_cleaning.columns import ColumnMap, ColumnType
from crime_cleaning.reasons import Issue

_NUMBER = r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})?(\.\d*)?([eE][+-]?\d{1,2})?"
_NEARLY_ZERO = 0.01  # degrees
_TIME = r"([01]\d|2[0-3])[0-5]\d|2400"
_POINT = r"^\((-?\d{1,3}(?:\.\d*)?), (-?\d{1,3}(?:\.\d*)?)\)\z"
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


def _is(text: Column, shape: str) -> Column:
    """Whether the whole text has the shape; ``$`` would let a line break follow."""
    return text.rlike(rf"^(?:{shape})\z")


def _unusable(name: str, reason: Issue) -> Column:
    """The reason, where there is a text and nothing could be parsed."""
    return F.when(_text(name).isNotNull() & F.col(name).isNull(), F.lit(reason))


def text(name: str) -> Rule:
    """The text as published, without outer spaces."""
    return Rule(_text(name))


def squeezed(name: str) -> Rule:
    """The text with each run of spaces made one: addresses are padded inside."""
    return Rule(F.regexp_replace(_text(name), " +", " "))


def plain(text: Column) -> Column:
    """The text; a whole number without the thousands commas and ``.0`` that exports and spreadsheets add."""
    decorated = text.contains(",") | text.contains(".")  # cheap, so that few texts meet the expressions below
    bare = F.regexp_replace(F.replace(text, F.lit(","), F.lit("")), number_texts.POINT_ZERO, "")
    return F.when(decorated & _is(text, number_texts.WHOLE), bare).otherwise(text)


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
        value = F.when(_is(value, rf"\d{{1,{width}}}"), F.lpad(value, width, "0")).otherwise(value)
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
    parsed = F.when(_is(_text(name), number_texts.WHOLE), plain(_text(name)).cast("long"))
    value, reason = F.col(name), _unusable(name, Issue.NOT_A_NUMBER)
    if highest is not None:
        reason = reason.when(F.col(name) > highest, F.lit(Issue.OUT_OF_RANGE))
        value = F.when(F.col(name) <= highest, value)
    if lowest is not None:
        value = F.when(F.col(name) >= lowest, value)
    return Rule(parsed, value, reason)


def number(name: str, unknown: float | None = None) -> Rule:
    """A decimal number, with or without thousands commas; null for the value that means unknown."""
    parsed = _number(_text(name))
    value = None if unknown is None else F.when(F.col(name) != unknown, F.col(name))
    return Rule(parsed, value, _unusable(name, Issue.NOT_A_NUMBER))


def _number(text: Column) -> Column:
    return F.when(_is(text, _NUMBER), F.replace(text, F.lit(","), F.lit("")).cast("double"))


def flag(name: str) -> Rule:
    """A yes or no: Y and N, Yes and No, true and false, 1 and 0, in any case."""
    lower = F.lower(_text(name))
    parsed = F.when(lower.isin(*_TRUE), F.lit(True)).when(lower.isin(*_FALSE), F.lit(False))
    return Rule(parsed, reason=_unusable(name, Issue.NOT_A_FLAG))


def wall_clock(text: Column) -> Column:
    """The local time that a text states in one of the forms of ``date_texts``; null for any other. Never zoned."""
    # Two cheap looks spare most texts an expression that can't fit them.
    has_slash = text.contains("/")
    single = F.when(text.contains("  "), F.regexp_replace(text, " +", " ")).otherwise(text)
    midnight = F.date_add(F.lit("1899-12-30").cast("date"), F.substring(text, 1, 5).cast("int")).cast("timestamp_ntz")
    # A part of a day that rounds to all of it belongs to its day all the same.
    seconds = F.least(F.round((text.cast("double") % 1) * 86400).cast("int"), F.lit(86399))
    return (
        F.when(~has_slash & _is(text, date_texts.ISO), text.cast("timestamp_ntz"))
        .when(
            has_slash & _is(text, date_texts.SLASHES),
            F.to_timestamp_ntz(single, F.lit("M/d/yyyy[ h:m:s a][ h:m a][ H:m:s][ H:m]")),
        )
        .when(_is(text, date_texts.DAY_NUMBER), midnight + F.make_dt_interval(secs=seconds))
        .when(_is(text, date_texts.MONTH_NAME), F.to_timestamp_ntz(single, F.lit("yyyy MMM d[ h:m:s a][ h:m a]")))
    )


def timestamp(name: str) -> Rule:
    """A local time."""
    return Rule(wall_clock(_text(name)), reason=_unusable(name, Issue.NOT_A_TIME))


def date(name: str) -> Rule:
    """A day; a time beside it is dropped."""
    return Rule(wall_clock(_text(name)).cast("date"), reason=_unusable(name, Issue.NOT_A_DATE))


def hhmm(name: str) -> Rule:
    """A time of day as four digits, from the unpadded number that is published; ``2400`` stays, it is in use."""
    digits = plain(_text(name))
    padded = F.lpad(digits, 4, "0")
    parsed = F.when((F.length(digits) <= 4) & _is(padded, _TIME), padded)
    return Rule(parsed, reason=_unusable(name, Issue.NOT_A_TIME))


def day_and_time(day: str, time: str) -> Rule:
    """A clean day and a clean HHMM joined; null where either is missing. ``2400`` is 00:00 of the next day.

    The month of the row is that of the published day all the same, so a time of 2400 on the last of a month stays in
    its month.
    """
    return Rule(value=_joined(day, time))


def day_and_time_or(name: str, day: str, time: str) -> Rule:
    """A clean day and a clean HHMM joined as by ``day_and_time``; where that gives nothing, the moment that the day's
    own text states, unless its clock stands at 00:00, which is how a day without a time is published.
    """
    stated = F.when(F.col(name) > F.col(day).cast("timestamp_ntz"), F.col(name))
    return Rule(wall_clock(_text(day)), F.coalesce(_joined(day, time), stated))


def timestamp_or(name: str, day: str, time: str) -> Rule:
    """A local time; where it is missing or bad, or its clock stands at 00:00, which is also how a day without a time
    is written, day and HHMM joined as by ``day_and_time``, if they are there.
    """
    own, joined = timestamp(name), _joined(day, time)
    with_clock = F.when(F.col(name) > F.col(name).cast("date").cast("timestamp_ntz"), F.col(name))
    return Rule(own.parsed, F.coalesce(with_clock, joined, F.col(name)), own.reason)


def _joined(day: str, time: str) -> Column:
    hours, minutes = F.substring(time, 1, 2).cast("int"), F.substring(time, 3, 2).cast("int")
    return F.col(day).cast("timestamp_ntz") + F.make_dt_interval(hours=hours, mins=minutes)


def coordinates(box: Box) -> dict[str, Rule]:
    """The columns latitude and longitude as a pair: both or neither.

    The text of the latitude may be a point, ``(33.9829, -118.3338)``, as portals wrote it before they split it in two.
    Zero and nearly zero (``0.00011857,-0.00013208`` occurs) mean that the place is not known, without a reason, also
    where the other is missing. Outside of the box is ``outside_city``, one without the other ``incomplete``.
    """
    latitude, longitude = F.col("latitude"), F.col("longitude")
    known = (F.abs(latitude) >= _NEARLY_ZERO) | (F.abs(longitude) >= _NEARLY_ZERO)
    inside = latitude.between(box.south, box.north) & longitude.between(box.west, box.east)
    is_point = _text("latitude").startswith("(")
    rules = {}
    for name, other, group in (("latitude", longitude, 1), ("longitude", latitude, 2)):
        of_point = F.when(is_point, F.regexp_extract(_text("latitude"), _POINT, group).cast("double"))
        reason = (
            _unusable(name, Issue.NOT_A_NUMBER)
            .when((F.abs(F.col(name)) >= _NEARLY_ZERO) & other.isNull(), F.lit(Issue.INCOMPLETE))
            .when(F.col(name).isNotNull() & known & ~inside, F.lit(Issue.OUTSIDE_CITY))
        )
        parsed = F.coalesce(_number(_text(name)), of_point)
        rules[name] = Rule(parsed, F.when(known & inside, F.col(name)), reason)
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
            A text whose name ends in ``_id`` or ``_code`` is a code; addresses and cross streets are squeezed; every
            other text keeps its double spaces (``DWI  .15 BAC OR ABOVE``).
    """
    rules = {column.name: _rule_of_type(column.name, column.type) for column in column_map.columns if column.sources}
    rules.update(own)
    parsed = {name: rule.parsed for name, rule in rules.items() if rule.parsed is not None}
    reasons = [F.concat(F.lit(f"{name}:"), rule.reason) for name, rule in rules.items() if rule.reason is not None]
    malformed = F.when(F.col("malformed").isNotNull(), F.lit(f"row:{Issue.FIELD_COUNT}"))
    values = [
        (F.col(column.name) if (value := rules[column.name].value) is None else value).alias(column.name)
        for column in column_map.columns
    ]
    carried = [name for name in rows.columns if not name.startswith(text_name(""))]
    return rows.select("*", *[value.alias(name) for name, value in parsed.items()]).select(
        *values,
        F.concat("partition", F.lit("-01")).cast("date").alias("month"),
        # Most rows have none, and compacting an array is slow.
        F.when(F.coalesce(malformed, *reasons).isNull(), F.array().cast("array<string>"))
        .otherwise(F.array_compact(F.array(malformed, *reasons)))
        .alias("issues"),
        *carried,
    )


def _rule_of_type(name: str, column_type: ColumnType) -> Rule:
    if column_type is ColumnType.TEXT and name.endswith(("_id", "_code")):
        return code(name)
    if name in ("address", "cross_street"):
        return squeezed(name)
    return _BY_TYPE[column_type](name)
