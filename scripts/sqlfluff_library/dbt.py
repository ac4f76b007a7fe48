"""What the models use of dbt's ``dbt`` namespace, so that sqlfluff can read them as plain Jinja."""


def string_literal(text: str) -> str:
    """A text as SQL writes it."""
    return f"'{text}'"


def escape_single_quotes(text: str) -> str:
    """A text whose single quotes may stand within single quotes."""
    return text.replace("'", "''")
