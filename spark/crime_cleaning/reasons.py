"""Why a value could not be used, and why a row was rejected: the words, and what they say, for rules and docs alike."""

from __future__ import annotations

from enum import StrEnum


class Issue(StrEnum):
    """Why a value became null, as the column ``issues`` has it behind the column's name."""

    NOT_A_NUMBER = "not_a_number"
    NOT_A_FLAG = "not_a_flag"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    OUT_OF_RANGE = "out_of_range"
    INCOMPLETE = "incomplete"
    OUTSIDE_CITY = "outside_city"
    FIELD_COUNT = "field_count"


class Rejection(StrEnum):
    """Why a row is no clean row."""

    NO_MONTH = "no_month"
    NO_ID = "no_id"
    SUPERSEDED = "superseded"


MEANINGS: dict[Issue | Rejection, str] = {
    Issue.NOT_A_NUMBER: "The text is no number, with or without thousands commas, or one too large to be true.",
    Issue.NOT_A_FLAG: "The text is no yes or no: not Y or N, yes or no, true or false, 1 or 0.",
    Issue.NOT_A_DATE: "The text is no day in a form that the portals use, or the calendar has no such day.",
    Issue.NOT_A_TIME: "The text is no time in a form that the portals use; of HHMM, no time from 0000 to 2400.",
    Issue.OUT_OF_RANGE: "The number is larger than such a thing can be: an age above 110 years.",
    Issue.INCOMPLETE: "Latitude without longitude, or longitude without latitude; both become null.",
    Issue.OUTSIDE_CITY: "The coordinates lie outside the rectangle around the city; both become null.",
    Issue.FIELD_COUNT: "The row has fewer or more fields than the header, so its values may stand in wrong columns. "
    "Named as `row:field_count`; what could be read is kept.",
    Rejection.NO_MONTH: "The row's date is empty or can't be read, or lies outside the file's year or the dataset's "
    "span.",
    Rejection.NO_ID: "The row has no id.",
    Rejection.SUPERSEDED: "Another row of the same id and month goes before it: one with as many fields as the header "
    "before one with fewer or more, then the newer one by `:updated_at`, then, where the portal does not say, the one "
    "with the greater hash.",
}
