"""Shell. The frontier on disk: which pages are known, which wait, and which process crawls which site.

A page waits until it is acknowledged, which happens once everything that came of it is archived and catalogued; so a
crawl that is killed asks again for what was in flight, and for nothing else. A site belongs to one process at a time,
which keeps its pace; a process that is gone owns nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil

from crawler.frontier.page import Page, page_key
from crawler.frontier.visits import History, Known
from pipelines.errors import StoreUnavailable

BUSY_S = 30
"""How long one process waits for another one's transaction; ours last milliseconds."""

_T = TypeVar("_T")
_U = TypeVar("_U")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY, owner TEXT, started INTEGER, ended INTEGER, options TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
  site TEXT, day TEXT, asked INTEGER NOT NULL, PRIMARY KEY (site, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (
  added INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, site TEXT NOT NULL, url TEXT NOT NULL, role TEXT NOT NULL,
  section TEXT, walked INTEGER NOT NULL, form TEXT, priority INTEGER NOT NULL,
  waiting INTEGER NOT NULL, leased INTEGER NOT NULL DEFAULT 0, due INTEGER, asked INTEGER,
  visited INTEGER, since INTEGER, missed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  interval INTEGER, etag TEXT, last_modified TEXT
);
CREATE INDEX IF NOT EXISTS waiting ON pages (site, priority DESC, added) WHERE waiting;
CREATE INDEX IF NOT EXISTS leased ON pages (site) WHERE leased;
CREATE INDEX IF NOT EXISTS due ON pages (site, due) WHERE NOT waiting AND due IS NOT NULL;
"""
"""Times are microseconds since 1970. `asked` is the last visit, whatever came of it, `due` the next one."""


class Frontier:
    """The frontier in a file; use it from one thread."""

    def __init__(self, path: Path) -> None:
        """Open the frontier, made where it is missing; raises StoreUnavailable."""
        self._path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            # NORMAL may lose the last pages to a power cut, never to a kill: they are found or asked for again
            self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")
        self._owner = _owner(os.getpid())
        self._started: dict[str, int] = {}

    def take(self, site: str, options: str, now: dt.datetime) -> bool:
        """Make a site this process's own, and tell whether it is: not if another living process has it.

        A crawl with the same options that was killed goes on where it was, as if it had never ended.
        """
        with self._writing():
            row = self._db.execute("SELECT * FROM sites WHERE site = ?", (site,)).fetchone()
            if row and row["owner"] not in (None, self._owner) and _lives(row["owner"]):
                return False
            goes_on = row and row["ended"] is None and row["options"] == options
            started = int(row["started"]) if goes_on else _us(now)
            self._db.execute("REPLACE INTO sites VALUES (?, ?, ?, NULL, ?)", (site, self._owner, started, options))
        self._started[site] = started
        return True

    def owners(self) -> dict[str, int]:
        """Return which sites are being crawled, by the number of the process."""
        rows = self._db.execute("SELECT site, owner FROM sites WHERE owner IS NOT NULL").fetchall()
        return {row["site"]: int(row["owner"].partition("@")[0]) for row in rows if _lives(row["owner"])}

    def add(self, pages: Iterable[Page], *, again: bool = False) -> list[Page]:
        """Let pages wait, in their order, and return those of them that were not known before.

        A known article or file waits only when it is due; a known list page, and with `again` any, once in each crawl.
        """
        with self._writing():
            return [page for page in pages if self._add(page, again=again)]

    def _add(self, page: Page, *, again: bool) -> bool:
        values = (page.key, page.site, page.url, page.role, page.section, page.walked, page.form, page.priority)
        new = self._db.execute(
            "INSERT OR IGNORE INTO pages (key, site, url, role, section, walked, form, priority, waiting)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            values,
        ).rowcount
        if not new and (again or page.role == "list"):
            self._db.execute(
                "UPDATE pages SET waiting = 1, walked = ?, section = ?, priority = ?"
                " WHERE key = ? AND NOT waiting AND (asked IS NULL OR asked < ?)",
                (page.walked, page.section, page.priority, page.key, self._started.get(page.site, 0)),
            )
        return bool(new)

    def next(self, site: str, now: dt.datetime, limit: int, besides: frozenset[str] = frozenset()) -> list[Known]:
        """Return the first pages of a site that wait, besides those with these keys; what has fallen due waits too."""
        with self._writing():
            self._db.execute(
                "UPDATE pages SET waiting = 1, due = NULL, priority = CASE role WHEN 'article' THEN 0 ELSE priority END"
                " WHERE site = ? AND NOT waiting AND due IS NOT NULL AND due <= ?",
                (site, _us(now)),
            )
            query = "SELECT * FROM pages WHERE site = ? AND waiting ORDER BY priority DESC, added LIMIT ?"
            rows = self._db.execute(query, (site, limit + len(besides))).fetchall()
            chosen = [row for row in rows if row["key"] not in besides][:limit]
            self._db.executemany("UPDATE pages SET leased = 1 WHERE key = ?", [(row["key"],) for row in chosen])
        return [_known(row) for row in chosen]

    def orphans(self) -> list[tuple[Known, dt.datetime]]:
        """Return the pages that were handed out by processes that are gone, with the start of their crawl."""
        query = "SELECT * FROM pages JOIN sites USING (site) WHERE leased ORDER BY added"
        rows = self._db.execute(query).fetchall()
        gone = {row["site"]: row["owner"] is None or not _lives(row["owner"]) for row in rows}
        return [(_known(row), _moment(row["started"])) for row in rows if gone[row["site"]]]

    def give_back(self, page: Page) -> None:
        """Let a page that was handed out wait as before."""
        with self._writing():
            self._db.execute("UPDATE pages SET leased = 0 WHERE key = ?", (page.key,))

    def was_asked(self, url: str) -> bool:
        """Tell whether a URL waits, or was asked for in the running crawl of its site."""
        row = self._db.execute("SELECT site, waiting, asked FROM pages WHERE key = ?", (page_key(url),)).fetchone()
        return bool(row) and bool(row["waiting"] or (row["asked"] or 0) >= self._started.get(row["site"], 0))

    def acknowledge(self, known: Known, due: dt.datetime | None, now: dt.datetime, targets: Iterable[str] = ()) -> None:
        """Let a page go until it is due again, with what its visit showed, and with it the targets of its redirects."""
        history = known.history
        seen = (_maybe(_us, history.visited_at), _maybe(_us, history.since), history.missed, history.failed)
        told = (history.interval.total_seconds() if history.interval else None, history.etag, history.last_modified)
        with self._writing():
            self._db.execute(
                "UPDATE pages SET waiting = 0, leased = 0, due = ?, asked = ?, visited = ?, since = ?, missed = ?,"
                " failed = ?, interval = ?, etag = ?, last_modified = ? WHERE key = ?",
                (_maybe(_us, due), _us(now), *seen, *told, known.page.key),
            )
            for url in targets:
                self._db.execute(
                    "INSERT INTO pages (key, site, url, role, walked, priority, waiting, asked)"
                    " VALUES (?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT (key) DO UPDATE SET asked = excluded.asked",
                    (page_key(url), known.page.site, url, known.page.role, _us(now)),
                )

    def spend(self, site: str, day: str) -> None:
        """Count one more request to a site on a day."""
        with self._writing():
            query = "INSERT INTO days VALUES (?, ?, 1) ON CONFLICT (site, day) DO UPDATE SET asked = asked + 1"
            self._db.execute(query, (site, day))

    def spent(self, site: str, day: str) -> int:
        """Return how many requests to a site were counted on a day."""
        row = self._db.execute("SELECT asked FROM days WHERE site = ? AND day = ?", (site, day)).fetchone()
        return int(row["asked"]) if row else 0

    def counts(self, now: dt.datetime) -> dict[str, dict[str, Any]]:
        """Return for each site how many pages are known, wait, failed, are missing, and fall due within a day."""
        rows = self._db.execute(
            "SELECT site, count(*) AS known, sum(waiting) AS waiting, sum(failed > 0) AS failing,"
            " sum(missed > 1) AS gone, sum(due <= ?) AS due FROM pages GROUP BY site ORDER BY site",
            (_us(now + dt.timedelta(days=1)),),
        )
        return {row["site"]: {name: row[name] or 0 for name in row.keys() if name != "site"} for row in rows}  # noqa: SIM118

    def release(self, site: str, now: dt.datetime) -> None:
        """Give a site back; its crawl has ended unless some of its pages still wait."""
        with self._writing():
            ended = "CASE WHEN EXISTS (SELECT 1 FROM pages WHERE site = ? AND waiting) THEN NULL ELSE ? END"
            query = f"UPDATE sites SET owner = NULL, ended = {ended} WHERE site = ? AND owner = ?"  # noqa: S608 - no input
            self._db.execute(query, (site, _us(now), site, self._owner))
            self._db.execute("UPDATE pages SET leased = 0 WHERE site = ? AND leased", (site,))
        self._started.pop(site, None)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            hint = "check that its folder can be written to and the disk is not full; if the file is broken, remove it"
            raise StoreUnavailable(f"the frontier {self._path} cannot be used: {error}", hint) from error


def _known(row: sqlite3.Row) -> Known:
    page = Page(
        url=row["url"],
        site=row["site"],
        role=row["role"],
        section=row["section"],
        walked=row["walked"],
        form=row["form"],
    )
    history = History(
        visited_at=_maybe(_moment, row["visited"]),
        since=_maybe(_moment, row["since"]),
        missed=row["missed"],
        failed=row["failed"],
        interval=dt.timedelta(seconds=row["interval"]) if row["interval"] else None,
        etag=row["etag"],
        last_modified=row["last_modified"],
    )
    return Known(page=page, history=history)


def _us(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def _moment(us: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=us)


def _maybe(convert: Callable[[_T], _U], value: _T | None) -> _U | None:
    return None if value is None else convert(value)


def _owner(pid: int) -> str:
    """A process by its number and its start, because numbers are used again."""
    return f"{pid}@{psutil.Process(pid).create_time():.2f}"


def _lives(owner: str) -> bool:
    try:
        return _owner(int(owner.partition("@")[0])) == owner
    except psutil.NoSuchProcess:
        return False
