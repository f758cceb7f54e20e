"""The records in a small SQLite file beside the frontier, apart from the archive and from its catalogue.

A rebuild of the catalogue or a new frontier leaves them as they are. Each machine has records of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crawler.records.logs import EMPTY_LOGS, LOG_SCHEMA, Logs
from crawler.records.rows import CrawlRecord, Mark, Verified
from pipelines.messages import gettext as _
from pipelines.sqlite import (
    BUSY_S,
    connect_read_only,
    connect_to_read,
    is_writable,
    sqlite_errors_as_unavailable,
    write_ahead,
)
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.times import from_us, to_us

RECORDS_FILE = "records.sqlite"

MAX_CRAWLS_OF_SITE = 2_000
"""Crawls that are kept of a site: those of sixteen months at four a day, some 0.5 MB."""

MAX_VERIFICATIONS = 500
"""Verifications that are kept: those of more than a year at one a day."""

MAX_FIRST = 20
"""Findings that are kept of a verification: `fangzhi verify` prints all of them again."""

_DAMAGED = _("restore it from a backup, or remove it: the runs, logs, verifications and marks in it are lost then")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS crawls (site TEXT, started_us INTEGER, ended_us INTEGER, outcome TEXT NOT NULL,
    counts TEXT NOT NULL, PRIMARY KEY (site, started_us)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS crawls_by_time ON crawls (started_us);
CREATE TABLE IF NOT EXISTS verifications (at_us INTEGER PRIMARY KEY, kind TEXT NOT NULL, seconds REAL NOT NULL,
    findings INTEGER NOT NULL, counts TEXT NOT NULL, first TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS marks (capture TEXT PRIMARY KEY, kind TEXT NOT NULL, note TEXT NOT NULL,
    at_us INTEGER NOT NULL) WITHOUT ROWID;
"""
_TABLES = (_SCHEMA, LOG_SCHEMA)


