"""Scrapy's scheduler on the frontier: hands pages out, each site's at its own pace and in its own hours."""

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

from crawler.frontier.availability import PATIENCE, Availability
from crawler.frontier.dupefilter import TARGET_SEEN
from crawler.frontier.inflight import VISIT, InFlight, Stop
from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import Known, Visit
from crawler.frontier.store import Frontier
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.model import Entry, Job

SITE_BUSY = object()
"""Signal: a site is not crawled because another process crawls it. Sent with `site`."""

SITE_WAITS = object()
"""Signal: pages of a site wait for a later crawl. Sent with `site`, `pages` (how many), and its `opening`."""

BATCH = 32
"""Pages read from the frontier at a time: enough that a read is rare, few enough that new heads soon come first."""

LOOK_S = 5
"""Seconds between looks for pages that have fallen due meanwhile."""


class Walker(Protocol):
    """A spider that is led by the frontier."""

    registry: Registry

    def begin(self, scheduler: Scheduler) -> None:
        """Take the sites that are to be crawled, and say where to begin."""

    def request(self, known: Known) -> Request:
        """Return the request for a page."""

    def files(self, page: Page, entry: Entry) -> Iterable[Page]:
        """Return the files that are to be asked for, of those that a page's articles link."""


class Scheduler(BaseScheduler):
    """Scrapy asks it for requests; the spider tells it of pages, and what came of each."""

    def __init__(self, crawler: Crawler) -> None:
        settings, self._signals, self._crawler = crawler.settings, crawler.signals, crawler
        self.frontier = Frontier(Path(settings["FANGZHI_FRONTIER"]))
        self._slots: dict[str, Any] = settings["DOWNLOAD_SLOTS"]
        self._sites: list[str] = []
        self._ready: dict[str, deque[Known]] = defaultdict(deque)
        self._looked: dict[str, float] = {}
        self._further: deque[Request] = deque()
        self._stop = Stop(crawler)
        self._openings = Availability(self.frontier, self._site)
        self._inflight = InFlight(crawler, self.frontier, self._stop, self.add)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Scheduler:
        """Make the scheduler on the frontier that the settings name; raises StoreUnavailable."""
        return cls(crawler)

    def open(self, spider: Any) -> None:
        """Begin a crawl."""
        self._spider: Walker = spider
        self._inflight.open(spider.files)
        spider.begin(self)

    def take(self, site: str, options: str) -> bool:
        """Make a site this crawl's own, and tell whether it is: another process may be crawling it."""
        if taken := self.frontier.take(site, options, _now()):
            self._sites.append(site)
            self._openings.take(site)
        else:
            self._signals.send_catch_log(SITE_BUSY, site=site)
        return taken

    def add(self, pages: Iterable[Page], *, again: bool = False, most: int | None = None) -> list[Page]:
        """Let pages of sites that were taken wait, and return those that were not known before: so many at `most`.

        The target of a redirect that is on its way counts as known.
        """
        new: list[Page] = []
        with self._stop.on_failure():
            targets = self._inflight.targets
            new = self.frontier.add((page for page in pages if page.url not in targets), again=again, most=most)
        self._looked.clear()
        return new

    def add_due(self, site: str, heads: Iterable[Page]) -> None:
        """Let the heads of a site's sections wait that are due by the interval that their news has taught."""
        with self._stop.on_failure():
            self.frontier.add_due(site, heads, _now())

    def pause(self, site: str, until: dt.datetime, why: str, *, remembered: bool = False) -> None:
        """Ask nothing of a site until then, in later crawls too if `remembered`; `why` is told at the end."""
        with self._stop.on_failure():
            self._openings.pause(site, until, why, remembered=remembered)

    def is_left_alone(self, site: str) -> bool:
        """Tell whether nothing more is to be asked of a site in this crawl."""
        return self._openings.is_left_alone(site, _now())

    def spend(self, site: str) -> None:
        """Count a request that was not handed out from here, if it is to one of the crawl's sites."""
        if site in self._sites:
            with self._stop.on_failure():
                self._openings.spend(site, _now())

    def watch(self, request: Request, outputs: Iterable[Job], why: str | None = None) -> Iterator[Job]:
        """Yield what came of a request; once all of it is kept, its page is acknowledged.

        `why` names the failure of a request without an answer. A page whose links could not be followed goes on
        waiting for the next crawl.
        """
        return self._inflight.watch(request, outputs, why)

    def has_pending_requests(self) -> bool:
        """Tell whether anything waits that is not handed out already, and may be within the crawl's patience."""
        now = _now()
        with self._stop.on_failure():
            soon = (site for site in self._sites if self._openings.of(site, now).at <= now + PATIENCE)
            return bool(self._further) or any(self._fill(site) for site in soon)
        return False

    def enqueue_request(self, request: Request) -> bool:
        """Take back what a redirect or a retry made of a request that was handed out."""
        visit: Visit = request.meta[VISIT]
        way = request.meta.get("redirect_urls", ())
        if way and request.url not in way:
            with self._stop.on_failure():
                if self.frontier.was_asked(request.url) or request.url in self._inflight.targets:
                    request.meta[TARGET_SEEN] = True
            visit.targets.add(request.url)
        self._further.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return the next request: what goes on, before what begins; the sites with room for one take turns.

        What was begun goes on outside a window and beyond a budget, but not while its site wants to be left alone for
        a while; where that is for longer than the crawl waits, `Throttle` refuses it.
        """
        with self._stop.on_failure():
            request = self._going_on() or self._beginning()
            if request:
                self._openings.spend(_site(request), _now())
            return request
        return None

    def close(self, reason: str) -> None:
        """Give the sites back; what was not acknowledged waits for the next crawl."""
        with self._stop.on_failure():
            for site in self._sites:
                self.frontier.release(site, _now(), self._inflight.ending(site, reason))
                opening, pages = self._openings.of(site, _now()), self.frontier.waiting(site)
                if pages and opening.why:
                    self._signals.send_catch_log(SITE_WAITS, site=site, pages=pages, opening=opening)
        self.frontier.close()

    def _going_on(self) -> Request | None:
        now = _now()
        request = next((one for one in self._further if not self._openings.rests(_site(one), now)), None)
        if request:
            self._further.remove(request)
        return request

    def _beginning(self) -> Request | None:
        now, asked = _now(), self._asked()
        room = (site for site in self._sites if asked[site] < int(self._slots[site]["concurrency"]))
        site = next((site for site in room if self._fill(site) and self._openings.of(site, now).at <= now), None)
        if site is None:
            return None
        self._sites.remove(site)  # to the end: none waits until the others have nothing left
        self._sites.append(site)
        known = self._ready[site].popleft()
        request = self._spider.request(known)
        request.meta[VISIT] = self._inflight.begin(known)
        return request

    def _asked(self) -> Counter[str]:
        """Return how many requests of each site the downloader has.

        No more wait there than a site is asked at once: they could not be called back when it refuses.
        """
        active = self._crawler.engine.downloader.active
        return Counter(_site(request) for request in active if VISIT in request.meta)

    def _site(self, site: str) -> Site:
        return self._spider.registry.get(site)

    def _fill(self, site: str) -> bool:
        """Read on where nothing is ready, and tell whether something is."""
        ready = self._ready[site]
        if self._stop.under_way:
            return False
        if not ready and (site not in self._looked or time.monotonic() - self._looked[site] > LOOK_S):
            ready.extend(self.frontier.next(site, _now(), BATCH, self._inflight.keys))
            if not ready:
                self._looked[site] = time.monotonic()
        return bool(ready)


def _site(request: Request) -> str:
    visit: Visit = request.meta[VISIT]
    return visit.known.page.site


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
