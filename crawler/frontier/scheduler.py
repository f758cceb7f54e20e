"""Scrapy's scheduler on the frontier: hands out pages, site by site in turn, within each site's limits."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler.frontier.availability import MAX_WAIT, Availability
from crawler.frontier.dupefilter import TARGET_KNOWN
from crawler.frontier.inflight import VISIT, InFlight, Shutdown
from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import Known, Visit
from crawler.frontier.store import Frontier
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.line.item_pipeline import LINE_ERROR
from pipelines.masking import without_credentials
from pipelines.model import Entry, Job

SITE_BUSY = object()
"""Signal: a site is not crawled because another process crawls it. Sent with `site`."""

SITE_WAITS = object()
"""Signal: pages of a site stay queued for a later crawl. Sent with `site`, `pages` (a number) and its `opening`."""

BATCH_PAGES = 32
"""Pages read from the frontier at a time: enough that reads are rare, few enough that new first pages come soon."""

REFILL_S = 5
"""Seconds between two reads of a site without queued pages: some may have become due."""


class FrontierSpider(Protocol):
    """A spider whose requests come from the frontier."""

    registry: Registry

    def begin(self, scheduler: Scheduler) -> None:
        """Claim the sites to crawl, and queue their first pages."""

    def request(self, known: Known) -> Request:
        """Return the request for a page."""

    def files(self, page: Page, entry: Entry) -> Iterable[Page]:
        """Return the files to fetch, of those that a page's articles link."""


