"""How the job's messages reach Dagster from a cluster: as numbered objects in a folder that Spark can write to.

Spark's own access to files is used, so that the job needs no library but Spark, whatever keeps the folder.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dagster_pipes import PipesMessage, PipesMessageWriter, PipesMessageWriterChannel, PipesParams
from pyspark.sql import SparkSession

FOLDER = "folder"
"""Key of the parameter that names the folder."""

SECONDS = 2.0
"""Messages that come sooner after the last object wait for the next one."""


class FolderMessageWriter(PipesMessageWriter["FolderChannel"]):
    """Writes messages into the folder that the other side names."""

    @contextmanager
    def open(self, params: PipesParams) -> Iterator[FolderChannel]:
        """A channel whose messages have all been written at the end, if a Spark session is there by then."""
        channel = FolderChannel(params[FOLDER])
        try:
            yield channel
        finally:
            channel.write()


class FolderChannel(PipesMessageWriterChannel):
    """Objects ``1.json``, ``2.json`` … of the folder, each with one or more messages, a line for each.

    Arguments:
        folder: where to.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._waiting: list[PipesMessage] = []
        self._written = 0
        self._last = 0.0
        self._lock = threading.Lock()

    def write_message(self, message: PipesMessage) -> None:
        """Writes the message now or with one of the next; before there is a Spark session it waits."""
        with self._lock:
            self._waiting.append(message)
        if time.monotonic() - self._last >= SECONDS:
            self.write()

    def write(self) -> None:
        """Writes the messages that wait."""
        spark = SparkSession.getActiveSession()
        with self._lock:
            if spark is None or not self._waiting:
                return
            text = "\n".join(json.dumps(message) for message in self._waiting)
            _write(spark, f"{self._folder}/{self._written + 1}.json", text)
            self._waiting.clear()
            self._written += 1
            self._last = time.monotonic()


def _write(spark: SparkSession, uri: str, text: str) -> None:
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)  # type: ignore[union-attr]
    stream = path.getFileSystem(spark._jsc.hadoopConfiguration()).create(path)
    stream.write(bytearray(text.encode()))
    stream.close()
