"""The lake in a folder of this machine's disk."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crime_trends.lake.base import ATTEMPT_SECONDS, ATTEMPTS, Lake, StoredFile, sha256_of
from crime_trends.lake.manifests import LakeFile


class LocalLake(Lake):
    """A lake in a folder.

    Arguments:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root)

    def path(self, relative: str) -> Path:
        """The file or folder on disk of a path of the lake."""
        return self.root / relative

    def uri(self, path: str) -> str:
        """The absolute path."""
        return str(self.root / path)

    @contextmanager
    def landing(self, folder: str, suffix: str) -> Iterator[Path]:
        """As ``Lake.landing``; the file lies in that folder, so that what a killed process leaves is swept with it."""
        file = self.root / folder / f"{uuid.uuid4().hex}.part{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield file
        finally:
            file.unlink(missing_ok=True)

    def put(self, file: Path, folder: str, rows: int) -> LakeFile:
        """As ``Lake.put``: moves the file, which must lie on the same disk."""
        path = f"{folder}/{uuid.uuid4().hex}{file.suffix}"
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
        return LakeFile(path, target.stat().st_size, sha256_of(target), rows)

    @contextmanager
    def on_this_disk(self, paths: Iterable[str], output: str = "") -> Iterator[Path]:
        """As ``Lake.on_this_disk``: the lake itself."""
        yield self.root

    def exists(self, path: str) -> bool:
        """As ``Lake.exists``."""
        return (self.root / path).exists()

    def files(self, folder: str) -> list[StoredFile]:
        """As ``Lake.files``."""
        found = []
        for path in sorted((self.root / folder).rglob("*")):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    found.append(StoredFile(path.relative_to(self.root).as_posix(), path.stat().st_mtime))
        return found

    def retire(self, path: str) -> None:
        """As ``Lake.retire``: its time of change becomes now."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self.root / path)

    def remove(self, path: str) -> None:
        """As ``Lake.remove``."""
        (self.root / path).unlink(missing_ok=True)

    def remove_folder(self, folder: str) -> None:
        """As ``Lake.remove_folder``."""
        shutil.rmtree(self.root / folder, ignore_errors=True)

    def read_text(self, path: str) -> str | None:
        """As ``Lake.read_text``."""
        try:
            return (self.root / path).read_text(errors="replace")
        except FileNotFoundError:
            return None

    def write_text(self, path: str, text: str) -> None:
        """As ``Lake.write_text``."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f"{uuid.uuid4().hex}.tmp")
        try:
            with aside.open("w") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)

    def replace_text(self, path: str, text: str, is_expected: Callable[[str | None], bool]) -> bool:
        """As ``Lake.replace_text``, under a lock of the dataset that the path belongs to."""
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{path.split('/')[1]}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_expected(self.read_text(path)):
                return False
            self.write_text(path, text)
            return True

    def attempt_folder(self, dataset: str, name: str) -> str:
        """As ``Lake.attempt_folder``; the folder's name begins with the process that it belongs to."""
        return f"{ATTEMPTS}/{dataset}/{os.getpid()}-{name}"

    def abandoned_attempts(self, dataset: str) -> list[str]:
        """As ``Lake.abandoned_attempts``: those whose process is gone."""
        folders = (self.root / ATTEMPTS / dataset).glob("*-*")
        return [
            folder.relative_to(self.root).as_posix()
            for folder in folders
            if not _is_running(int(folder.name.split("-")[0])) or is_left_over(folder)
        ]


def is_left_over(path: Path) -> bool:
    """Whether no running attempt can need a folder or a log any more; False if its owner has just removed it."""
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime > ATTEMPT_SECONDS
    return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
