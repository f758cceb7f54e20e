"""How to reach hosts that need the other URL scheme or old TLS, remembered between crawls."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from crawler.frontier.addresses import is_server, open_database
from crawler.frontier.connections import FrontierDatabase
from pipelines.errors import StoreError

MAX_AGE = dt.timedelta(days=30)
"""How long a quirk is remembered: a repaired server is noticed within a month, and it costs one failed try a month."""

_NOTE = """
INSERT INTO hosts VALUES (?, ?, ?, ?)
ON CONFLICT (host, what) DO UPDATE SET how = excluded.how, noted = excluded.noted
"""


class HostQuirks:
    """A small table in the frontier, or in memory. Quirks that cannot be read or stored are learnt again."""

    def __init__(self, address: str | None) -> None:
        """Open the frontier, and create it if the folder of its file exists; with None, remember in this process only.

        `address` is that of the frontier.
        """
        self._known: dict[tuple[str, str], str] = {}
        self._database: FrontierDatabase | None = None
        with suppress(StoreError):
            if address and (is_server(address) or Path(address).parent.is_dir()):
                self._database = open_database(address)
                since = (dt.datetime.now(dt.UTC) - MAX_AGE).isoformat()
                query = "SELECT host, what, how FROM hosts WHERE noted > ?"
                rows = self._database.read(lambda db: db.execute(query, (since,)).fetchall())
                self._known = {(row["host"], row["what"]): row["how"] for row in rows}

    def get(self, host: str, quirk: str) -> str | None:
        """Return the value that worked for a host's quirk, `scheme` or `tls`; None if nothing unusual is known."""
        return self._known.get((host, quirk))

    def note(self, host: str, quirk: str, value: str) -> None:
        """Remember the value that worked."""
        self._known[host, quirk] = value
        with suppress(StoreError):
            if self._database:
                values = (host, quirk, value, dt.datetime.now(dt.UTC).isoformat())
                self._database.write(lambda db: db.execute(_NOTE, values))

    def close(self) -> None:
        """Close the frontier."""
        if self._database:
            self._database.close()
