"""Cleaning rules for the cities' crime data, and the column maps that describe the result: what Spark runs."""
