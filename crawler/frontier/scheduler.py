"""Scrapy's scheduler on the frontier: hands out pages, site by site in turn, within each site's limits."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler.frontier.availability import MAX_WAIT, Availability
from crawler.frontier.dupefilter import TARGET_KNOWN
from crawler.frontier.dupefilter import slot as slot_of
from crawler.frontier.fence import Fence
from crawler.frontier.inflight import VISIT, InFlight, Shutdown
from crawler.frontier.page import Page
from crawler.frontier.ready import ReadyPages
from crawler.frontier.refusals import BUDGET
from crawler.frontier.revisit_policy import MIN_REQUISITE_INTERVAL, KnownPage, Visit
from crawler.frontier.stopwatch import Stopwatch
from crawler.frontier.store import Frontier
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.line.item_pipeline import LINE_ERROR
from pipelines.line.patience import Patience
from pipelines.masking import without_credentials
from pipelines.model import Entry, Job, Requisite

SITE_BUSY = object()
"""Signal: a site is not crawled because another process crawls it. Sent with `site`."""

SITE_WAITS = object()
"""Signal: pages of a site stay queued for a later crawl. Sent with `site`, `pages` (a number) and its `opening`."""


class FrontierSpider(Protocol):
    """A spider whose requests come from the frontier."""

    registry: Registry

    def begin(self, scheduler: Scheduler) -> None:
        """Claim the sites to crawl, and queue their first pages."""

    def request(self, known: KnownPage) -> Request:
        """Return the request for a page."""

    def files(self, page: Page, entry: Entry) -> Iterable[Page]:
        """Return the files to fetch, of those that a page's articles link."""

    def is_over_budget(self, page: Page) -> bool:
        """Tell whether the page that needs a requisite has used up its budget."""

    def archived(self, page: Page, requisite: Requisite) -> None:
        """Count a requisite that is archived and catalogued."""


