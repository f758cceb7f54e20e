"""The frontier's SQLite file: shared by several processes, its failures raised as StoreUnavailable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S, write_ahead

_HINT = _("check that its folder can be written to and the disk is not full; if the file is broken, remove it")


class FrontierFile:
    """A connection whose transactions wait for those of other processes. Use it from one thread."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file, and create it if it does not exist; raises StoreUnavailable."""
        self._path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            # NORMAL: a power cut, but no kill, may lose the last pages; they are found or fetched again
            write_ahead(self._db)
            self._db.executescript(f"PRAGMA synchronous=NORMAL; {schema}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Provide the connection for queries; raises StoreUnavailable."""
        with self._translated():
            yield self._db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Provide the connection in a transaction, the open one if there is one; raises StoreUnavailable."""
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
            raise StoreUnavailable(
                _("the frontier {path} cannot be used: {error}", path=self._path, error=error), _HINT
            ) from error
