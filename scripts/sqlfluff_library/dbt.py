"""Stand-ins for the functions of dbt's ``dbt`` namespace that the models use, so that sqlfluff can read them as Jinja."""


def string_literal(text: str) -> str:
    """A text as SQL writes it."""
    return f"'{text}'"


def escape_single_quotes(text: str) -> str:
    """A text whose single quotes may stand within single quotes."""
    return text.replace("'", "''")
