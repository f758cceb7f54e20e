"""Settings of SQLite files that several processes open at the same time."""

from __future__ import annotations

import sqlite3
import time

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
