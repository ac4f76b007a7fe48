"""What the sample portal answers, before it is sent: data sets, rows, files and errors, as the portals answer them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

import duckdb

from crime_trends.sample.folder import DataSet, PortalFolder
from crime_trends.sample.soql import Query
from crime_trends.sample.soql_parser import SoqlError, quoted

ROWS_AT_ONCE = 5_000
CONTENT_TYPES = {"csv": "text/csv", "geojson": "application/geo+json"}
"""Ending of a file's name -> how it is served."""


@dataclass
class Answer:
    """An answer before it is sent: a whole body, or pieces that go out in chunks."""

    status: int
    content_type: str
    body: bytes | Iterator[bytes]
    headers: dict[str, str] = field(default_factory=dict)


def error_answer(status: int, code: str, message: str) -> Answer:
    """An error as Socrata words it."""
    answer = json_answer({"code": code, "error": True, "message": message})
    answer.status = status
    return answer


def json_answer(value: object) -> Answer:
    """A value as JSON."""
    return Answer(200, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode())


def metadata_answer(data_set: DataSet) -> Answer:
    """What ``/api/views/<id>.json`` says of a data set."""
    columns = [{"fieldName": c.field_name, "name": c.name, "dataTypeName": c.type} for c in data_set.columns]
    return json_answer(
        {"id": data_set.id, "name": data_set.title, "rowsUpdatedAt": data_set.rows_updated_at, "columns": columns}
    )


def file_answer(folder: PortalFolder, city: str, path: str, known_etag: str | None) -> Answer:
    """A file of a file server as S3 answers: 403 for what does not exist, 304 for what the client has."""
    file = folder.file(city, path)
    if file is None:
        body = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>'
        return Answer(403, "application/xml", body)
    headers = {"ETag": file.etag, "Last-Modified": format_datetime(file.modified_at, usegmt=True)}
    content_type = CONTENT_TYPES.get(path.rpartition(".")[2], "application/octet-stream")
    if known_etag == file.etag:
        return Answer(304, content_type, b"", headers)
    return Answer(200, content_type, file.content, headers)


def json_rows_answer(folder: PortalFolder, data_set: DataSet, query: Query, count_error: int = 0) -> Answer:
    """The rows of a query as Socrata's JSON: every value is text, a null is an absent key.

    Arguments:
        count_error: how far each ``count(*)`` is off.
    """
    rows = [
        {
            name: str(int(value) + count_error) if name in query.counts else value
            for name, value in zip(query.fields, row, strict=True)
            if value is not None
        }
        for row in _executed(folder, query.sql, query.values).fetchall()
    ]
    answer = json_answer(rows)
    answer.headers = _headers(data_set, query)
    return answer


def csv_rows_answer(
    folder: PortalFolder, data_set: DataSet, query: Query, dropped_column: str = "", dropped_rows: int = 0
) -> Answer:
    """The rows of a query as Socrata's CSV: every value is quoted, a null is empty.

    Arguments:
        dropped_column: a column that is left out.
        dropped_rows: how many rows are left out at the end.
    """
    fields = [name for name in query.fields if name != dropped_column]
    # DuckDB writes the lines: many times faster than doing so here.
    line = " || ',' || ".join(f"coalesce('\"' || replace({quoted(n)}, '\"', '\"\"') || '\"', '')" for n in fields)
    rows = _executed(folder, f"SELECT {line} FROM ({query.sql})", query.values)
    head = ",".join(f'"{name}"' for name in fields)
    return Answer(200, "text/csv; charset=utf-8", _lines(head, rows, dropped_rows), _headers(data_set, query))


def _executed(folder: PortalFolder, sql: str, values: list[object]) -> duckdb.DuckDBPyConnection:
    try:
        return folder.cursor().execute(sql, values)
    except duckdb.BinderException as error:  # such as a column that is neither grouped nor aggregated
        raise SoqlError(f"The query can't be answered: {error}") from None


def _headers(data_set: DataSet, query: Query) -> dict[str, str]:
    return {
        "X-SODA2-Fields": json.dumps(query.fields),
        "Last-Modified": format_datetime(datetime.fromtimestamp(data_set.rows_updated_at, UTC), usegmt=True),
    }


def _lines(head: str, rows: duckdb.DuckDBPyConnection, dropped: int) -> Iterator[bytes]:
    yield f"{head}\n".encode()
    held: list[str] = []
    while some := rows.fetchmany(ROWS_AT_ONCE):
        held += [line for (line,) in some]
        kept = max(0, len(held) - dropped)
        yield "".join(f"{line}\n" for line in held[:kept]).encode()
        held = held[kept:]
