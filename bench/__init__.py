"""Benchmarks of the project, run by ``make bench`` or ``python -m bench``; the results are in ``bench/RESULTS.md``."""
