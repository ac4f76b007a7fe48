"""Asset checks that dbt can't express: each judges all that a dataset holds and lists the offending partitions."""
