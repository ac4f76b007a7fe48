"""What the models ask of dbt's ``target``: they are linted as they are on DuckDB."""

type = "duckdb"
