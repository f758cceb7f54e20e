"""The database behind a catalogue's address: SQLite in a file or in memory, or PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.tables import ENTRIES
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.sqlite import BUSY_S, write_ahead

CACHE_KB = 65_536
"""What SQLite keeps of a file in memory. With 250,000 texts in it a new one costs 79 reads and 198 writes; with its own
2 MB 190 and 257, because not even the inner nodes of the anchors' tree stay there."""

LOG_PAGES = 16_384
"""Pages of 4 KB that SQLite's log gathers before they are copied into the file: 64 MB. With its own 1,000 that happens
every 20 captures in a large catalogue, where each changes some 45 scattered pages, and costs a tenth of their time."""


def open_engine(url: str, *, create: bool) -> sa.Engine:
    """Return the database behind a URL; with `create=False` a file must be there, and may be write-protected.

    Raises ConfigError for an address that is none or names nothing, StoreUnavailable for a folder that cannot be made.
    A connection with the execution option `writes` begins by waiting for its turn.
    """
    hint = "give sqlite:///path/to/catalogue.sqlite or postgresql+psycopg://user@host/name"
    try:
        parsed = sa.make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        engine = sa.create_engine(parsed, **(_sqlite(parsed, create) if sqlite else _server()))
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise ConfigError(f"not a catalogue: {url}", hint) from error
    if sqlite:
        sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgresql)
    return engine


def _server() -> dict[str, Any]:
    """A connection that the server closed while it was idle is made anew instead of failing."""
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": BUSY_S}}


def _sqlite(url: sa.URL, create: bool) -> dict[str, Any]:
    """Settings of the engine, once it is sure that a file can be there."""
    if not url.database:
        return {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
    path = Path(url.database)
    if create:
        _make_folder(path.parent)
    elif not path.exists():
        hint = "name the archive with --archive, or fill one with fangzhi crawl or fetch"
        raise ConfigError(f"there is no catalogue at {path}", hint)
    if not create and not os.access(path.parent, os.W_OK):
        return {"creator": lambda: _connect_read_only(path)}
    return {"connect_args": {"timeout": BUSY_S, "check_same_thread": False}}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the catalogue's folder {folder} cannot be made: {error.strerror}"
        raise StoreUnavailable(message, "choose another folder") from error


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """WAL needs files beside the database; where none can be made nobody writes, so it is read as it stands."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _set_up(connection: Any, _: object) -> None:
    """WAL lets readers and a writer go on beside each other; FULL keeps each commit through a power cut.

    With NORMAL it could lack what lies in a file that the store has taken already, and nobody would look there again.
    Python's own transactions begin at the first write, too late for what was read before it: `_begin_sqlite` begins
    ours.
    """
    connection.isolation_level = None
    write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
    connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Whoever will write waits for its turn before it reads: what another process writes meanwhile would be missed."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    """The same with PostgreSQL: one writer at a time, and readers go on."""
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock(hashtext('{ENTRIES.name}'))")
