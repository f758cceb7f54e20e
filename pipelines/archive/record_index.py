"""An index of an archive's records, on disk while an archive is verified: its records do not fit into memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from attrs import asdict, frozen

from pipelines.archive.checks import RecordFields
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
_BY_LOCATION = "SELECT * FROM records WHERE file = ? AND start = ?"
_BY_PAYLOAD = "SELECT * FROM records WHERE kind = 'response' AND payload = ? ORDER BY date LIMIT 1"
_REVISITS = "SELECT * FROM records WHERE kind = 'revisit' ORDER BY file, start"
_UNCATALOGUED = """
SELECT * FROM records WHERE kind IN ('response', 'revisit', 'conversion') AND NOT catalogued ORDER BY file, start
"""
_MARK_CATALOGUED = "UPDATE records SET catalogued = 1 WHERE id = ?"


@frozen(kw_only=True)
class IndexedRecord:
    """A record: its fields and its location."""

    fields: RecordFields
    location: Location


class RecordIndex:
    """The records of an archive by id, location and payload digest; a temporary database that `close` deletes."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLE)
        self._db.execute("BEGIN")  # never committed: the database is temporary

    def add(self, fields: RecordFields, location: Location) -> Location | None:
        """Add a record; returns the location of another record with the same id, if there is one."""
        if self._db.execute(_ADD, asdict(fields) | asdict(location)).rowcount:
            return None
        other = self.record(fields.id)
        return other.location if other else None

    def record(self, id_: str) -> IndexedRecord | None:
        """Return the record with an id."""
        return self._first(_BY_ID, id_)

    def original(self, payload: str) -> Location | None:
        """Return the location of the earliest response with a payload digest."""
        found = self._first(_BY_PAYLOAD, payload)
        return found.location if found else None

    def mark_catalogued(self, location: Location) -> IndexedRecord | None:
        """Return the record that begins at a location, and mark that the catalogue has an entry for it."""
        found = self._first(_BY_LOCATION, location.file, location.offset)
        if found:
            self._db.execute(_MARK_CATALOGUED, (found.fields.id,))
        return found

    def revisits(self) -> Iterator[IndexedRecord]:
        """Yield the revisits by file and offset."""
        return map(_indexed_record, self._db.execute(_REVISITS))

    def uncatalogued(self) -> Iterator[IndexedRecord]:
        """Yield the responses, revisits and conversions without a catalogue entry by file and offset."""
        return map(_indexed_record, self._db.execute(_UNCATALOGUED))

    def close(self) -> None:
        """Delete the index."""
        self._db.close()

    def _first(self, query: str, *values: object) -> IndexedRecord | None:
        row = self._db.execute(query, values).fetchone()
        return _indexed_record(row) if row else None


def _indexed_record(row: sqlite3.Row) -> IndexedRecord:
    values = dict(row)
    location = Location(file=values.pop("file"), offset=values.pop("start"), length=values.pop("length"))
    del values["catalogued"]
    return IndexedRecord(fields=RecordFields(**values), location=location)
