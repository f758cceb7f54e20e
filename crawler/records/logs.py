"""The logs of crawls: the lines of each run of `crawl`, within bounds, with the sites that they are about."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from attrs import frozen

from pipelines.times import from_us, to_us

LogLevel = Literal["error", "warning", "info"]

LEVELS: tuple[LogLevel, ...] = ("error", "warning", "info")
"""The levels of lines, the most important first."""

MAX_BYTES = 64_000_000
"""Bytes of the lines of all logs: those of some thousand crawls with 20 kB each. The oldest logs are removed first."""

MAX_LOGS = 5_000
"""Logs that are kept: those of ten days of 500 sites, each crawled by a run of its own."""

_TABLES = """
CREATE {temporary}TABLE IF NOT EXISTS logs (run INTEGER PRIMARY KEY AUTOINCREMENT, began_us INTEGER NOT NULL,
    ended_us INTEGER, bytes INTEGER NOT NULL, left_out INTEGER NOT NULL);
CREATE {temporary}TABLE IF NOT EXISTS log_sites (site TEXT, began_us INTEGER, run INTEGER NOT NULL,
    PRIMARY KEY (site, began_us, run)) WITHOUT ROWID;
CREATE {temporary}TABLE IF NOT EXISTS log_lines (run INTEGER, number INTEGER, at_us INTEGER NOT NULL,
    level TEXT NOT NULL, event TEXT NOT NULL, site TEXT, message TEXT NOT NULL,
    PRIMARY KEY (run, number)) WITHOUT ROWID;
"""
"""`ended_us` is null while a run is going on, and stays null if it was killed."""

LOG_SCHEMA = _TABLES.format(temporary="") + "CREATE INDEX IF NOT EXISTS log_sites_by_run ON log_sites (run);"

EMPTY_LOGS = _TABLES.format(temporary="TEMPORARY ")
"""Tables without rows, for a reader of records that have no logs yet."""

_OF_SITE = "FROM log_lines WHERE run = :run AND (site IS NULL OR site = :site)"


@frozen(kw_only=True)
class LogLine:
    """A line of a log: when, how important, the name of its event, the site that it is about, and its text."""

    at: dt.datetime
    level: LogLevel
    event: str
    message: str
    site: str | None = None


@frozen(kw_only=True)
class LogKey:
    """The log of a run, as far as it is about one site; `left_out` lines came after its bounds were reached."""

    run: int
    site: str
    left_out: int


class Logs:
    """The logs of an archive, on an open connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use the connection of the records."""
        self._db = connection

    def begin(self, sites: Iterable[str], at: dt.datetime) -> int:
        """Begin the log of a run that crawls some sites, and return its number."""
        self._db.execute("BEGIN IMMEDIATE")
        run = self._db.execute("INSERT INTO logs VALUES (NULL, ?, NULL, 0, 0)", (to_us(at),)).lastrowid or 0
        self._db.executemany("INSERT INTO log_sites VALUES (?, ?, ?)", [(site, to_us(at), run) for site in {*sites}])
        self._remove_oldest(run)
        self._db.execute("COMMIT")
        return run

    def add(self, run: int, lines: Sequence[LogLine], left_out: int = 0, ended: dt.datetime | None = None) -> None:
        """Add lines to the log of a run; `left_out` is the number of its lines so far that are not kept."""
        self._db.execute("BEGIN IMMEDIATE")
        query = "SELECT coalesce(max(number), 0) + 1 FROM log_lines WHERE run = ?"
        first = int(self._db.execute(query, (run,)).fetchone()[0])
        self._db.executemany(
            "INSERT INTO log_lines VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (run, number, to_us(each.at), each.level, each.event, each.site, each.message)
                for number, each in enumerate(lines, first)
            ],
        )
        size = sum(len(each.message.encode()) for each in lines)
        self._db.execute(
            "UPDATE logs SET ended_us = ?, bytes = bytes + ?, left_out = ? WHERE run = ?",
            (to_us(ended) if ended else None, size, left_out, run),
        )
        self._db.execute("COMMIT")

    def of_crawl(self, site: str, started: dt.datetime) -> LogKey | None:
        """Return the log with the lines of the crawl of a site that began at a time; None if there is none."""
        row = self._db.execute(
            "SELECT run, left_out FROM log_sites JOIN logs USING (run) WHERE site = ? AND log_sites.began_us <= ?"
            " AND (ended_us IS NULL OR ended_us >= ?) ORDER BY log_sites.began_us DESC LIMIT 1",
            (site, to_us(started), to_us(started)),
        ).fetchone()
        return LogKey(run=row[0], site=site, left_out=row[1]) if row else None

    def counts(self, key: LogKey) -> Mapping[LogLevel, int]:
        """Return how many lines of each level a log has."""
        query = f"SELECT level, count(*) {_OF_SITE} GROUP BY level"
        return dict(self._db.execute(query, {"run": key.run, "site": key.site}).fetchall())

    def lines(self, key: LogKey, levels: Iterable[LogLevel], limit: int = -1, offset: int = 0) -> list[LogLine]:
        """Return the lines of a log that have one of some levels, in their order; -1: all of them."""
        given = {"run": key.run, "site": key.site, "limit": limit, "offset": offset}
        names = {f"level{number}": level for number, level in enumerate(levels)}
        chosen = ", ".join(f":{name}" for name in names)
        query = f"SELECT at_us, level, event, message, site {_OF_SITE} AND level IN ({chosen})"
        rows = self._db.execute(f"{query} ORDER BY number LIMIT :limit OFFSET :offset", {**given, **names})
        return [
            LogLine(at=from_us(at), level=level, event=event, message=message, site=site)
            for at, level, event, message, site in rows
        ]

    def _remove_oldest(self, present: int) -> None:
        """Remove the oldest logs until the others are within the bounds; never that of the present run."""
        logs = self._db.execute("SELECT run, bytes FROM logs ORDER BY run DESC").fetchall()
        size = 0
        for number, (run, length) in enumerate(logs, 1):
            size += length
            if run != present and (size > MAX_BYTES or number > MAX_LOGS):
                for table in ("log_lines", "log_sites", "logs"):
                    self._db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))  # noqa: S608 - no input
