"""Runs BigQuery's emulator on free ports of 127.0.0.1, says its addresses, and ends when its standard input does.

It is run by the Python of ``.venv-emulators`` and imports nothing of the project. Whoever started it holds the other
end of its standard input, so it never outlives them, however they end.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

# DuckDB keeps its extensions in the user's folder; the environment's own folder serves as well, and goes with it.
os.environ["HOME"] = sys.prefix

import duckdb_extensions
import grpc
import grpc.aio
import sqlglot
from bqemulator.config import LogLevel, Settings
from bqemulator.jobs import executor
from bqemulator.scripting import interpreter
from bqemulator.server import EmulatorServer
from bqemulator.sql.parameters import bind_parameters
from bqemulator.sql.rewriter import create_table_schema_ctas
from bqemulator.streaming import read_session
from bqemulator.streaming.proto_deserializer import ProtoRowDecoder
from sqlglot import exp

POSITION = {"line", "col", "start", "end"}
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def accept_brackets() -> None:
    """Lets the emulator take ``create table t (columns) as (select …)``, which dbt writes for an enforced contract.

    It takes the same without the brackets, by casting what is selected to the columns' types. Not null is lost in this;
    dbt's own tests stand for it.
    """
    first_select = create_table_schema_ctas._first_select

    def first_select_in_brackets(body: exp.Expression | None) -> exp.Select | None:
        return first_select(body.this if isinstance(body, exp.Subquery) else body)

    create_table_schema_ctas._first_select = first_select_in_brackets


def bind_parameters_of_scripts() -> None:
    """Lets the statements of a script have the query's parameters, as BigQuery does; the emulator leaves them out."""
    parameters: ContextVar[list[dict[str, Any]] | None] = ContextVar("parameters", default=None)
    run_query_body = executor._run_query_body

    async def run_with_parameters(*, query_params: list[dict[str, Any]] | None, **others: Any) -> Any:
        parameters.set(query_params)
        return await run_query_body(query_params=query_params, **others)

    executor._run_query_body = run_with_parameters
    interpreter.bind_parameters = lambda sql, _: bind_parameters(sql, parameters.get())


def encrypt_storage(certificate: str, key: str) -> None:
    """Lets the gRPC server speak TLS, as Spark's connector does, whatever it is told."""
    make_server = grpc.aio.server
    credentials = grpc.ssl_server_credentials([(Path(key).read_bytes(), Path(certificate).read_bytes())])

    def make_encrypted_server(*arguments: Any, **options: Any) -> Any:
        server = make_server(*arguments, **options)
        server.add_insecure_port = lambda address: server.add_secure_port(address, credentials)
        return server

    grpc.aio.server = make_encrypted_server


def leave_arrow_schemas_open() -> None:
    """Lets rows follow the schema of a table that is read; the emulator ends the stream there, so none would be."""
    serialise = read_session._serialise_arrow_schema
    read_session._serialise_arrow_schema = lambda schema: serialise(schema).removesuffix(END_OF_STREAM)


def match_columns_whatever_their_case() -> None:
    """Lets rows that are written in upper case reach columns in lower case, as the project's are; BigQuery does so."""
    decode = ProtoRowDecoder.decode
    ProtoRowDecoder.decode = lambda decoder, row: {name.lower(): it for name, it in decode(decoder, row).items()}


def parse_once() -> None:
    """Lets each text of SQL be parsed once and then copied: the emulator parses a statement a dozen times.

    Copies are made without the positions in the text, which take longer than the rest and are of use to nobody.
    """
    parse = sqlglot.parse_one

    @lru_cache(maxsize=100)
    def parsed(sql: str, read: str | None) -> exp.Expression:
        tree = parse(sql, read=read)
        for node in tree.walk():
            if node._meta and node._meta.keys() <= POSITION:
                node._meta = None
        return tree

    def parse_one(sql: str, read: str | None = None, **options: Any) -> exp.Expression:
        return parse(sql, read=read, **options) if options else parsed(sql, read).copy()

    sqlglot.parse_one = parse_one


async def serve(project: str, files: str) -> None:
    """Serves until the end of standard input; ``gs://bucket/…`` is ``<files>/bucket/…``."""
    settings = Settings(
        rest_port=0, grpc_port=0, default_project_id=project, gcs_local_root=files, log_level=LogLevel.WARNING
    )
    server = EmulatorServer(settings)
    await server.start()
    sys.stdout.write(f"{server.rest_url} localhost:{server.grpc_port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


if __name__ == "__main__":
    duckdb_extensions.import_extension("spatial")
    accept_brackets()
    bind_parameters_of_scripts()
    leave_arrow_schemas_open()
    match_columns_whatever_their_case()
    parse_once()
    encrypt_storage(*sys.argv[3:])
    asyncio.run(serve(*sys.argv[1:3]))
