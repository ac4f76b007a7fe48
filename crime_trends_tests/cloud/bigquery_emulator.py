"""Runs BigQuery's emulator on free ports of 127.0.0.1, says its address, and ends when its standard input does.

It is run by the Python of ``.venv-emulators`` and imports nothing of the project. Whoever started it holds the other
end of its standard input, so it never outlives them, however they end.
"""

from __future__ import annotations

import asyncio
import os
import sys

# DuckDB keeps its extensions in the user's folder; the environment's own folder serves as well, and goes with it.
os.environ["HOME"] = sys.prefix

import duckdb_extensions
from bqemulator.config import LogLevel, Settings
from bqemulator.server import EmulatorServer
from bqemulator.sql.rewriter import create_table_schema_ctas
from sqlglot import exp


def accept_brackets() -> None:
    """Lets the emulator take ``create table t (columns) as (select …)``, which dbt writes for an enforced contract.

    It takes the same without the brackets, by casting what is selected to the columns' types. Not null is lost in this;
    dbt's own tests stand for it.
    """
    first_select = create_table_schema_ctas._first_select

    def first_select_in_brackets(body: exp.Expression | None) -> exp.Select | None:
        return first_select(body.this if isinstance(body, exp.Subquery) else body)

    create_table_schema_ctas._first_select = first_select_in_brackets


async def serve(project: str, files: str) -> None:
    """Serves until the end of standard input; ``gs://bucket/…`` is ``<files>/bucket/…``."""
    settings = Settings(
        rest_port=0, grpc_port=0, default_project_id=project, gcs_local_root=files, log_level=LogLevel.WARNING
    )
    server = EmulatorServer(settings)
    await server.start()
    sys.stdout.write(server.rest_url + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


if __name__ == "__main__":
    duckdb_extensions.import_extension("spatial")
    accept_brackets()
    asyncio.run(serve(*sys.argv[1:]))
