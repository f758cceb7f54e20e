"""The frontier's file: SQLite that several processes write, and failures of it as errors of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.sqlite import BUSY_S, write_ahead

_HINT = "check that its folder can be written to and the disk is not full; if the file is broken, remove it"


class Database:
    """A file whose readers and writers wait for each other; use it from one thread."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file, made where it is missing; raises StoreUnavailable."""
        self._path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            # NORMAL may lose the last pages to a power cut, never to a kill: they are found or asked for again
            write_ahead(self._db)
            self._db.executescript(f"PRAGMA synchronous=NORMAL; {schema}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for queries; raises StoreUnavailable."""
        with self._translated():
            yield self._db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction, or for a part of the one that is open; raises StoreUnavailable."""
        if self._db.in_transaction:
            yield self._db
            return
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has ended it already
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"the frontier {self._path} cannot be used: {error}", _HINT) from error
