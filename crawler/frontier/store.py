"""The frontier on disk: which pages are known, which are queued, and which process crawls which site.

A page stays queued until it is acknowledged, which happens once all that came of it is archived and catalogued. So a
killed crawl fetches again only what was in flight. A site belongs to one process at a time, which keeps the site's
delays; a process that has ended owns nothing.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from crawler.frontier import budgets, leases, list_log, queue, refusals, run_log
from crawler.frontier.database import FrontierFile
from crawler.frontier.list_log import ListStatus
from crawler.frontier.page import Page, page_key
from crawler.frontier.refusals import BUDGET
from crawler.frontier.revisit_policy import Known, ListResult
from crawler.frontier.run_policy import Ending, Run
from crawler.frontier.schema import SCHEMA

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
                if queue.enqueue(db, page, self._start_of(page.site), force=force):
                    new.append(page)
        return new

    def enqueue_requisites(self, pages: Iterable[Page], now: dt.datetime, limit: int) -> list[Page]:
        """Queue requisites of a captured page, and return them: those unknown, and known ones after their interval.

        A URL that is known as a page or a file is fetched as such. Unknown ones beyond `limit` are stored as refused.
        """
        queued: list[Page] = []
        with self._file.writing() as db:
            for page in pages:
                if len(queued) >= limit:
                    refusals.record_unknown(db, page.key, BUDGET, now)
                elif queue.enqueue(db, page, self._start_of(page.site), force=False) or queue.enqueue_outdated(
                    db, page, now
                ):
                    queued.append(page)
        return queued

    def add_requested(self, page: Page, interval: dt.timedelta, now: dt.datetime) -> None:
        """Add a requisite that was requested now, and is requested again for a page after an interval."""
        with self._file.writing() as db:
            queue.add_requested(db, page, interval, now)

    def enqueue_due(self, site: str, first_pages: Iterable[Page], now: dt.datetime) -> None:
        """Queue the first pages of a site's sections that are due by their interval or were never fetched.

        Pages due within the next 10 % of their interval count as due.
        """
        with self._file.writing() as db:
            queue.enqueue_first_pages(db, site, first_pages, self._start_of(site), now)

    def enqueue_known_articles(self, site: str) -> None:
        """Queue the known articles of a site before they are due, once in each crawl.

        Articles that are never due stay out: those that were given up, and the targets of redirects.
        """
        with self._file.writing() as db:
            queue.enqueue_known_articles(db, site, self._start_of(site))

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
            return queue.lease_pages(db, site, now, limit, exclude, requisites=requisites)

    def count_queued(self, site: str) -> int:
        """Return the number of a site's queued pages."""
        with self._file.reading() as db:
            return queue.count_queued(db, site)

    def stale_leases(self) -> list[tuple[Known, dt.datetime]]:
        """Return the pages that ended processes had leased, each with the time from which a capture settles it.

        That time is the start of their crawl, or their last visit if it is later.
        """
        with self._file.reading() as db:
            return queue.read_stale_leases(db)

    def release_page(self, page: Page) -> None:
        """End the lease of a page; it stays queued."""
        with self._file.writing() as db:
            queue.release_page(db, page)

    def was_requested(self, url: str) -> bool:
        """Tell whether a URL is queued, or was requested in the current crawl of its site."""
        with self._file.reading() as db:
            row = db.execute("SELECT site, waiting, asked FROM pages WHERE key = ?", (page_key(url),)).fetchone()
        return bool(row) and bool(row["waiting"] or (row["asked"] or 0) >= self._start_of(row["site"]))

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
        with self._file.writing() as db:
            queue.acknowledge(db, known, due, now, targets)
            if result:
                list_log.record_result(db, known.page, result, now)
            if known.page.is_requisite:
                refusals.record(db, known.page.key, refused, now)

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
        with self._file.reading() as db:
            return queue.count_pages(db, now)

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

    def _start_of(self, site: str) -> int:
        """Return the start of this process's crawl of a site in µs, 0 if it does not crawl the site."""
        return self._started.get(site, 0)
