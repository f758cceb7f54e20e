"""A register of an archive's records while one looks through it, on disk: archives outgrow memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from attrs import asdict, frozen

from pipelines.archive.checks import Facts
from pipelines.model import Location

_TABLE = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE records (
  file TEXT, start INTEGER, length INTEGER, id TEXT PRIMARY KEY, kind TEXT, url TEXT, date TEXT, payload TEXT,
  refers_to TEXT, refers_url TEXT, refers_date TEXT, profile TEXT, catalogued INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX places ON records (file, start);
CREATE INDEX payloads ON records (payload, date) WHERE kind = 'response';
"""
_ADD = """
INSERT OR IGNORE INTO records VALUES (
  :file, :offset, :length, :id, :kind, :url, :date, :payload, :refers_to, :refers_url, :refers_date, :profile, 0)
"""
_BY_ID = "SELECT * FROM records WHERE id = ?"
_BY_PLACE = "SELECT * FROM records WHERE file = ? AND start = ?"
_BY_PAYLOAD = "SELECT * FROM records WHERE kind = 'response' AND payload = ? ORDER BY date LIMIT 1"
_REVISITS = "SELECT * FROM records WHERE kind = 'revisit' ORDER BY file, start"
_UNCATALOGUED = """
SELECT * FROM records WHERE kind IN ('response', 'revisit', 'conversion') AND NOT catalogued ORDER BY file, start
"""
_CATALOGUED = "UPDATE records SET catalogued = 1 WHERE id = ?"


@frozen(kw_only=True)
class IndexedRecord:
    """A record's facts, and where it lies."""

    facts: Facts
    place: Location


class RecordIndex:
    """The records of an archive by id, place and payload, gone when it is closed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLE)
        self._db.execute("BEGIN")  # and never an end: nothing of it is to outlive this

    def add(self, facts: Facts, place: Location) -> Location | None:
        """Note a record; return where another one with its id lies, if there is one."""
        if self._db.execute(_ADD, asdict(facts) | asdict(place)).rowcount:
            return None
        held = self.record(facts.id)
        return held.place if held else None

    def record(self, id_: str) -> IndexedRecord | None:
        """Return the record with an id."""
        return self._first(_BY_ID, id_)

    def original(self, payload: str) -> Location | None:
        """Return where the earliest response with a payload digest lies."""
        found = self._first(_BY_PAYLOAD, payload)
        return found.place if found else None

    def catalogued(self, place: Location) -> IndexedRecord | None:
        """Return the record that begins at a place, and note that the catalogue has it."""
        found = self._first(_BY_PLACE, place.file, place.offset)
        if found:
            self._db.execute(_CATALOGUED, (found.facts.id,))
        return found

    def revisits(self) -> Iterator[IndexedRecord]:
        """Yield the revisits, file by file in their order."""
        return map(_registered, self._db.execute(_REVISITS))

    def uncatalogued(self) -> Iterator[IndexedRecord]:
        """Yield the responses and revisits that the catalogue has not, file by file in their order."""
        return map(_registered, self._db.execute(_UNCATALOGUED))

    def close(self) -> None:
        """Forget everything."""
        self._db.close()

    def _first(self, query: str, *values: object) -> IndexedRecord | None:
        row = self._db.execute(query, values).fetchone()
        return _registered(row) if row else None


def _registered(row: sqlite3.Row) -> IndexedRecord:
    told = dict(row)
    place = Location(file=told.pop("file"), offset=told.pop("start"), length=told.pop("length"))
    del told["catalogued"]
    return IndexedRecord(facts=Facts(**told), place=place)
