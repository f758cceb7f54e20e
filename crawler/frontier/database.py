"""The frontier in an SQLite file: shared by several processes, its failures raised as StoreError."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.frontier.connections import Result, Work
from crawler.frontier.crawlers import VALID, require_valid
from crawler.frontier.identity import is_earlier_process
from crawler.frontier.tables import SQLITE, VERSION
from pipelines.catalogue.faults import store_error
from pipelines.errors import StoreError, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S, connect_read_only, is_writable, write_ahead

_DAMAGED = _("remove it: the next crawl makes a new one, and fetches the known pages again")

_FROM_VERSION_0 = """
ALTER TABLE sites ADD COLUMN fence INTEGER;
ALTER TABLE sites DROP COLUMN owner;
DROP INDEX IF EXISTS leased;
ALTER TABLE pages RENAME COLUMN leased TO fence;
"""
"""Programs of version 0 cannot open the file then: they would create an index on the column `leased`."""

_ADOPT_PAGES = """
INSERT INTO crawlers (owner, expires) SELECT '', 0 WHERE EXISTS (SELECT 1 FROM pages WHERE fence = 1);
UPDATE pages SET fence = (SELECT max(fence) FROM crawlers) WHERE fence = 1;
"""
"""The pages that were handed out belong to a crawler that has ended: the next crawl settles them."""


class FileConnection(sqlite3.Connection):
    """A connection to a file, of which one process writes at a time."""

    locks_rows = False


class FrontierFile:
    """A connection whose transactions wait for those of other processes. Use it from one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, create it if it does not exist, and bring it up to date; raises StoreError.

        A file that this user may not write is opened for reading.
        """
        self.fence: int | None = None
        self._path = path
        with self._translated():
            readable_only = path.exists() and not is_writable(path)
            self._db: Any = connect_read_only(path) if readable_only else _connected(path)
            self._db.row_factory = sqlite3.Row
            self._db.create_function("clock_us", 0, lambda: time.time_ns() // 1000)
            if (version := self._version()) != VERSION:
                self._prepare(version, readable_only=readable_only)

    def read(self, work: Work[Result]) -> Result:
        """Return the result of queries."""
        try:
            return work(self._db)
        except (sqlite3.Error, OSError) as error:
            raise self._store_error(error) from error

    def write(self, work: Work[Result], *, durable: bool = False) -> Result:  # noqa: ARG002 - see below
        """Return the result of one transaction, or of a part of the open one; a power cut can undo the last second.

        What it undoes is found or fetched again, also what should be `durable`: it comes from the same disk.
        """
        if self._db.in_transaction:
            return work(self._db)
        try:  # a crawl is here some six times a page: a context manager costs as much as a short query
            self._begin()
            try:
                result = work(self._db)
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        except (sqlite3.Error, OSError) as error:
            raise self._store_error(error) from error
        return result

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all reads and writes in the block one transaction; no other process writes meanwhile."""
        with self._translated():
            self._begin()
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Check the crawler's number before the block.

        It is not locked during the block, because that would stop all crawls of the machine: on one machine a number
        only becomes invalid when its process has ended.
        """
        with self._translated():
            self._require_valid()
        yield

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._require_valid()
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # SQLite ends the transaction itself if the disk is full
            self._db.execute("ROLLBACK")

    def _require_valid(self) -> None:
        if self.fence is not None:
            require_valid(self._db.execute(VALID.format(fence=self.fence)).fetchone())

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _prepare(self, version: int, *, readable_only: bool) -> None:
        """Create the tables, or bring those of version 0 up to date, in one transaction."""
        if version > VERSION:
            raise StoreUnavailable(
                _("the frontier {path} was written by a later version of fangzhi", path=self._path),
                _("install that version"),
            )
        if readable_only:
            raise StoreUnavailable(
                _("the frontier {path} was written by an earlier version of fangzhi", path=self._path),
                _("run `fangzhi status` once as a user who may write there: it brings the frontier up to date"),
            )
        with self.transaction():
            if self._version() == version:  # else another process was first
                self._upgrade()

    def _upgrade(self) -> None:
        columns = {row["name"] for row in self._db.execute("PRAGMA table_info(sites)")}
        if is_old := "owner" in columns:
            self._refuse_running_crawls()
        for statement in (_FROM_VERSION_0 if is_old else "").split(";") + SQLITE.split(";"):
            self._db.execute(statement)
        for statement in (_ADOPT_PAGES if is_old else "").split(";"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _refuse_running_crawls(self) -> None:
        rows = self._db.execute("SELECT site, owner FROM sites WHERE owner IS NOT NULL")
        running = sorted(row["site"] for row in rows if is_earlier_process(row["owner"]))
        if running:
            raise StoreUnavailable(
                _(
                    "an earlier version of fangzhi is crawling with the frontier {path}: {sites}",
                    path=self._path,
                    sites=running,
                ),
                _("wait until these crawls have ended, or stop them, then start again"),
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._store_error(error) from error

    def _store_error(self, error: BaseException) -> StoreError:
        return store_error(_("the frontier {path}", path=self._path), error, _DAMAGED)


def _connected(path: Path) -> FileConnection:
    """Open a file to write."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db: FileConnection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, factory=FileConnection)
    write_ahead(db)
    # NORMAL: a power cut, but no kill, may lose the last pages; they are found or fetched again
    db.execute("PRAGMA synchronous=NORMAL")
    return db
