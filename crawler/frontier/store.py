"""The frontier on disk: which pages are known, which are queued, and which process crawls which site.

A page stays queued until it is acknowledged, which happens once all that came of it is archived and catalogued. So a
killed crawl fetches again only what was in flight. A site belongs to one process at a time, which keeps the site's
delays; a process that has ended owns nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from crawler.frontier import budgets, leases, list_log, refusals, run_log
from crawler.frontier.database import FrontierFile
from crawler.frontier.list_log import ListStatus
from crawler.frontier.page import Page, page_key
from crawler.frontier.refusals import BUDGET
from crawler.frontier.revisit_policy import Known, ListResult
from crawler.frontier.run_policy import Ending, Run
from crawler.frontier.schema import SCHEMA, columns_of, known_of, us_or_none
from pipelines.times import from_us, to_us

_SCHEMAS = (SCHEMA, budgets.SCHEMA, run_log.SCHEMA, list_log.SCHEMA, leases.SCHEMA, refusals.SCHEMA)


class Frontier:
    """The frontier in a file. Use it from one thread."""

    def __init__(self, path: Path) -> None:
        """Open the frontier, and create it if it does not exist; raises StoreUnavailable, as all methods do."""
        self._file = FrontierFile(path, "".join(_SCHEMAS))
        self._owner = leases.process_identity(os.getpid())
        self._started: dict[str, int] = {}

    def transaction(self) -> AbstractContextManager[object]:
        """Run a block as one transaction: no other process writes meanwhile; all writes succeed or none."""
        return self._file.writing()

    def claim_site(self, site: str, options: str, now: dt.datetime) -> bool:
        """Lease a site to this process; return False if another living process has it.

        An unfinished crawl with the same options is continued.
        """
        with self._file.writing() as db:
            started = leases.claim_site(db, site, self._owner, options, now)
        if started is not None:
            self._started[site] = started
        return started is not None

    def leases(self) -> dict[str, int]:
        """Return the sites that are being crawled, each with the PID of its process."""
        with self._file.reading() as db:
            return leases.read_leases(db)

    def runs(self) -> dict[str, Run]:
        """Return the last crawl of each site that was ever crawled."""
        with self._file.reading() as db:
            return run_log.read_runs(db, leases.live_process)

    def record_failed_run(self, site: str, started: dt.datetime, ended: dt.datetime) -> None:
        """Store a crawl that failed before it could claim its site."""
        with self._file.writing() as db:
            run_log.record_failed_run(db, site, started, ended)

    def enqueue(self, pages: Iterable[Page], *, force: bool = False, limit: int | None = None) -> list[Page]:
        """Queue pages in their order, and return those that were unknown; stop when these are `limit`.

        A known article or file is queued only when it is due. A known list page, and with `force` any known page, is
        queued once in each crawl.
        """
        new: list[Page] = []
        with self._file.writing() as db:
            for page in pages:
                if len(new) == limit:
                    break
                if self._enqueue(db, page, force=force):
                    new.append(page)
        return new

    def enqueue_requisites(
        self, pages: Iterable[Page], now: dt.datetime, limit: int, *, renew: bool = True
    ) -> list[Page]:
        """Queue requisites of a captured page, and return them: those unknown, and known ones after their interval.

        Without `renew` known ones are not queued. A URL that is known as a page or a file is fetched as such. Unknown
        ones beyond `limit` are stored as refused.
        """
        queued: list[Page] = []
        with self._file.writing() as db:
            for page in pages:
                if len(queued) >= limit:
                    refusals.record_unknown(db, page.key, BUDGET, now)
                elif self._enqueue(db, page, force=False) or (renew and self._is_outdated(db, page, now)):
                    queued.append(page)
        return queued

    def add_requested(self, page: Page, interval: dt.timedelta, now: dt.datetime) -> None:
        """Add a requisite that was requested now, and is requested again for a page after an interval."""
        query = (
            "INSERT INTO pages (key, site, url, role, section, walked, priority, waiting, asked, visited, interval)"
            " VALUES (:key, :site, :url, :role, :section, 0, :priority, 0, :now, :now, :interval)"
            " ON CONFLICT (key) DO UPDATE SET asked = excluded.asked, visited = excluded.visited"
        )
        values: dict[str, Any] = {"key": page.key, "site": page.site, "url": page.url, "role": page.role}
        values |= {"section": page.section, "priority": page.priority, "now": to_us(now)}
        values["interval"] = interval.total_seconds()
        with self._file.writing() as db:
            db.execute(query, values)

    @staticmethod
    def _is_outdated(db: sqlite3.Connection, page: Page, now: dt.datetime) -> bool:
        """Queue a known requisite whose interval has passed; tell whether it was queued."""
        query = (
            "UPDATE pages SET waiting = 1, due = NULL, section = ? WHERE key = ? AND priority < 0 AND NOT waiting"
            " AND due IS NULL AND asked + coalesce(interval, 0) * 1000000 <= ?"
        )
        return bool(db.execute(query, (page.section, page.key, to_us(now))).rowcount)

    def enqueue_due(self, site: str, first_pages: Iterable[Page], now: dt.datetime) -> None:
        """Queue the first pages of a site's sections that are due by their interval or were never fetched.

        Pages due within the next 10 % of their interval count as due. Otherwise a crawl that starts a few seconds
        early would skip them until the next run: each is due an interval after it was fetched, not after a crawl began.
        """
        query = "SELECT 1 FROM pages WHERE key = ? AND due IS NOT NULL"
        with self._file.writing() as db:
            for page in first_pages:
                if not db.execute(query, (page.key,)).fetchone():
                    self._enqueue(db, page, force=False)
            db.execute(  # 10 % of an interval in seconds are 100,000 µs per second
                "UPDATE pages SET waiting = 1, due = NULL WHERE site = ? AND NOT waiting"
                " AND role = 'list' AND walked <= 1 AND due - coalesce(interval, 0) * 100000 <= ?",
                (site, to_us(now)),
            )

    def enqueue_known_articles(self, site: str) -> None:
        """Queue the known articles of a site before they are due, once in each crawl.

        Articles that are never due stay out: those that were given up, and the targets of redirects.
        """
        with self._file.writing() as db:
            db.execute(
                "UPDATE pages SET waiting = 1, due = NULL"
                " WHERE site = ? AND role = 'article' AND NOT waiting AND due IS NOT NULL AND asked < ?",
                (site, self._started.get(site, 0)),
            )

    def _enqueue(self, db: sqlite3.Connection, page: Page, *, force: bool) -> bool:
        number = page.list_page_number
        new = db.execute(
            "INSERT OR IGNORE INTO pages (key, site, url, role, section, walked, form, priority, waiting)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (page.key, page.site, page.url, page.role, page.section, number, page.body, page.priority),
        ).rowcount
        if not new and (force or page.role == "list"):
            db.execute(
                "UPDATE pages SET waiting = 1, walked = ?, section = ?, priority = ?"
                " WHERE key = ? AND NOT waiting AND (asked IS NULL OR asked < ?)",
                (number, page.section, page.priority, page.key, self._started.get(page.site, 0)),
            )
        return bool(new)

    def lease_pages(
        self,
        site: str,
        now: dt.datetime,
        limit: int,
        exclude: frozenset[str] = frozenset(),
        *,
        requisites: bool = False,
    ) -> list[Known]:
        """Queue a site's pages that are due; lease and return its first queued pages, except the keys in `exclude`.

        With `requisites` only these are returned, else only the others.
        """
        with self._file.writing() as db:
            db.execute(
                "UPDATE pages SET waiting = 1, due = NULL, priority = CASE role WHEN 'article' THEN 0 ELSE priority END"
                " WHERE site = ? AND NOT waiting AND due IS NOT NULL AND due <= ?",
                (site, to_us(now)),
            )
            priority = "< 0" if requisites else ">= 0"
            query = f"SELECT * FROM pages WHERE site = ? AND waiting AND priority {priority}"  # noqa: S608 - no input
            rows = db.execute(f"{query} ORDER BY priority DESC, added LIMIT ?", (site, limit + len(exclude))).fetchall()
            chosen = [row for row in rows if row["key"] not in exclude][:limit]
            db.executemany("UPDATE pages SET leased = 1 WHERE key = ?", [(row["key"],) for row in chosen])
        return [known_of(row) for row in chosen]

    def count_queued(self, site: str) -> int:
        """Return the number of a site's queued pages."""
        with self._file.reading() as db:
            (count,) = db.execute("SELECT count(*) FROM pages WHERE site = ? AND waiting", (site,)).fetchone()
        return int(count)

    def stale_leases(self) -> list[tuple[Known, dt.datetime]]:
        """Return the pages that ended processes had leased, each with the time from which a capture settles it.

        That time is the start of their crawl, or their last visit if it is later.
        """
        query = "SELECT * FROM pages JOIN sites USING (site) WHERE leased ORDER BY added"
        with self._file.reading() as db:
            rows = db.execute(query).fetchall()
        ended = {row["site"]: leases.live_process(row["owner"]) is None for row in rows}
        return [(known_of(row), from_us(max(row["started"], row["asked"] or 0))) for row in rows if ended[row["site"]]]

    def release_page(self, page: Page) -> None:
        """End the lease of a page; it stays queued."""
        with self._file.writing() as db:
            db.execute("UPDATE pages SET leased = 0 WHERE key = ?", (page.key,))

    def was_requested(self, url: str) -> bool:
        """Tell whether a URL is queued, or was requested in the current crawl of its site."""
        with self._file.reading() as db:
            row = db.execute("SELECT site, waiting, asked FROM pages WHERE key = ?", (page_key(url),)).fetchone()
        return bool(row) and bool(row["waiting"] or (row["asked"] or 0) >= self._started.get(row["site"], 0))

    def acknowledge(
        self,
        known: Known,
        due: dt.datetime | None,
        now: dt.datetime,
        targets: Iterable[str] = (),
        result: ListResult | None = None,
        refused: str | None = None,
    ) -> None:
        """Take a page from the queue until it is due again, and store its history and its list `result`.

        `refused` says why a requisite was not requested or not answered.

        The `targets` of its redirects become known pages that were requested `now`.
        """
        values = columns_of(known.history) | {"due": us_or_none(due), "asked": to_us(now), "key": known.page.key}
        with self._file.writing() as db:
            db.execute(
                "UPDATE pages SET waiting = 0, leased = 0, due = :due, asked = :asked, visited = :visited,"
                " since = :since, missed = :missed, failed = :failed, interval = :interval, etag = :etag,"
                " last_modified = :last_modified WHERE key = :key",
                values,
            )
            if result:
                list_log.record_result(db, known.page, result, now)
            if known.page.is_requisite:
                refusals.record(db, known.page.key, refused, now)
            for url in targets:
                db.execute(
                    "INSERT INTO pages (key, site, url, role, walked, priority, waiting, asked)"
                    " VALUES (?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT (key) DO UPDATE SET asked = excluded.asked",
                    (page_key(url), known.page.site, url, known.page.role, to_us(now)),
                )

    def unarchived_reasons(self, urls: Iterable[str]) -> dict[str, str]:
        """Return why URLs of requisites have no capture, for those of which it is known: `queued` if they wait."""
        with self._file.reading() as db:
            return refusals.reasons(db, urls)

    def count_requisite(self, site: str, size: int, now: dt.datetime) -> None:
        """Count a fetched requisite and its bytes on the current day in China."""
        with self._file.writing() as db:
            budgets.count_requisite(db, site, size, now)

    def requisites_today(self, site: str, now: dt.datetime) -> tuple[int, int]:
        """Return how many requisites of a site were counted on the current day in China, and their bytes."""
        with self._file.reading() as db:
            return budgets.requisites_today(db, site, now)

    def count_request(self, site: str, now: dt.datetime) -> None:
        """Count one more request to a site on the current day in China."""
        with self._file.writing() as db:
            budgets.count_request(db, site, now)

    def requests_today(self, site: str, now: dt.datetime) -> int:
        """Return how many requests to a site were counted on the current day in China."""
        with self._file.reading() as db:
            return budgets.requests_today(db, site, now)

    def pause(self, site: str, until: dt.datetime) -> None:
        """Store that a site asked for no request until then."""
        with self._file.writing() as db:
            budgets.pause(db, site, until)

    def paused_until(self, site: str) -> dt.datetime | None:
        """Return the end of the last pause that a site asked for, None if it never did."""
        with self._file.reading() as db:
            return budgets.paused_until(db, site)

    def counts(self, now: dt.datetime) -> dict[str, dict[str, Any]]:
        """Return for each site how many pages are known, queued (`waiting`), failing, gone, and due within a day."""
        query = (
            "SELECT site, count(*) AS known, sum(waiting) AS waiting, sum(failed > 0) AS failing,"
            " sum(missed > 1) AS gone, sum(due <= ?) AS due FROM pages GROUP BY site ORDER BY site"
        )
        with self._file.reading() as db:
            rows = [dict(row) for row in db.execute(query, (to_us(now + dt.timedelta(days=1)),))]
        return {row.pop("site"): {name: count or 0 for name, count in row.items()} for row in rows}

    def list_statuses(self) -> dict[str, list[ListStatus]]:
        """Return the list status of each section, by site."""
        with self._file.reading() as db:
            return list_log.read_statuses(db)

    def release_site(self, site: str, now: dt.datetime, outcome: Ending = "done", *, keep_pages: bool = False) -> None:
        """End this process's run of a site; the crawl ends too unless some of its pages are queued.

        With `keep_pages` its pages stay leased, so that the next start settles them as after a kill.
        """
        with self._file.writing() as db:
            leases.release_site(db, site, self._owner, now, outcome, keep_pages=keep_pages)
        self._started.pop(site, None)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
