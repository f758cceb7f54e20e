"""How to reach hosts that need the other URL scheme or old TLS, remembered between crawls."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import suppress
from pathlib import Path

from pipelines.sqlite import BUSY_S

MAX_AGE = dt.timedelta(days=30)
"""How long a quirk is remembered: a repaired server is noticed within a month, and it costs one failed try a month."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS hosts (
  host TEXT, what TEXT, how TEXT NOT NULL, noted TEXT NOT NULL, PRIMARY KEY (host, what)
) WITHOUT ROWID
"""


class HostQuirks:
    """A small table in the frontier's file, or in memory. Quirks that cannot be read or stored are learnt again."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, and create it if its folder exists; with None, remember in this process only."""
        self._known: dict[tuple[str, str], str] = {}
        self._db: sqlite3.Connection | None = None
        with suppress(sqlite3.Error):
            if path and path.parent.is_dir():
                self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
                self._db.execute(_SCHEMA)
                since = (dt.datetime.now(dt.UTC) - MAX_AGE).isoformat()
                rows = self._db.execute("SELECT host, what, how FROM hosts WHERE noted > ?", (since,))
                self._known = {(host, quirk): value for host, quirk, value in rows}

    def get(self, host: str, quirk: str) -> str | None:
        """Return the value that worked for a host's quirk, `scheme` or `tls`; None if nothing unusual is known."""
        return self._known.get((host, quirk))

    def note(self, host: str, quirk: str, value: str) -> None:
        """Remember the value that worked."""
        self._known[host, quirk] = value
        with suppress(sqlite3.Error):
            if self._db:
                at = dt.datetime.now(dt.UTC).isoformat()
                self._db.execute("REPLACE INTO hosts VALUES (?, ?, ?, ?)", (host, quirk, value, at))

    def close(self) -> None:
        """Close the file."""
        if self._db:
            self._db.close()
