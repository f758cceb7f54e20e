"""The frontier: which pages are known, which are queued, and which process crawls which site.

A page stays queued until it is acknowledged, which happens once all that came of it is archived and catalogued. So a
killed crawl fetches again only what was in flight. A site belongs to one process at a time, which keeps the site's
delays; a process that has ended owns nothing, nor does one on another machine whose lease has run out.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path

from crawler.frontier import crawlers, leases, list_log, queue, refusals
from crawler.frontier.addresses import is_server, open_database
from crawler.frontier.connections import FrontierConnection
from crawler.frontier.fence import Fence
from crawler.frontier.heartbeat import Heartbeat
from crawler.frontier.identity import Owner, own_identity
from crawler.frontier.page import Page, page_key
from crawler.frontier.records import FrontierRecords
from crawler.frontier.refusals import BUDGET
from crawler.frontier.revisit_policy import KnownPage, ListResult
from crawler.frontier.run_policy import Ending
from pipelines.errors import StoreError
from pipelines.line.patience import Patience

logger = logging.getLogger(__name__)


class Frontier(FrontierRecords):
    """The frontier at an address: a file, or a database in PostgreSQL. Use it from one thread."""

    def __init__(self, address: str | Path, *, patience: Patience | None = None) -> None:
        """Open the frontier, and create it if it does not exist; raises StoreError, as all methods do.

        With patience, a server that is away is waited for: now for 30 seconds, in later calls without end.
        """
        self._address = address
        super().__init__(open_database(address, patience=patience))
        self._heartbeat: Heartbeat | None = None
        self._started: dict[str, int] = {}

    def transaction(self) -> AbstractContextManager[None]:
        """Run a block as one transaction: all writes succeed or none."""
        return self._database.transaction()

    def fence(self) -> Fence | None:
        """Return the fence of this crawl, for its line; None before it has claimed a site."""
        number = self._database.fence
        return None if number is None else Fence(address=str(self._address), number=number)

    def holds_leases(self) -> bool:
        """Tell whether requests may be sent: no other crawler can have taken over the sites of this one."""
        return self._heartbeat is None or self._heartbeat.holds()

    def require_leases(self) -> None:
        """Raise LeaseLost if another crawler is known to have taken over."""
        if self._heartbeat and self._heartbeat.is_lost:
            crawlers.require_valid(None)

    def claim_site(self, site: str, options: str, now: dt.datetime) -> bool:
        """Lease a site to this process; return False if another living process has it.

        An unfinished crawl with the same options is continued.
        """
        fence = self._registered()
        started = self._database.write(lambda db: leases.claim_site(db, site, fence, options, now), durable=True)
        if started is not None:
            self._started[site] = started
        return started is not None

    def enqueue(self, pages: Iterable[Page], *, force: bool = False, limit: int | None = None) -> list[Page]:
        """Queue pages in their order, and return those that were unknown; stop when these are `limit`.

        A known article or file is queued only when it is due. A known list page, and with `force` any known page, is
        queued once in each crawl.
        """
        queued = list(pages)

        def enqueue(db: FrontierConnection) -> list[Page]:
            new: list[Page] = []
            for page in queued:
                if len(new) == limit:
                    break
                if queue.enqueue(db, page, self._start_of(page.site), force=force):
                    new.append(page)
            return new

        return self._database.write(enqueue)

    def enqueue_requisites(
        self, pages: Iterable[Page], now: dt.datetime, limit: int, *, renew: bool = True
    ) -> list[Page]:
        """Queue requisites of a captured page, and return them: those unknown, and known ones after their interval.

        Without `renew` known ones are not queued. A URL that is known as a page or a file is fetched as such. Unknown
        ones beyond `limit` are stored as refused.
        """
        wanted = list(pages)

        def enqueue(db: FrontierConnection) -> list[Page]:
            queued: list[Page] = []
            for page in wanted:
                if len(queued) >= limit:
                    refusals.record_unknown(db, page.key, BUDGET, now)
                elif queue.enqueue(db, page, self._start_of(page.site), force=False) or (
                    renew and queue.enqueue_outdated(db, page, now)
                ):
                    queued.append(page)
            return queued

        return self._database.write(enqueue)

    def add_requested(self, page: Page, interval: dt.timedelta, now: dt.datetime) -> None:
        """Add a requisite that was requested now, and is requested again for a page after an interval."""
        self._database.write(lambda db: queue.add_requested(db, page, interval, now))

    def enqueue_due(self, site: str, first_pages: Iterable[Page], now: dt.datetime) -> None:
        """Queue the first pages of a site's sections that are due by their interval or were never fetched.

        Pages due within the next 10 % of their interval count as due.
        """
        self._database.write(lambda db: queue.enqueue_first_pages(db, site, first_pages, self._start_of(site), now))

    def enqueue_known_articles(self, site: str) -> None:
        """Queue the known articles of a site before they are due, once in each crawl.

        Articles that are never due stay out: those that were given up, and the targets of redirects.
        """
        self._database.write(lambda db: queue.enqueue_known_articles(db, site, self._start_of(site)))

    def lease_pages(
        self,
        site: str,
        now: dt.datetime,
        limit: int,
        exclude: frozenset[str] = frozenset(),
        *,
        requisites: bool = False,
    ) -> list[KnownPage]:
        """Queue a site's pages that are due; lease and return its first queued pages, except the keys in `exclude`.

        With `requisites` only these are returned, else only the others.
        """
        return self._database.write(
            lambda db: queue.lease_pages(
                db, site, self._database.fence or 0, now, limit, exclude, requisites=requisites
            )
        )

    def stale_leases(self) -> list[tuple[KnownPage, dt.datetime]]:
        """Return the pages that ended crawlers had in flight, each with the time from which a capture settles it.

        That time is the start of their crawl, or their last visit if it is later.
        """
        return self._database.write(queue.read_stale_leases)

    def forget_ended(self) -> None:
        """Remove the crawlers that have ended and whose pages are settled."""
        self._database.write(crawlers.remove_all_settled)

    def release_page(self, page: Page) -> None:
        """End the lease of a page; it stays queued."""
        self._database.write(lambda db: queue.release_page(db, page))

    def was_requested(self, url: str) -> bool:
        """Tell whether a URL is queued, or was requested in the current crawl of its site."""
        query, key = "SELECT site, waiting, asked FROM pages WHERE key = ?", page_key(url)
        row = self._database.read(lambda db: db.execute(query, (key,)).fetchone())
        return bool(row) and bool(row["waiting"] or (row["asked"] or 0) >= self._start_of(row["site"]))

    def acknowledge(
        self,
        known: KnownPage,
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

        def acknowledge(db: FrontierConnection) -> None:
            queue.acknowledge(db, known, due, now, targets)
            if result:
                list_log.record_result(db, known.page, result, now)
            if known.page.is_requisite:
                refusals.record(db, known.page.key, refused, now)

        self._database.write(acknowledge, durable=True)

    def release_site(self, site: str, now: dt.datetime, outcome: Ending = "done", *, keep_pages: bool = False) -> None:
        """End this process's run of a site; the crawl ends too unless some of its pages are queued.

        With `keep_pages` its pages stay leased, so that the next start settles them as after a kill.
        """
        fence = self._database.fence or 0
        self._database.write(
            lambda db: leases.release_site(db, site, fence, now, outcome, keep_pages=keep_pages), durable=True
        )
        self._started.pop(site, None)

    def close(self) -> None:
        """End this crawler and close the frontier; after an error it counts as killed once its lease has run out."""
        if self._heartbeat:
            self._heartbeat.stop()
        fence, self._database.fence = self._database.fence, None
        with closing(self._database), suppress(StoreError):
            if fence is not None:
                self._database.write(lambda db: crawlers.end(db, fence))

    def _registered(self) -> int:
        """Return the number of this crawler, which it gets with its first site."""
        if self._database.fence is None:
            identity = own_identity()
            fence = self._database.write(lambda db: crawlers.register(db, identity), durable=True)
            self._database.fence = fence
            self._heartbeat = Heartbeat(lambda: open_database(self._address), fence)
            self._warn_of_namesakes(Owner.parse(identity))
        return self._database.fence

    def _warn_of_namesakes(self, own: Owner) -> None:
        """Warn if another machine that crawls has the same name, which is part of the names of WARC files."""
        if not is_server(self._address):
            return
        owners = self._database.read(crawlers.live_crawlers).values()
        if any(each.host == own.host and not each.is_here for each in owners):
            logger.warning("another machine that crawls is also called %s: give each a name of its own", own.host)

    def _start_of(self, site: str) -> int:
        """Return the start of this process's crawl of a site in µs, 0 if it does not crawl the site."""
        return self._started.get(site, 0)
