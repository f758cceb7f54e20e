"""The frontier's SQLite file: shared by several processes, its failures raised as StoreError."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.catalogue.faults import store_error
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S, connect_read_only, is_writable, write_ahead

_DAMAGED = _("remove it: the next crawl makes a new one, and fetches the known pages again")


class FrontierFile:
    """A connection whose transactions wait for those of other processes. Use it from one thread."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file, and create it if it does not exist; raises StoreError.

        A file that this user may not write is opened for reading.
        """
        self._path = path
        with self._translated():
            if path.exists() and not is_writable(path):
                self._db = connect_read_only(path)
                self._db.row_factory = sqlite3.Row
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            # NORMAL: a power cut, but no kill, may lose the last pages; they are found or fetched again
            write_ahead(self._db)
            self._db.executescript(f"PRAGMA synchronous=NORMAL; {schema}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Provide the connection for queries; raises StoreError."""
        with self._translated():
            yield self._db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Provide the connection in a transaction, the open one if there is one; raises StoreError."""
        if self._db.in_transaction:
            yield self._db
            return
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite ends the transaction itself if the disk is full
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise store_error(_("the frontier {path}", path=self._path), error, _DAMAGED) from error
