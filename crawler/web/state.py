"""What tells whether the catalogue changed: a text that differs after each transaction that wrote."""

from __future__ import annotations

import functools
import secrets
from pathlib import Path

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

SNAPSHOT = "SELECT pg_current_snapshot()::text"
"""The transactions that a reader of PostgreSQL sees: another text after each one that wrote and ended."""

WAL = "-wal"
"""The ending of the file in which SQLite writes what is not yet in the database file."""


class CatalogueState:
    """The state of the catalogue at a URL."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet."""
        self._url = sa.make_url(url)

    async def now(self) -> str:
        """Return the present state. It says nothing but whether it is the same as another one."""
        if self._url.get_backend_name() == "sqlite":
            return "/".join(_file_state(f"{self._url.database}{ending}") for ending in ("", WAL))
        return await run_in_threadpool(self._snapshot)

    def close(self) -> None:
        """Close the connection to the server."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @functools.cached_property
    def _engine(self) -> sa.Engine:
        return sa.create_engine(self._url, pool_size=1, pool_pre_ping=True)

    def _snapshot(self) -> str:
        try:
            with self._engine.connect() as connection:
                return str(connection.execute(sa.text(SNAPSHOT)).scalar_one())
        except sa.exc.SQLAlchemyError:  # a page that reads the catalogue says what is wrong
            return secrets.token_hex(8)


def _file_state(path: str) -> str:
    """Return what differs after each write to a file, and after it was replaced; empty for an empty file and for none:
    SQLite makes the file of what is not yet written when somebody opens the database."""
    try:
        found = Path(path).stat()
    except OSError:
        return ""
    return f"{found.st_ino}.{found.st_mtime_ns}.{found.st_size}" if found.st_size else ""
