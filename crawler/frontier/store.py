"""The frontier on disk: which pages are known, which wait, and which process crawls which site.

A page waits until it is acknowledged, which happens once everything that came of it is archived and catalogued; so a
crawl that is killed asks again for what was in flight, and for nothing else. A site belongs to one process at a time,
which keeps its pace; a process that is gone owns nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from crawler.frontier import budgets, leases, list_log, run_log
from crawler.frontier.database import Database
from crawler.frontier.leases import owner_name, owner_process
from crawler.frontier.list_log import ListStatus
from crawler.frontier.page import Page, page_key
from crawler.frontier.revisit_policy import Known, ListResult
from crawler.frontier.run_policy import Ending, Run
from crawler.frontier.schema import SCHEMA, columns_of, known_of, us_or_none
from pipelines.times import from_us, to_us


class Frontier:
    """The frontier in a file; use it from one thread."""

    def __init__(self, path: Path) -> None:
        """Open the frontier, made where it is missing; raises StoreUnavailable, as all of its methods do."""
        self._file = Database(path, "".join((SCHEMA, *(part.SCHEMA for part in (budgets, run_log, list_log, leases)))))
        self._owner = owner_name(os.getpid())
        self._started: dict[str, int] = {}

    def together(self) -> AbstractContextManager[object]:
        """Let nobody else write while the block is at work; what is written in it is written at its end, or not."""
        return self._file.writing()

    def take(self, site: str, options: str, now: dt.datetime) -> bool:
        """Make a site this process's own, and tell whether it is: not if another living process has it.

        A crawl with the same options that was killed goes on where it was, as if it had never ended.
        """
        with self._file.writing() as db:
            started = leases.take(db, site, self._owner, options, now)
        if started is not None:
            self._started[site] = started
        return started is not None

    def owners(self) -> dict[str, int]:
        """Return which sites are being crawled, by the number of the process."""
        with self._file.reading() as db:
            return leases.owners(db)

    def runs(self) -> dict[str, Run]:
        """Return the last crawl of each site that was ever crawled."""
        with self._file.reading() as db:
            return run_log.read_runs(db, owner_process)

    def fail(self, site: str, started: dt.datetime, ended: dt.datetime) -> None:
        """Remember a crawl that failed before it could take its site."""
        with self._file.writing() as db:
            run_log.fail_run(db, site, started, ended)

    def add(self, pages: Iterable[Page], *, again: bool = False, most: int | None = None) -> list[Page]:
        """Let pages wait, in their order, and return those of them that were not known before: so many at `most`.

        A known article or file waits only when it is due; a known list page, and with `again` any, once in each crawl.
        """
        new: list[Page] = []
        with self._file.writing() as db:
            for page in pages:
                if len(new) == most:
                    break
                if self._add(db, page, again=again):
                    new.append(page)
        return new

    def add_due(self, site: str, heads: Iterable[Page], now: dt.datetime) -> None:
        """Let those heads of a site's lists wait that are due by their own interval, or were never asked for.

        A tenth of the interval may be wanting: a crawl begins at its turn, a moment before what the last one asked for
        in its course falls due, and would otherwise leave it until the turn after.
        """
        query = "SELECT 1 FROM pages WHERE key = ? AND due IS NOT NULL"
        with self._file.writing() as db:
            for page in heads:
                if not db.execute(query, (page.key,)).fetchone():
                    self._add(db, page, again=False)
            db.execute(
                "UPDATE pages SET waiting = 1, due = NULL WHERE site = ? AND NOT waiting"
                " AND role = 'list' AND walked <= 1 AND due - coalesce(interval, 0) * 100000 <= ?",
                (site, to_us(now)),
            )

    def _add(self, db: sqlite3.Connection, page: Page, *, again: bool) -> bool:
        values = (page.key, page.site, page.url, page.role, page.section, page.walked, page.form, page.priority)
        new = db.execute(
            "INSERT OR IGNORE INTO pages (key, site, url, role, section, walked, form, priority, waiting)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            values,
        ).rowcount
        if not new and (again or page.role == "list"):
            db.execute(
                "UPDATE pages SET waiting = 1, walked = ?, section = ?, priority = ?"
                " WHERE key = ? AND NOT waiting AND (asked IS NULL OR asked < ?)",
                (page.walked, page.section, page.priority, page.key, self._started.get(page.site, 0)),
            )
        return bool(new)

    def next(self, site: str, now: dt.datetime, limit: int, besides: frozenset[str] = frozenset()) -> list[Known]:
        """Return the first pages of a site that wait, besides those with these keys; what has fallen due waits too."""
        with self._file.writing() as db:
            db.execute(
                "UPDATE pages SET waiting = 1, due = NULL, priority = CASE role WHEN 'article' THEN 0 ELSE priority END"
                " WHERE site = ? AND NOT waiting AND due IS NOT NULL AND due <= ?",
                (site, to_us(now)),
            )
            query = "SELECT * FROM pages WHERE site = ? AND waiting ORDER BY priority DESC, added LIMIT ?"
            rows = db.execute(query, (site, limit + len(besides))).fetchall()
            chosen = [row for row in rows if row["key"] not in besides][:limit]
            db.executemany("UPDATE pages SET leased = 1 WHERE key = ?", [(row["key"],) for row in chosen])
        return [known_of(row) for row in chosen]

    def waiting(self, site: str) -> int:
        """Return how many pages of a site wait."""
        with self._file.reading() as db:
            (count,) = db.execute("SELECT count(*) FROM pages WHERE site = ? AND waiting", (site,)).fetchone()
        return int(count)

    def stale_leases(self) -> list[tuple[Known, dt.datetime]]:
        """Return the pages that were handed out by processes that are gone, and since when what came of them counts.

        That is the start of their crawl, or their last visit in it.
        """
        query = "SELECT * FROM pages JOIN sites USING (site) WHERE leased ORDER BY added"
        with self._file.reading() as db:
            rows = db.execute(query).fetchall()
        gone = {row["site"]: owner_process(row["owner"]) is None for row in rows}
        return [(known_of(row), from_us(max(row["started"], row["asked"] or 0))) for row in rows if gone[row["site"]]]

    def release_page(self, page: Page) -> None:
        """Let a page that was handed out wait as before."""
        with self._file.writing() as db:
            db.execute("UPDATE pages SET leased = 0 WHERE key = ?", (page.key,))

    def was_asked(self, url: str) -> bool:
        """Tell whether a URL waits, or was asked for in the running crawl of its site."""
        with self._file.reading() as db:
            row = db.execute("SELECT site, waiting, asked FROM pages WHERE key = ?", (page_key(url),)).fetchone()
        return bool(row) and bool(row["waiting"] or (row["asked"] or 0) >= self._started.get(row["site"], 0))

    def acknowledge(
        self,
        known: Known,
        due: dt.datetime | None,
        now: dt.datetime,
        targets: Iterable[str] = (),
        shown: ListResult | None = None,
    ) -> None:
        """Let a page go until it is due again, with what its visit showed, and with it the targets of its redirects."""
        told = columns_of(known.history) | {"due": us_or_none(due), "asked": to_us(now), "key": known.page.key}
        with self._file.writing() as db:
            db.execute(
                "UPDATE pages SET waiting = 0, leased = 0, due = :due, asked = :asked, visited = :visited,"
                " since = :since, missed = :missed, failed = :failed, interval = :interval, etag = :etag,"
                " last_modified = :last_modified WHERE key = :key",
                told,
            )
            if shown:
                list_log.note_shown(db, known.page, shown, now)
            for url in targets:
                db.execute(
                    "INSERT INTO pages (key, site, url, role, walked, priority, waiting, asked)"
                    " VALUES (?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT (key) DO UPDATE SET asked = excluded.asked",
                    (page_key(url), known.page.site, url, known.page.role, to_us(now)),
                )

    def spend(self, site: str, now: dt.datetime) -> None:
        """Count one more request to a site on the day that it is in China."""
        with self._file.writing() as db:
            budgets.spend(db, site, now)

    def spent(self, site: str, now: dt.datetime) -> int:
        """Return how many requests to a site were counted on the day that it is in China."""
        with self._file.reading() as db:
            return budgets.spent(db, site, now)

    def pause(self, site: str, until: dt.datetime) -> None:
        """Remember that a site asked to be left alone until then."""
        with self._file.writing() as db:
            budgets.pause(db, site, until)

    def paused(self, site: str) -> dt.datetime | None:
        """Return until when a site asked to be left alone, the last time that it did."""
        with self._file.reading() as db:
            return budgets.paused(db, site)

    def counts(self, now: dt.datetime) -> dict[str, dict[str, Any]]:
        """Return for each site how many pages are known, wait, failed, are missing, and fall due within a day."""
        query = (
            "SELECT site, count(*) AS known, sum(waiting) AS waiting, sum(failed > 0) AS failing,"
            " sum(missed > 1) AS gone, sum(due <= ?) AS due FROM pages GROUP BY site ORDER BY site"
        )
        with self._file.reading() as db:
            rows = [dict(row) for row in db.execute(query, (to_us(now + dt.timedelta(days=1)),))]
        return {row.pop("site"): {name: count or 0 for name, count in row.items()} for row in rows}

    def looks(self) -> dict[str, list[ListStatus]]:
        """Return for each site what its sections' lists showed when they were last looked at."""
        with self._file.reading() as db:
            return list_log.read_looks(db)

    def release(self, site: str, now: dt.datetime, outcome: Ending = "done") -> None:
        """Give a site back; its crawl has ended unless some of its pages still wait, its run has in any case."""
        with self._file.writing() as db:
            leases.release(db, site, self._owner, now, outcome)
        self._started.pop(site, None)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
