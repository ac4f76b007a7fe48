"""What the models use of dbt's ``dbt`` namespace, so that sqlfluff can read them as plain Jinja."""


def escape_single_quotes(text: str) -> str:
    """A text that may stand within single quotes; without its own, since the dialects write them in different ways."""
    return text.replace("'", "")


def date_trunc(datepart: str, date: str) -> str:
    """The start of the period that a day lies in."""
    return f"date_trunc('{datepart}', {date})"


def dateadd(datepart: str, interval: int, from_date_or_timestamp: str) -> str:
    """A day so many periods later."""
    return f"{from_date_or_timestamp} + interval {interval} {datepart}"


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """How many periods lie between two days."""
    return f"{datepart}s_between({first_date}, {second_date})"
