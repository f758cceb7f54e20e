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

from crawler.frontier.ledger import SCHEMA, begin_run, end_run, fail_run, read_runs
from crawler.frontier.looks import Look, Shown
from crawler.frontier.owners import owner_name, owner_process
from crawler.frontier.page import Page, page_key
from crawler.frontier.runs import Ending, Run
from crawler.frontier.visits import History, Known
from pipelines.errors import StoreUnavailable
from pipelines.times import from_us, to_us

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
CREATE TABLE IF NOT EXISTS lists (
  key TEXT PRIMARY KEY, site TEXT NOT NULL, section TEXT, asked INTEGER NOT NULL, shown INTEGER, brought INTEGER,
  links INTEGER, newest TEXT, answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting ON pages (site, priority DESC, added) WHERE waiting;
CREATE INDEX IF NOT EXISTS leased ON pages (site) WHERE leased;
CREATE INDEX IF NOT EXISTS due ON pages (site, due) WHERE NOT waiting AND due IS NOT NULL;
"""
"""Times are microseconds since 1970. `asked` is the last visit, whatever came of it, `due` the next one.

`lists` has for each list page when it last `shown` an article, and when it last `brought` one that was not known.
"""

_LOOKED = """
INSERT INTO lists VALUES (:key, :site, :section, :now, CASE WHEN :answer = '' AND coalesce(:links, 1) THEN :now END,
  CASE WHEN :found THEN :now END, :links, :newest, :answer)
ON CONFLICT (key) DO UPDATE SET section = excluded.section, asked = excluded.asked, answer = excluded.answer,
  shown = CASE WHEN :answer = '' AND coalesce(:links, links, 1) THEN :now ELSE shown END,
  brought = coalesce(excluded.brought, brought), links = coalesce(:links, links), newest = coalesce(:newest, newest)
"""
"""A page that answers 304 shows what it did before; where that is not known it is taken for something."""

_LOOKS = """
SELECT site, section, started, max(asked) AS asked, max(shown) AS shown, max(brought) AS brought, max(newest) AS newest,
  max(CASE WHEN asked >= started THEN answer END) AS answer,
  EXISTS (SELECT 1 FROM pages WHERE pages.site = lists.site AND waiting AND role = 'list') AS unfinished
FROM lists JOIN sites USING (site) WHERE section IS NOT NULL GROUP BY site, section ORDER BY site, section
"""


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
            self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA} {SCHEMA}")
        self._owner = owner_name(os.getpid())
        self._started: dict[str, int] = {}

    def take(self, site: str, options: str, now: dt.datetime) -> bool:
        """Make a site this process's own, and tell whether it is: not if another living process has it.

        A crawl with the same options that was killed goes on where it was, as if it had never ended.
        """
        with self._writing():
            row = self._db.execute("SELECT * FROM sites WHERE site = ?", (site,)).fetchone()
            if row and row["owner"] != self._owner and owner_process(row["owner"]):
                return False
            goes_on = row and row["ended"] is None and row["options"] == options
            started = int(row["started"]) if goes_on else to_us(now)
            self._db.execute("REPLACE INTO sites VALUES (?, ?, ?, NULL, ?)", (site, self._owner, started, options))
            begin_run(self._db, site, now)
        self._started[site] = started
        return True

    def owners(self) -> dict[str, int]:
        """Return which sites are being crawled, by the number of the process."""
        rows = self._db.execute("SELECT site, owner FROM sites").fetchall()
        return {row["site"]: process for row in rows if (process := owner_process(row["owner"]))}

    def runs(self) -> dict[str, Run]:
        """Return the last crawl of each site that was ever crawled."""
        with self._translated():
            return read_runs(self._db, owner_process)

    def fail(self, site: str, started: dt.datetime, ended: dt.datetime) -> None:
        """Remember a crawl that failed before it could take its site."""
        with self._writing():
            fail_run(self._db, site, started, ended)

    def add(self, pages: Iterable[Page], *, again: bool = False) -> list[Page]:
        """Let pages wait, in their order, and return those of them that were not known before.

        A known article or file waits only when it is due; a known list page, and with `again` any, once in each crawl.
        """
        with self._writing():
            return [page for page in pages if self._add(page, again=again)]

    def add_due(self, site: str, heads: Iterable[Page], now: dt.datetime) -> None:
        """Let those heads of a site's lists wait that are due by their own interval, or were never asked for.

        A tenth of the interval may be wanting: a crawl begins at its turn, a moment before what the last one asked for
        in its course falls due, and would otherwise leave it until the turn after.
        """
        query = "SELECT 1 FROM pages WHERE key = ? AND due IS NOT NULL"
        with self._writing():
            for page in heads:
                if not self._db.execute(query, (page.key,)).fetchone():
                    self._add(page, again=False)
            self._db.execute(
                "UPDATE pages SET waiting = 1, due = NULL WHERE site = ? AND NOT waiting"
                " AND role = 'list' AND walked <= 1 AND due - coalesce(interval, 0) * 100000 <= ?",
                (site, to_us(now)),
            )

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
                (site, to_us(now)),
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
        gone = {row["site"]: owner_process(row["owner"]) is None for row in rows}
        return [(_known(row), from_us(row["started"])) for row in rows if gone[row["site"]]]

    def give_back(self, page: Page) -> None:
        """Let a page that was handed out wait as before."""
        with self._writing():
            self._db.execute("UPDATE pages SET leased = 0 WHERE key = ?", (page.key,))

    def was_asked(self, url: str) -> bool:
        """Tell whether a URL waits, or was asked for in the running crawl of its site."""
        row = self._db.execute("SELECT site, waiting, asked FROM pages WHERE key = ?", (page_key(url),)).fetchone()
        return bool(row) and bool(row["waiting"] or (row["asked"] or 0) >= self._started.get(row["site"], 0))

    def acknowledge(
        self,
        known: Known,
        due: dt.datetime | None,
        now: dt.datetime,
        targets: Iterable[str] = (),
        shown: Shown | None = None,
    ) -> None:
        """Let a page go until it is due again, with what its visit showed, and with it the targets of its redirects."""
        history = known.history
        seen = (_maybe(to_us, history.visited_at), _maybe(to_us, history.since), history.missed, history.failed)
        told = (history.interval.total_seconds() if history.interval else None, history.etag, history.last_modified)
        with self._writing():
            self._db.execute(
                "UPDATE pages SET waiting = 0, leased = 0, due = ?, asked = ?, visited = ?, since = ?, missed = ?,"
                " failed = ?, interval = ?, etag = ?, last_modified = ? WHERE key = ?",
                (_maybe(to_us, due), to_us(now), *seen, *told, known.page.key),
            )
            if shown:
                self._db.execute(_LOOKED, _looked(known.page, shown, now))
            for url in targets:
                self._db.execute(
                    "INSERT INTO pages (key, site, url, role, walked, priority, waiting, asked)"
                    " VALUES (?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT (key) DO UPDATE SET asked = excluded.asked",
                    (page_key(url), known.page.site, url, known.page.role, to_us(now)),
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
            (to_us(now + dt.timedelta(days=1)),),
        )
        return {row["site"]: {name: row[name] or 0 for name in row.keys() if name != "site"} for row in rows}  # noqa: SIM118

    def looks(self) -> dict[str, list[Look]]:
        """Return for each site what its sections' lists showed when they were last looked at."""
        found: dict[str, list[Look]] = {}
        for row in self._db.execute(_LOOKS):
            look = Look(
                section=row["section"],
                asked=row["asked"] >= row["started"] and not row["unfinished"],
                showing=(row["shown"] or 0) >= row["started"],
                asked_at=from_us(row["asked"]),
                shown_at=_maybe(from_us, row["shown"]),
                brought_at=_maybe(from_us, row["brought"]),
                newest_on=_maybe(dt.date.fromisoformat, row["newest"]),
                answer=row["answer"] or "",
            )
            found.setdefault(row["site"], []).append(look)
        return found

    def release(self, site: str, now: dt.datetime, outcome: Ending = "done") -> None:
        """Give a site back; its crawl has ended unless some of its pages still wait, its run has in any case."""
        with self._writing():
            if self._db.execute("SELECT 1 FROM sites WHERE site = ? AND owner = ?", (site, self._owner)).fetchone():
                end_run(self._db, site, now, outcome)
            ended = "CASE WHEN EXISTS (SELECT 1 FROM pages WHERE site = ? AND waiting) THEN NULL ELSE ? END"
            query = f"UPDATE sites SET owner = NULL, ended = {ended} WHERE site = ? AND owner = ?"  # noqa: S608 - no input
            self._db.execute(query, (site, to_us(now), site, self._owner))
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
        visited_at=_maybe(from_us, row["visited"]),
        since=_maybe(from_us, row["since"]),
        missed=row["missed"],
        failed=row["failed"],
        interval=dt.timedelta(seconds=row["interval"]) if row["interval"] else None,
        etag=row["etag"],
        last_modified=row["last_modified"],
    )
    return Known(page=page, history=history)


def _looked(page: Page, shown: Shown, now: dt.datetime) -> dict[str, Any]:
    told = {"links": shown.links, "found": shown.found, "answer": shown.answer}
    newest = _maybe(dt.date.isoformat, shown.newest_on)
    return told | {"key": page.key, "site": page.site, "section": page.section, "now": to_us(now), "newest": newest}


def _maybe(convert: Callable[[_T], _U], value: _T | None) -> _U | None:
    return None if value is None else convert(value)
