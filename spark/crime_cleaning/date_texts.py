"""The ways in which the portals write a day or a time, as regular expressions that Spark and DuckDB both read.

Ingest (DuckDB) decides which month a row counts to, cleaning (Spark) which month it is filed under. Both accept a text
only if it has one of these shapes as a whole, so neither finds a day where the other finds none. What is left to them
is whether the calendar has the day. Years are those from 1000 to 2999; what is written otherwise is a slip.

``ISO``: ``2023-12-22T22:00:00.000``, ``2023-01-01 00:00:05``. ``SLASHES``: ``01/08/2020 12:00:00 AM``,
``1/8/2020 0:00``, ``11/27/2005  14:00`` (two spaces). ``MONTH_NAME``: ``2014 Dec 22 11:31:16 AM``. Each also without
the time. ``DAY_NUMBER``: a spreadsheet's days since 1899-12-30, ``44119``.
"""

# A zone after minutes alone is what Spark can't read.
_TWO_DIGIT_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?Z?)?"
_TIME_OF_24_HOURS = r"([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d)?"
_TIME_OF_12_HOURS = r"(0?[1-9]|1[0-2]):[0-5]?\d(:[0-5]?\d)? [AP]M"
_YEAR = r"[12]\d{3}"

ISO = rf"{_YEAR}-\d\d-\d\d([ T]{_TWO_DIGIT_TIME})?"
SLASHES = rf"\d\d?/\d\d?/{_YEAR}( +({_TIME_OF_24_HOURS}|{_TIME_OF_12_HOURS}))?"
MONTH_NAME = rf"{_YEAR} +(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d\d?( +{_TIME_OF_12_HOURS})?"
DAY_NUMBER = r"\d{5}(\.\d+)?"
