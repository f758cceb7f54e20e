"""The frontier in PostgreSQL: shared by the crawlers of several machines, its failures raised as StoreError.

Its tables are in a schema of their own, `frontier`, so that a catalogue in the same database can be rebuilt or emptied.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.rows import dict_row

from crawler.frontier.connections import Cursor, Result, SqlParameters, Work
from crawler.frontier.crawlers import LEASE_S, VALID, require_valid
from crawler.frontier.tables import VERSION, postgresql
from pipelines.catalogue.faults import store_error
from pipelines.errors import StoreUnavailable
from pipelines.line.patience import Patience
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S

IDLE_S = LEASE_S // 2
"""Seconds after which the server ends a transaction whose crawler does not go on: it would keep its lease locked."""

_DAMAGED = _("restore it from a backup; with an empty database the next crawl fetches the known pages again")

_SESSION = f"""
SELECT set_config('search_path', CASE current_schema() WHEN 'public' THEN 'frontier'
  ELSE quote_ident(coalesce(current_schema() || '_', '') || 'frontier') END, false);
SET synchronous_commit TO off; SET jit TO off; SET lock_timeout TO '{BUSY_S}s';
SET idle_in_transaction_session_timeout TO '{IDLE_S}s'; SET client_connection_check_interval TO '{IDLE_S}s'
"""
"""A catalogue in another schema than `public` has a frontier of its own. Commits do not wait for the disk unless they
are durable: the commit of a page's acknowledgement waits, and with it all earlier ones are on the disk."""


class ServerConnection:
    """A connection to PostgreSQL that runs the SQL of SQLite."""

    locks_rows = True

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, parameters: SqlParameters = (), /) -> Cursor:
        """Run a statement."""
        return self._connection.execute(_with_placeholders(query), parameters)

    def executemany(self, query: str, parameters: Iterable[SqlParameters], /) -> object:
        """Run a statement with each of several lists of parameters."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_with_placeholders(query), parameters)
        return None


class FrontierServer:
    """A connection to a server; one that is lost is opened again. Use it from one thread."""

    def __init__(self, url: str, *, patience: Patience | None = None, create: bool = True) -> None:
        """Open the frontier at a URL; with `create`, create its tables where they are missing.

        With patience, a server that is away is waited for: now for `BUSY_S` seconds, in later calls without end.
        """
        self.fence: int | None = None
        self._url, self._patience = url, patience
        self._opened: psycopg.Connection[Any] | None = None
        self._is_shared = False
        if create:
            self._patiently(self._prepare, BUSY_S)

    def exists(self) -> bool:
        """Tell whether the server has a frontier."""
        found = self.read(lambda db: db.execute("SELECT to_regclass('frontier_version') AS found").fetchone())
        return found["found"] is not None

    def read(self, work: Work[Result]) -> Result:
        """Return the result of queries, repeated if the connection is lost; within `transaction` they are not."""
        return self._patiently(lambda: work(ServerConnection(self._connection())))

    def write(self, work: Work[Result], *, durable: bool = False) -> Result:
        """Return the result of one transaction, repeated if the connection is lost, or of a part of the open one."""
        if self._is_shared:
            return self.read(work)
        return self._patiently(lambda: self._in_transaction(work, durable=durable))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all reads and writes in the block one durable transaction; it is not repeated."""
        with self._translated(), self._begun(self._connection(), durable=True):
            self._is_shared = True
            try:
                yield
            finally:
                self._is_shared = False

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Lock the crawler's number during the block, so that nobody can take over."""
        if self.fence is None:
            yield
            return
        with self._translated(), self._begun(self._connection()):
            yield

    def close(self) -> None:
        """Close the connection."""
        if self._opened:
            self._opened.close()

    def _in_transaction(self, work: Work[Result], *, durable: bool) -> Result:
        connection = self._connection()
        with self._begun(connection, durable=durable):
            return work(ServerConnection(connection))

    @contextmanager
    def _begun(self, connection: psycopg.Connection[Any], *, durable: bool = False) -> Iterator[None]:
        """Begin a transaction and lock the crawler's number, in one round trip; commit or roll back at the end."""
        begin = "BEGIN; SET LOCAL synchronous_commit TO on" if durable else "BEGIN"
        valid = f"; {VALID.format(fence=self.fence)} FOR KEY SHARE" if self.fence is not None else ""
        try:
            cursor = connection.execute(begin + valid)
            while cursor.nextset():
                pass
            if valid:
                require_valid(cursor.fetchone())
            yield
            connection.execute("COMMIT")
        except BaseException:
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")
            raise

    def _connection(self) -> psycopg.Connection[Any]:
        if self._opened is None or self._opened.closed:
            self._opened = _connect(self._url)
        return self._opened

    def _prepare(self) -> None:
        """Create the tables that are missing, unless the version says that none is."""
        version = self._version()
        if version is None or version < VERSION:
            self._create_tables()
            version = self._version()
        if version is not None and version > VERSION:
            raise StoreUnavailable(
                _("the frontier {path} was written by a later version of fangzhi", path=mask(self._url)),
                _("install that version"),
            )

    def _version(self) -> int | None:
        """Return the version of the tables, None if there are none."""
        connection = self._connection()
        (row,) = connection.execute("SELECT to_regclass('frontier_version') IS NOT NULL AS found").fetchall()
        if not row["found"]:
            return None
        (row,) = connection.execute("SELECT max(version) AS version FROM frontier_version").fetchall()
        return int(row["version"])

    def _create_tables(self) -> None:
        """Create the tables that are missing, and store the version; one process at a time does that."""
        connection = self._connection()
        (row,) = connection.execute("SELECT current_setting('search_path') AS schema").fetchall()
        connection.execute(
            "BEGIN; SELECT pg_advisory_xact_lock(hashtext('fangzhi frontier'));"  # noqa: S608
            f" CREATE SCHEMA IF NOT EXISTS {row['schema']}; {postgresql()}"
            f" INSERT INTO frontier_version VALUES ({VERSION}) ON CONFLICT DO NOTHING;"
            f" DELETE FROM frontier_version WHERE version < {VERSION}; COMMIT"
        )

    def _patiently(self, work: Callable[[], Result], limit_s: float = math.inf) -> Result:
        """Return the result of work; with patience, repeats it while the server is away, for so many seconds at most.

        A part of an open transaction is not repeated, because what was before it is lost.
        """

        def translated() -> Result:
            with self._translated():
                return work()

        return self._patience.run(translated, limit_s) if self._patience and not self._is_shared else translated()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise store_error(_("the frontier {path}", path=mask(self._url)), error, _DAMAGED) from error


def _connect(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(
        url.replace("+psycopg", "", 1), autocommit=True, row_factory=dict_row, connect_timeout=BUSY_S
    )
    connection.execute(_SESSION)
    return connection


@functools.cache
def _with_placeholders(query: str) -> str:
    """Return a query with the placeholders of psycopg.

    >>> _with_placeholders("UPDATE days SET asked = ? WHERE site = :site AND x::text = ''")
    "UPDATE days SET asked = %s WHERE site = %(site)s AND x::text = ''"
    """
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", query).replace("?", "%s")
