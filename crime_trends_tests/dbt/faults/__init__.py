"""Faults to be planted in the built tables: what is wrong -> the statement that plants it, the tests that must fail."""

from crime_trends_tests.dbt.faults import facts, marts, reference

FAULTS: dict[str, tuple[str, set[str]]] = {**reference.FAULTS, **facts.FAULTS, **marts.FAULTS}
