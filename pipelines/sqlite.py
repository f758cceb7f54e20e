"""Settings of SQLite files that several processes open at the same time."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _

BUSY_S = 30
"""Seconds that a process waits for a transaction of another one; transactions of fangzhi take milliseconds."""

RETRY_PAUSE_S = 0.02
"""Seconds between two tries."""


def write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log, with which readers and one writer work at the same time.

    SQLite's own busy timeout does not apply while the mode of a new file changes, so this is tried again for `BUSY_S`.
    Raises the error of SQLite, in the end that the file is locked.
    """
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(RETRY_PAUSE_S)


@contextmanager
def sqlite_errors_as_unavailable(path: Path, remedy: str) -> Iterator[None]:
    """Raise StoreUnavailable, which names the file, for an error of SQLite in a `with` block."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(_("{place}: {problem}", place=path, problem=error), remedy) from error


class ReadOnlyConnection(sqlite3.Connection):
    """A connection that `connect_read_only` opened."""


def is_writable(path: Path) -> bool:
    """Return whether this user may write a file and create others beside it, as a write-ahead log needs."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that this user may write so that nothing but temporary tables can be written."""
    return _opened(path, "mode=ro")


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a file that this user may not write, with all that its writers have committed.

    While a process writes, or after one was killed, the newest rows are in the write-ahead log beside the file: SQLite
    reads it with the index that lies there too. Without a log everything is in the file, which is then read as
    immutable, because SQLite could not create the two files that it uses otherwise. Raises StoreUnavailable if the log
    has rows and its index is missing.
    """
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    if index.exists() and log.exists():
        try:
            return _opened(path, "mode=ro")
        except sqlite3.OperationalError:
            if log.exists():
                raise
            # its last writer has just moved the log into the file
    elif log.exists() and log.stat().st_size > 0:
        raise StoreUnavailable(
            _("the newest rows of {path} are in {log}, which this user cannot read", path=path, log=log.name),
            _("run `fangzhi status` once as a user who may write there: it moves them into the file"),
        )
    return _opened(path, "mode=ro&immutable=1")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file in a mode, and read from it: SQLite opens its files at the first query."""
    uri = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False, factory=ReadOnlyConnection
    )
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
