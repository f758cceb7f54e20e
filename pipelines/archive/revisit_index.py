"""What a reader must remember to give revisits their bodies, in temporary databases: it grows with the files read.

SQLite writes such a database to the folder of temporary files once it is larger than its cache, and deletes it when it
is closed.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Protocol

from attrs import frozen

from pipelines.archive.record_reader import Record, WarcInfo
from pipelines.model import Capture, Location

logger = logging.getLogger(__name__)

CACHE_KIB = 16_000
"""Memory of one database, in KiB: enough for the names of about 100,000 records; larger ones are partly on disk."""

NAME_BYTES = 16
"""Bytes of the digest that stands for a name: two of 10^12 names are equal with a chance below 10^-14."""

_LOCATIONS = "CREATE TABLE locations (name BLOB PRIMARY KEY, file TEXT, start INTEGER, length INTEGER) WITHOUT ROWID"
_REVISITS = """
CREATE TABLE revisits (id INTEGER PRIMARY KEY, revisit BLOB);
CREATE TABLE names (name BLOB, id INTEGER, PRIMARY KEY (name, id)) WITHOUT ROWID;
"""
_ADD_LOCATION = "INSERT OR IGNORE INTO locations VALUES (?, ?, ?, ?)"
_LOCATION = "SELECT file, start, length FROM locations WHERE name = ?"
_ADD_REVISIT = "INSERT INTO revisits (revisit) VALUES (?)"
_ADD_NAME = "INSERT OR IGNORE INTO names VALUES (?, ?)"
_NAMED = "SELECT id, revisit FROM names JOIN revisits USING (id) WHERE name = ? ORDER BY id"
_REMOVE = "DELETE FROM revisits WHERE id = ?"
_ALL = "SELECT revisit FROM revisits ORDER BY id"


@frozen(eq=False)
class PendingRevisit:
    """A revisit whose body is not found yet, with the warcinfo fields of its file."""

    info: WarcInfo
    record: Record
    capture: Capture

    def without_body(self) -> Capture:
        """Return the capture with an empty body, and log a warning; without headers its status is taken to be 200."""
        capture = self.capture
        logger.warning(
            "%s of %s is a revisit, and the body it refers to was not found", capture.final_url, capture.fetched_at
        )
        return capture


class RevisitSink(Protocol):
    """Takes revisits whose bodies are not found yet, in the order in which they are read."""

    def add(self, revisit: PendingRevisit, names: Iterable[str]) -> None:
        """Take a revisit with the names by which it refers to its original."""


class OriginalLocations:
    """The locations of the records to which revisits can refer, by their names; the first of equal names counts."""

    def __init__(self) -> None:
        self._db = _temporary(_LOCATIONS)

    def add(self, names: Iterable[str], location: Location) -> None:
        """Store the location of a record under its names."""
        row = (location.file, location.offset, location.length)
        self._db.executemany(_ADD_LOCATION, [(_key(name), *row) for name in names])

    def first(self, names: Iterable[str]) -> Location | None:
        """Return the location of the first name that is known."""
        for name in names:
            if row := self._db.execute(_LOCATION, (_key(name),)).fetchone():
                return Location(file=row[0], offset=row[1], length=row[2])
        return None

    def close(self) -> None:
        """Delete the database."""
        self._db.close()


class PendingRevisits:
    """Revisits whose bodies are not found yet, in the order in which they were read."""

    def __init__(self) -> None:
        self._db = _temporary(_REVISITS)
        self._count = 0
        self.files: set[str] = set()
        """Files in which a revisit is or was pending."""

    def __len__(self) -> int:
        return self._count

    def add(self, revisit: PendingRevisit, names: Iterable[str]) -> None:
        """Add a revisit with the names by which it refers to its original."""
        row = self._db.execute(_ADD_REVISIT, (pickle.dumps(revisit, pickle.HIGHEST_PROTOCOL),)).lastrowid
        self._db.executemany(_ADD_NAME, [(_key(name), row) for name in names])
        self._count += 1
        if revisit.capture.stored:
            self.files.add(revisit.capture.stored.file)

    def take(self, names: Iterable[str]) -> Iterator[PendingRevisit]:
        """Remove and yield the revisits that refer to an original by one of these names."""
        for name in names:
            for row, revisit in self._db.execute(_NAMED, (_key(name),)).fetchall():
                self._db.execute(_REMOVE, (row,))
                self._count -= 1
                yield pickle.loads(revisit)  # noqa: S301 - written by this process, into a file without a name

    def __iter__(self) -> Iterator[PendingRevisit]:
        for (revisit,) in self._db.execute(_ALL):
            yield pickle.loads(revisit)  # noqa: S301 - see `take`

    def close(self) -> None:
        """Delete the database."""
        self._db.close()


def _temporary(tables: str) -> sqlite3.Connection:
    """Open a temporary database; a generator that reads from it may be continued in another thread."""
    db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -{CACHE_KIB}; {tables};")
    db.execute("BEGIN")  # never committed: the database is temporary
    return db


def _key(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=NAME_BYTES).digest()