class Records:
    """The records of an archive, on an open connection. Use it from one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use a connection, which `opened_records` and `read_records` open."""
        self._db = connection
        self.logs = Logs(connection)

    def add_crawls(self, crawls: Iterable[CrawlRecord]) -> None:
        """Record crawls that are over; one that is recorded already keeps its counts unless it has new ones."""
        self._db.execute("BEGIN IMMEDIATE")
        for each in crawls:
            ended = to_us(each.ended) if each.ended else None
            self._db.execute(
                "INSERT INTO crawls VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ended_us = excluded.ended_us,"
                " outcome = excluded.outcome, counts = excluded.counts WHERE excluded.counts <> '{}'",
                (each.site, to_us(each.started), ended, each.outcome, json.dumps(dict(each.counts))),
            )
            self._db.execute(
                "DELETE FROM crawls WHERE site = :site AND started_us <= (SELECT started_us FROM crawls"
                " WHERE site = :site ORDER BY started_us DESC LIMIT 1 OFFSET :most)",
                {"site": each.site, "most": MAX_CRAWLS_OF_SITE},
            )
        self._db.execute("COMMIT")

    def crawls(self, site: str | None = None, limit: int = 100, offset: int = 0) -> list[CrawlRecord]:
        """Return the crawls of all sites or of one, the latest first."""
        query = (
            "SELECT site, started_us, ended_us, outcome, counts FROM crawls WHERE :site IS NULL OR site = :site"
            " ORDER BY started_us DESC, site LIMIT :limit OFFSET :offset"
        )
        rows = self._db.execute(query, {"site": site, "limit": limit, "offset": offset})
        return [
            CrawlRecord(
                site=slug,
                started=from_us(started),
                ended=None if ended is None else from_us(ended),
                outcome=outcome,
                counts=json.loads(counts),
            )
            for slug, started, ended, outcome, counts in rows
        ]

    def count_crawls(self, site: str | None = None) -> int:
        """Return the number of crawls that are recorded."""
        query = "SELECT count(*) FROM crawls WHERE :site IS NULL OR site = :site"
        return int(self._db.execute(query, {"site": site}).fetchone()[0])

    def add_verification(self, verified: Verified) -> None:
        """Record a verification."""
        values = (verified.kind, verified.seconds, verified.findings, json.dumps(dict(verified.counts)))
        first = json.dumps([dict(each) for each in verified.first[:MAX_FIRST]])
        self._db.execute(
            "INSERT OR REPLACE INTO verifications VALUES (?, ?, ?, ?, ?, ?)", (to_us(verified.at), *values, first)
        )
        query = "SELECT at_us FROM verifications ORDER BY at_us DESC LIMIT 1 OFFSET ?"
        self._db.execute(f"DELETE FROM verifications WHERE at_us <= ({query})", (MAX_VERIFICATIONS,))  # noqa: S608 - no input

    def verifications(self, limit: int = 10) -> list[Verified]:
        """Return the latest verifications, the newest first."""
        return self._verified("ORDER BY at_us DESC LIMIT ?", limit)

    def last_verifications(self) -> list[Verified]:
        """Return the last verification of each kind, in the order of the kinds."""
        return self._verified("WHERE at_us IN (SELECT max(at_us) FROM verifications GROUP BY kind) ORDER BY kind")

    def _verified(self, which: str, *values: int) -> list[Verified]:
        rows = self._db.execute(
            f"SELECT at_us, kind, seconds, findings, counts, first FROM verifications {which}",  # noqa: S608 - no input
            values,
        )
        return [
            Verified(
                at=from_us(at),
                kind=kind,
                seconds=seconds,
                findings=findings,
                counts=json.loads(counts),
                first=tuple(json.loads(first)),
            )
            for at, kind, seconds, findings, counts, first in rows
        ]

    def mark(self, mark: Mark) -> None:
        """Record a mark, which replaces an earlier one of the capture."""
        values = (mark.capture, mark.kind, mark.note, to_us(mark.at))
        self._db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", values)

    def unmark(self, capture: str) -> None:
        """Remove the mark of a capture, if it has one."""
        self._db.execute("DELETE FROM marks WHERE capture = ?", (capture,))

    def marks(self) -> dict[str, Mark]:
        """Return all marks by the id of their capture, the latest first."""
        rows = self._db.execute("SELECT capture, kind, note, at_us FROM marks ORDER BY at_us DESC, capture")
        return {row[0]: _mark(row) for row in rows}

    def mark_of(self, capture: str) -> Mark | None:
        """Return the mark of a capture; None if it has none."""
        row = self._db.execute("SELECT capture, kind, note, at_us FROM marks WHERE capture = ?", (capture,)).fetchone()
        return _mark(row) if row else None


@contextmanager
def opened_records(path: Path) -> Iterator[Records]:
    """Open the records at a path to write, and create them if they do not exist; raises StoreUnavailable."""
    with os_errors_as_unavailable("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with (
        sqlite_errors_as_unavailable(path, _DAMAGED),
        closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as connection,
    ):
        write_ahead(connection)
        connection.executescript(f"BEGIN IMMEDIATE; {''.join(_TABLES)} COMMIT;")  # readers see all tables or none
        yield Records(connection)


@contextmanager
def read_records(path: Path) -> Iterator[Records]:
    """Open the records at a path to read; without a file they are empty. Raises StoreUnavailable."""
    with sqlite_errors_as_unavailable(path, _DAMAGED), closing(_to_read(path)) as connection:
        yield Records(connection)


def _to_read(path: Path) -> sqlite3.Connection:
    if not path.exists():
        empty = sqlite3.connect(":memory:", isolation_level=None)
        empty.executescript("".join(_TABLES))
        return empty
    found = connect_to_read(path) if is_writable(path) else connect_read_only(path)
    if not found.execute("SELECT 1 FROM sqlite_master WHERE name = 'logs'").fetchone():
        found.executescript(EMPTY_LOGS)  # of an earlier version
    return found


def _mark(row: Any) -> Mark:
    capture, kind, note, at = row
    return Mark(capture=capture, kind=kind, note=note, at=from_us(at))
