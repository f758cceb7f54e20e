"""What worked with hosts that cannot be spoken to as others are: the other scheme, or old TLS."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import suppress
from pathlib import Path

from pipelines.sqlite import BUSY_S

RELEARN = dt.timedelta(days=30)
"""How long it is remembered: a server that was mended is noticed within a month, for one failed try a month."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS hosts (
  host TEXT, what TEXT, how TEXT NOT NULL, noted TEXT NOT NULL, PRIMARY KEY (host, what)
) WITHOUT ROWID
"""


class HostQuirks:
    """A small table in the frontier's file, or nowhere; what cannot be read or written is learnt anew."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, which is made where its folder is there; None remembers for this process alone."""
        self._known: dict[tuple[str, str], str] = {}
        self._db: sqlite3.Connection | None = None
        with suppress(sqlite3.Error):
            if path and path.parent.is_dir():
                self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
                self._db.execute(_SCHEMA)
                since = (dt.datetime.now(dt.UTC) - RELEARN).isoformat()
                rows = self._db.execute("SELECT host, what, how FROM hosts WHERE noted > ?", (since,))
                self._known = {(host, what): how for host, what, how in rows}

    def get(self, host: str, what: str) -> str | None:
        """Return what worked with a host, such as `scheme` or `tls`; None where nothing unusual is known."""
        return self._known.get((host, what))

    def note(self, host: str, what: str, how: str) -> None:
        """Remember what worked."""
        self._known[host, what] = how
        with suppress(sqlite3.Error):
            if self._db:
                at = dt.datetime.now(dt.UTC).isoformat()
                self._db.execute("REPLACE INTO hosts VALUES (?, ?, ?, ?)", (host, what, how, at))

    def close(self) -> None:
        """Let go of the file."""
        if self._db:
            self._db.close()