class Scheduler(BaseScheduler):
    """Gives Scrapy its requests. The spider queues pages here and passes on the jobs that each page gave."""

    def __init__(self, crawler: Crawler) -> None:
        settings, self._signals, self._crawler = crawler.settings, crawler.signals, crawler
        self.frontier = Frontier(Path(settings["FANGZHI_FRONTIER"]))
        self._slots: dict[str, Any] = settings["DOWNLOAD_SLOTS"]
        self._sites: list[str] = []
        self._ready: dict[str, deque[Known]] = defaultdict(deque)
        self._emptied_at: dict[str, float] = {}
        self._follow_ups: deque[Request] = deque()
        self._shutdown = Shutdown(crawler)
        self._availability = Availability(self.frontier, self._site)
        self._inflight = InFlight(crawler, self.frontier, self._shutdown, self.enqueue)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Scheduler:
        """Make the scheduler on the frontier that the settings name; raises StoreUnavailable."""
        return cls(crawler)

    def open(self, spider: Any) -> None:
        """Begin a crawl."""
        self._spider: FrontierSpider = spider
        self._inflight.open(spider.files)
        spider.begin(self)

    def claim_site(self, site: str, options: str) -> bool:
        """Claim a site for this crawl; return False if another process crawls it."""
        if claimed := self.frontier.claim_site(site, options, _now()):
            self._sites.append(site)
            self._availability.load_pause(site)
        else:
            self._signals.send_catch_log(SITE_BUSY, site=site)
        return claimed

    def enqueue(self, pages: Iterable[Page], *, force: bool = False, limit: int | None = None) -> list[Page]:
        """Queue pages of claimed sites, and return those that were unknown; stop when these are `limit`.

        With `force`, known pages are queued too. The target of a redirect in flight counts as known.
        """
        new: list[Page] = []
        with self._shutdown.on_failure():
            targets = self._inflight.redirect_targets
            new = self.frontier.enqueue((page for page in pages if page.url not in targets), force=force, limit=limit)
        self._emptied_at.clear()
        return new

    def enqueue_due(self, site: str, first_pages: Iterable[Page]) -> None:
        """Queue the first pages of a site's sections that are due by the interval of their section's news."""
        with self._shutdown.on_failure():
            self.frontier.enqueue_due(site, first_pages, _now())

    def enqueue_known_articles(self, site: str) -> None:
        """Queue the known articles of a site, also those that are not due yet."""
        with self._shutdown.on_failure():
            self.frontier.enqueue_known_articles(site)

    def pause(self, site: str, until: dt.datetime, why: str, *, persist: bool = False) -> None:
        """Send a site no request until then; with `persist`, in later crawls too. The crawl's report shows `why`."""
        with self._shutdown.on_failure():
            self._availability.pause(site, until, why, persist=persist)

    def is_suspended(self, site: str) -> bool:
        """Tell whether a site gets no more requests in this crawl."""
        return self._availability.is_suspended(site, _now())

    def count_request(self, site: str) -> None:
        """Count a request that this scheduler did not hand out, if it goes to one of the crawl's sites."""
        if site in self._sites:
            with self._shutdown.on_failure():
                self._availability.count_request(site, _now())

    def watch(
        self, request: Request, outputs: Iterable[Job], why: str | None = None, *, complete: bool = True
    ) -> Iterator[Job]:
        """Yield the jobs of a request; see `InFlight.watch`."""
        return self._inflight.watch(request, outputs, why, complete=complete)

    def has_pending_requests(self) -> bool:
        """Tell whether a page that is not in flight is queued, of a site that opens before the crawl gives up on it."""
        now = _now()
        with self._shutdown.on_failure():
            soon = (site for site in self._sites if self._availability.opening(site, now).at <= now + MAX_WAIT)
            return bool(self._follow_ups) or any(self._refill(site) for site in soon)
        return False

    def enqueue_request(self, request: Request) -> bool:
        """Queue the request that a redirect or a retry made of one that was handed out."""
        visit: Visit = request.meta[VISIT]
        chain = request.meta.get("redirect_urls", ())
        if chain and request.url not in chain:
            with self._shutdown.on_failure():
                if self.frontier.was_requested(request.url) or request.url in self._inflight.redirect_targets:
                    request.meta[TARGET_KNOWN] = True
            visit.redirect_targets.add(without_credentials(request.url))
        self._follow_ups.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return the next request: redirects and retries first, then a page of the sites with free slots, in turn.

        Redirects and retries are sent even outside a time window or beyond a budget. They wait while their site is
        paused briefly; if it is suspended, `Throttle` refuses them.
        """
        with self._shutdown.on_failure():
            request = self._next_follow_up() or self._next_page()
            if request:
                self._availability.count_request(_site(request), _now())
            return request
        return None

    def close(self, reason: str) -> None:
        """Release the sites; pages that were not acknowledged stay queued for the next crawl.

        After a failure of the line or the frontier, some of them are archived: these stay leased, so that the next
        start recognises them and does not fetch them again.
        """
        failed = self._crawler.stats.get_value(LINE_ERROR) is not None
        with self._shutdown.on_failure():
            for site in self._sites:
                ending = self._inflight.ending(site, reason)
                self.frontier.release_site(site, _now(), ending, keep_pages=failed)
                opening, pages = self._availability.opening(site, _now()), self.frontier.count_queued(site)
                if pages and opening.why:
                    self._signals.send_catch_log(SITE_WAITS, site=site, pages=pages, opening=opening)
        self.frontier.close()

    def _next_follow_up(self) -> Request | None:
        now, paused = _now(), self._availability.is_paused_briefly
        request = next((each for each in self._follow_ups if not paused(_site(each), now)), None)
        if request:
            self._follow_ups.remove(request)
        return request

    def _next_page(self) -> Request | None:
        now, active, opening = _now(), self._active_requests(), self._availability.opening
        free = (site for site in self._sites if active[site] < int(self._slots[site]["concurrency"]))
        site = next((site for site in free if self._refill(site) and opening(site, now).at <= now), None)
        if site is None:
            return None
        self._sites.remove(site)  # to the end of the list, so that the sites take turns
        self._sites.append(site)
        known = self._ready[site].popleft()
        request = self._spider.request(known)
        request.meta[VISIT] = self._inflight.begin(known)
        return request

    def _active_requests(self) -> Counter[str]:
        """Return how many requests of each site the downloader has.

        It never gets more than a site's concurrency: requests that wait there could not be taken back if the site
        refuses.
        """
        active = self._crawler.engine.downloader.active
        return Counter(_site(request) for request in active if VISIT in request.meta)

    def _site(self, site: str) -> Site:
        return self._spider.registry.get(site)

    def _refill(self, site: str) -> bool:
        """Lease a site's next pages if none is ready, and tell whether one is ready now."""
        ready = self._ready[site]
        if self._shutdown.is_active:
            return False
        if not ready and (site not in self._emptied_at or time.monotonic() - self._emptied_at[site] > REFILL_S):
            ready.extend(self.frontier.lease_pages(site, _now(), BATCH_PAGES, self._inflight.keys))
            if not ready:
                self._emptied_at[site] = time.monotonic()
        return bool(ready)


def _site(request: Request) -> str:
    visit: Visit = request.meta[VISIT]
    return visit.known.page.site


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