class Scheduler(BaseScheduler):
    """Gives Scrapy its requests. The spider queues pages here and passes on the jobs that each page gave."""

    def __init__(self, crawler: Crawler) -> None:
        settings, self._signals, self._crawler = crawler.settings, crawler.signals, crawler
        self._patience = Patience("frontier")
        self.frontier = Frontier(settings["FANGZHI_FRONTIER"], patience=self._patience)
        self._slots: dict[str, Any] = settings["DOWNLOAD_SLOTS"]
        self._host_concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._sites: list[str] = []
        self._follow_ups: deque[Request] = deque()
        self._shutdown = Shutdown(crawler)
        self._availability = Availability(self.frontier, self._site)
        self._inflight = InFlight(crawler, self.frontier, self._shutdown, self.enqueue)
        self._stopwatch = Stopwatch(crawler, self.frontier, self._shutdown)
        self._ready = ReadyPages(self.frontier, lambda: self._inflight.keys)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Scheduler:
        """Make the scheduler on the frontier that the settings name; raises StoreUnavailable."""
        return cls(crawler)

    def open(self, spider: Any) -> None:
        """Begin a crawl."""
        self._spider: FrontierSpider = spider
        self._inflight.open(spider.files, spider.archived)
        spider.begin(self)

    def give_up(self) -> None:
        """Wait for the frontier no longer, because the crawl ends. It can be called from a signal handler."""
        self._patience.give_up()

    def claim_site(self, site: str, options: str) -> bool:
        """Claim a site for this crawl; return False if another process crawls it."""
        if claimed := self.frontier.claim_site(site, options, _now()):
            self._sites.append(site)
            self._availability.load_pause(site)
        else:
            self._signals.send_catch_log(SITE_BUSY, site=site)
        return claimed

    def holds_leases(self) -> bool:
        """Tell whether requests may be sent; raises LeaseLost if another crawler has taken over."""
        self.frontier.require_leases()
        return self.frontier.holds_leases()

    def fence(self) -> Fence | None:
        """Return the fence of this crawl, for its line; None if it has claimed no site."""
        return self.frontier.fence()

    def enqueue(self, pages: Iterable[Page], *, force: bool = False, limit: int | None = None) -> list[Page]:
        """Queue pages of claimed sites, and return those that were unknown; stop when these are `limit`.

        With `force`, known pages are queued too. The target of a redirect in flight counts as known.
        """
        new: list[Page] = []
        with self._shutdown.on_failure():
            targets = self._inflight.redirect_targets
            new = self.frontier.enqueue((page for page in pages if page.url not in targets), force=force, limit=limit)
        self._ready.refresh()
        return new

    def enqueue_requisites(self, pages: Iterable[Page], limit: int, *, renew: bool) -> list[Page]:
        """Queue requisites of a captured page, and return those that are to be requested, `limit` at most.

        With `renew` known ones are requested again after their interval.
        """
        queued: list[Page] = []
        with self._shutdown.on_failure():
            queued = self.frontier.enqueue_requisites(pages, _now(), limit, renew=renew)
        self._ready.refresh()
        return queued

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

    def add_requested(self, page: Page) -> None:
        """Add a requisite that was requested and archived together with its page."""
        with self._shutdown.on_failure():
            self.frontier.add_requested(page, MIN_REQUISITE_INTERVAL, _now())

    def count_requisite(self, site: str, size: int) -> None:
        """Count a fetched requisite and its bytes in its site's daily budget."""
        with self._shutdown.on_failure():
            self._availability.count_requisite(site, size, _now())

    def watch(
        self, request: Request, outputs: Iterable[Job], why: str | None = None, *, complete: bool = True
    ) -> Iterator[Job]:
        """Yield the jobs of a request; see `InFlight.watch`."""
        return self._inflight.watch(request, outputs, why, complete=complete)

    def has_pending_requests(self) -> bool:
        """Tell whether a page that is not in flight is queued, of a site that opens before the crawl gives up on it."""
        now = _now()
        if not self.frontier.holds_leases():
            return True  # until they are renewed or lost
        with self._shutdown.on_failure():
            soon = (site for site in self._sites if self._availability.opening(site, now).at <= now + MAX_WAIT)
            return bool(self._follow_ups) or any(
                self._refill(site, now, requisites=self._allows_requisites(site, now)) for site in soon
            )
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
        paused briefly; if it is suspended, `Throttle` refuses them. Nothing is sent while the leases are not certain.
        """
        with self._shutdown.on_failure():
            if not self.holds_leases():
                return None
            request = self._next_follow_up() or self._next_page()
            if request:
                self._count(request)
            return request
        return None

    def close(self, reason: str) -> None:
        """Release the sites; pages that were not acknowledged stay queued for the next crawl.

        After a failure of the line or the frontier, some of them are archived: these stay leased, so that the next
        start recognises them and does not fetch them again.
        """
        failed = self._crawler.stats.get_value(LINE_ERROR) is not None
        self._stopwatch.store()
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

    def _count(self, request: Request) -> None:
        """Count a request in the budget of its site; the budget is not for requests to hosts of no site."""
        if request.meta[VISIT].known.page.role != "remote-requisite":
            self._availability.count_request(_site(request), _now())

    def _next_page(self) -> Request | None:
        now, active = _now(), self._active_requests()
        for site in self._sites:
            known = self._take(site, active, now)
            if known:
                self._sites.remove(site)  # to the end of the list, so that the sites take turns
                self._sites.append(site)
                request = self._spider.request(known)
                request.meta[VISIT] = self._inflight.begin(known)
                return request
        return None

    def _take(self, site: str, active: Counter[str], now: dt.datetime) -> KnownPage | None:
        """Return the next page of a site that may be requested now; a requisite beyond its page's budget is refused."""
        requisites = self._allows_requisites(site, now)
        if not self._refill(site, now, requisites=requisites) or self._availability.opening(site, now).at > now:
            return None
        while known := self._ready.take(site, lambda page: self._is_free(page, active, now), requisites=requisites):
            if not (known.page.is_requisite and self._spider.is_over_budget(known.page)):
                return known
            self._inflight.refuse(known, BUDGET)
        return None

    def _is_free(self, page: Page, active: Counter[str], now: dt.datetime) -> bool:
        """Tell whether the site of a page, or the host of a remote requisite, gets one more request now.

        A remote requisite of a suspended host is handed out all the same: `Throttle` refuses it.
        """
        if page.role != "remote-requisite":
            return active[page.site] < int(self._slots[page.site]["concurrency"])
        slot = slot_of(self._spider.registry, page.url)
        most = int(self._slots[slot]["concurrency"]) if slot in self._slots else self._host_concurrency
        return active[slot] < most and not self._availability.is_paused_briefly(slot, now)

    def _active_requests(self) -> Counter[str]:
        """Return how many requests of each site, and of each host of no site, the downloader has.

        It never gets more than a site's concurrency: requests that wait there could not be taken back if the site
        refuses.
        """
        active = self._crawler.engine.downloader.active
        return Counter(_site_or_host(request) for request in active if VISIT in request.meta)

    def _site(self, site: str) -> Site:
        return self._spider.registry.get(site)

    def _refill(self, site: str, now: dt.datetime, *, requisites: bool) -> bool:
        """Lease a site's next pages if none is ready, and tell whether one is ready now."""
        return not self._shutdown.is_active and self._ready.has_pages(site, now, requisites=requisites)

    def _allows_requisites(self, site: str, now: dt.datetime) -> bool:
        """Tell whether the day's budget of a site allows one more requisite than those that are being fetched."""
        return self._availability.requisites_left(site, now) > self._inflight.requisites(site)


def _site(request: Request) -> str:
    visit: Visit = request.meta[VISIT]
    return visit.known.page.site


def _site_or_host(request: Request) -> str:
    page = request.meta[VISIT].known.page
    return str(request.meta["download_slot"]) if page.role == "remote-requisite" else str(page.site)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
