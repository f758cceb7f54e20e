"""What every SQLite file of ours needs that several processes open at once."""

from __future__ import annotations

import sqlite3
import time

BUSY_S = 30
"""How long one process waits for another one's transaction; ours last milliseconds."""

PAUSE_S = 0.02
"""Between two tries."""


def write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer go on beside each other, by a write-ahead log.

    SQLite does not wait for others when it changes the mode of a new file, so that is tried again. Raises what SQLite
    raises, at last that the file is locked.
    """
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(PAUSE_S)
