"""The way in which the portals write a whole number, as a regular expression that Spark and DuckDB both read.

Exports add thousands commas, spreadsheets ``.0``: ``20230001``, ``20,230,001``, ``20230001.0``. Ids are compared
without either, by ingest (DuckDB) and by cleaning (Spark).
"""

WHOLE = r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0*)?"
POINT_ZERO = r"\.0*$"
