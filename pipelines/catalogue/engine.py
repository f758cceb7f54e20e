"""Open the database behind a catalogue's URL: SQLite in a file or in memory, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.schemes import invalid_url, scheme_of
from pipelines.catalogue.tables import ENTRIES
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S, ReadOnlyConnection, connect_read_only, connect_to_read, is_writable, write_ahead

CACHE_KB = 32_768
"""SQLite's page cache for a catalogue, in KB. In a file with 250,000 texts, a new text costs 43 reads with this size,
39 with 64 MB and 59 with 16 MB, and always 100 writes; the CPU time is the same. SQLite's default of 2 MB costs more
than twice the reads, because not even the inner nodes of the fingerprint table's tree stay in memory. With 64 MB the
process of a line would take more than 200 MB."""

WAL_AUTOCHECKPOINT_PAGES = 16_384
"""Pages of 4 KB (64 MB in all) that SQLite's write-ahead log gathers before they are copied into the file. Each capture
changes some 45 scattered pages of a large catalogue: SQLite's default of 1,000 pages would copy every 20 captures and
cost a tenth of their time."""


WRITER_IDLE_MS = 60_000
"""Milliseconds for which a writer in PostgreSQL may do nothing within a transaction, which makes all others wait: the
pauses between its statements take milliseconds."""


WORK_MEM_MB = 256
"""Memory for the rows that an index of PostgreSQL finds: some 100 bytes for each page of four articles. With less, the
server notes pages instead of rows and computes the lexemes of all their articles again, .3 ms each."""


def open_engine(url: str, *, create: bool) -> sa.Engine:
    """Return the database at a URL; with `create=False` a file must exist and may be write-protected.

    A connection with the execution option `writes` takes the write lock when its transaction begins. Raises ConfigError
    for an invalid URL or a missing file, StoreUnavailable for a folder that cannot be created.
    """
    scheme = scheme_of(url)
    try:
        return scheme.open(url, create)
    except (sa.exc.ArgumentError, ModuleNotFoundError, ValueError) as error:  # ValueError: the port is no number
        raise invalid_url(url) from error


def open_sqlite(url: str, *, create: bool) -> sa.Engine:
    """Return an SQLite database; without a path in the URL it is in memory."""
    parsed = sa.make_url(url)
    engine = sa.create_engine(parsed, **_sqlite_options(parsed, create))
    engine.dialect.statement_compiler = _compiler_with_hints(engine.dialect.statement_compiler)
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _compiler_with_hints(compiler: type[Any]) -> type[Any]:
    """Return a compiler that writes hints such as INDEXED BY into statements, which that of SQLAlchemy leaves out."""

    def get_from_hint_text(_self: object, _table: object, text: str | None) -> str | None:
        return text

    return type("CompilerWithHints", (compiler,), {"get_from_hint_text": get_from_hint_text})


def open_postgresql(url: str) -> sa.Engine:
    """Return a PostgreSQL database, whose connections are replaced if the server closed them while they were idle."""
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": BUSY_S})
    sa.event.listen(engine, "connect", _set_options)
    sa.event.listen(engine, "begin", _begin_postgresql)
    return engine


def _sqlite_options(url: sa.URL, create: bool) -> dict[str, Any]:
    """Return the options of the engine, after making sure that the file exists or can be created."""
    if not url.database:
        return {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
    path = Path(url.database)
    if create:
        _create_folder(path.parent)
    elif not path.exists():
        hint = _("name the archive with --archive, or fill one with fangzhi crawl or fetch")
        raise ConfigError(_("there is no catalogue at {path}", path=path), hint)
    if not create and not is_writable(path):
        return {"creator": lambda: connect_read_only(path)}
    return {"connect_args": {"timeout": BUSY_S, "check_same_thread": False}}


def _create_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _(
            "the catalogue's folder {folder} cannot be created: {strerror}", folder=folder, strerror=error.strerror
        )
        raise StoreUnavailable(message, _("choose another folder")) from error


def _set_pragmas(connection: Any, _record: object) -> None:
    """Configure a new connection.

    A write-ahead log lets readers and one writer work at the same time. `synchronous=FULL` keeps each commit through a
    power cut; with NORMAL the catalogue could lack captures of a WARC file that the store has already accepted, and
    nobody would look into that file again. Python's own transactions are off: they begin at the first write, too late
    for what was read before it. `_begin_sqlite` begins them instead.
    """
    connection.isolation_level = None
    connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
    if isinstance(connection, ReadOnlyConnection):
        return
    write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={WAL_AUTOCHECKPOINT_PAGES}")


def _set_options(connection: Any, _record: object) -> None:
    """Turn off the compiler of PostgreSQL: it takes half a second for queries that run for milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(f"SET work_mem = '{WORK_MEM_MB}MB'")
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    """Begin a transaction; a writer takes the lock before it reads, so that no other process writes in between."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    """Take the same lock in PostgreSQL: one writer at a time, readers are not blocked.

    The server ends the transaction of a writer that does not go on, such as a machine that sleeps.
    """
    if connection.get_execution_options().get("writes"):
        idle = f"set_config('idle_in_transaction_session_timeout', '{WRITER_IDLE_MS}', true)"
        connection.exec_driver_sql(f"SELECT {idle}, pg_advisory_xact_lock(hashtext('{ENTRIES.name}'))")


def refuse_writes(engine: sa.Engine) -> None:
    """Make every connection from now on refuse to write; in SQLite only temporary tables can be written.

    `query_only` would refuse these too.
    """
    engine.dispose()
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "do_connect", _connect_read_only)
    else:
        sa.event.listen(engine, "connect", _read_only_postgresql)


def _connect_read_only(_dialect: object, _record: object, arguments: Sequence[Any], _options: object) -> Any:
    return connect_to_read(Path(arguments[0]))


def _read_only_postgresql(connection: Any, _record: object) -> None:
    connection.read_only = True
