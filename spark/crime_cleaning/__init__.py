"""Cleaning rules for the cities' crime data: what a Spark cluster runs, and the column maps that describe the result."""
