"""Shell. Scrapy's scheduler on the frontier: hands pages out at each site's pace, acknowledges what is archived."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from attrs import evolve
from scrapy import Request, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.frontier.pace import tomorrow
from crawler.frontier.page import Page
from crawler.frontier.redirects import TARGET_SEEN
from crawler.frontier.runs import Ending
from crawler.frontier.store import Frontier
from crawler.frontier.visit import Visit
from crawler.frontier.visits import Known
from crawler.sites import Registry, Site
from crawler.windows import next_opening
from pipelines.errors import StoreError
from pipelines.item_pipeline import LINE_ERROR
from pipelines.model import Entry, Job
from pipelines.times import CHINA

SITE_BUSY = object()
"""Signal: a site is not crawled because another process crawls it. Sent with `site`."""

VISIT = "visit"
"""In `request.meta`, which Scrapy hands on to the requests that a redirect or a retry makes of this one."""

AHEAD = 1
"""Requests of a site that wait in the downloader beyond those that it may make at once, so that it never idles."""

BATCH = 32
"""Pages read from the frontier at a time: enough that a read is rare, few enough that new heads soon come first."""

LOOK_S = 5
"""Seconds between looks for pages that have fallen due meanwhile."""


PATIENCE = dt.timedelta(minutes=10)
"""How long a crawl waits for a site that wants to be left alone; longer, and its pages wait for the next crawl."""


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
        self._looked: dict[str, dt.datetime] = {}
        self._further: deque[Request] = deque()
        self._visits: dict[str, Visit] = {}
        self._downloading: Counter[str] = Counter()
        self._settled: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()
        self._paused: dict[str, dt.datetime] = {}
        self._stopping: asyncio.Task[None] | None = None
        for receiver, signal in (
            (self._left_downloader, signals.request_left_downloader),
            (self._scraped, signals.item_scraped),
            (self._lost, signals.item_dropped),
            (self._lost, signals.item_error),
        ):
            crawler.signals.connect(receiver, signal)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Scheduler:
        """Make the scheduler on the frontier that the settings name; raises StoreUnavailable."""
        return cls(crawler)

    def open(self, spider: Any) -> None:
        """Begin a crawl."""
        self._spider: Walker = spider
        spider.begin(self)

    def take(self, site: str, options: str) -> bool:
        """Make a site this crawl's own, and tell whether it is: another process may be crawling it."""
        if taken := self.frontier.take(site, options, _now()):
            self._sites.append(site)
        else:
            self._signals.send_catch_log(SITE_BUSY, site=site)
        return taken

    def add(self, pages: Iterable[Page], *, again: bool = False) -> list[Page]:
        """Let pages of sites that were taken wait, and return those that were not known before.

        The target of a redirect that is on its way counts as known.
        """
        new: list[Page] = []
        with self._stopped_by_failure():
            targets = {url for visit in self._visits.values() for url in visit.targets}
            new = self.frontier.add((page for page in pages if page.url not in targets), again=again)
        self._looked.clear()
        return new

    def add_due(self, site: str, heads: Iterable[Page]) -> None:
        """Let the heads of a site's sections wait that are due by the interval that their news has taught."""
        with self._stopped_by_failure():
            self.frontier.add_due(site, heads, _now())

    def pause(self, site: str, until: dt.datetime) -> None:
        """Ask nothing of a site until then."""
        self._paused[site] = max(until, self._paused.get(site, until))

    def watch(self, request: Request, outputs: Iterable[Job], why: str | None = None) -> Iterator[Job]:
        """Yield what came of a request; once all of it is kept, its page is acknowledged.

        `why` names the failure of a request without an answer. A page whose links could not be followed goes on
        waiting for the next crawl.
        """
        visit: Visit = request.meta[VISIT]
        visit.why = why
        try:
            for output in outputs:
                if self._stopping:  # its links may not be waiting: what is catalogued counts as followed
                    visit.lost = True
                    return
                visit.open += 1
                yield output
        except BaseException:
            visit.lost = True
            raise
        finally:
            visit.exhausted = True
            self._settle(visit)

    def has_pending_requests(self) -> bool:
        """Tell whether anything waits that is not handed out already."""
        soon = _now() + PATIENCE
        return bool(self._further) or any(self._opens(site) <= soon and self._fill(site) for site in self._sites)

    def enqueue_request(self, request: Request) -> bool:
        """Take back what a redirect or a retry made of a request that was handed out."""
        visit: Visit = request.meta[VISIT]
        way = request.meta.get("redirect_urls", ())
        if way and request.url not in way:
            if self.frontier.was_asked(request.url) or any(request.url in one.targets for one in self._visits.values()):
                request.meta[TARGET_SEEN] = True
            visit.targets.add(request.url)
        self._further.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return the next request: of the site that has least in the downloader, of those that have room there."""
        if self._further:
            return self._handed_out(self._further.popleft())
        ready = [site for site in self._sites if self._downloading[site] < self._room(site) and self._fill(site)]
        ready = [site for site in ready if self._opens(site) <= _now()]
        if not ready:
            return None
        site = min(ready, key=lambda one: self._downloading[one])
        if self._site(site).daily:
            self.frontier.spend(site, _day(_now()))
        known = self._ready[site].popleft()
        self._visits[known.page.key] = visit = Visit(known=known)
        request = self._spider.request(known)
        request.meta[VISIT] = visit
        return self._handed_out(request)

    def close(self, reason: str) -> None:
        """Give the sites back; what was not acknowledged waits for the next crawl."""
        with self._stopped_by_failure():
            for site in self._sites:
                self.frontier.release(site, _now(), self._ending(site, reason))
        self.frontier.close()

    def _ending(self, site: str, reason: str) -> Ending:
        if reason == "shutdown":  # Scrapy's word for a signal
            return "interrupted"
        answered = not self._settled[site] or self._settled[site] > self._unanswered[site]
        return "done" if reason == "finished" and answered else "failed"

    def _handed_out(self, request: Request) -> Request:
        self._downloading[request.meta[VISIT].known.page.site] += 1
        return request

    def _opens(self, site: str) -> dt.datetime:
        """Return when a site may be asked: by its windows, its daily budget, and what it said itself."""
        now, told = _now(), self._site(site)
        spent = told.daily is not None and self.frontier.spent(site, _day(now)) >= told.daily
        return max(next_opening(told.windows, now), tomorrow(now) if spent else now, self._paused.get(site, now))

    def _site(self, site: str) -> Site:
        return self._spider.registry.get(site)

    def _room(self, site: str) -> int:
        return int(self._slots[site]["concurrency"]) + AHEAD

    def _fill(self, site: str) -> bool:
        """Read on where nothing is ready, and tell whether something is."""
        now, ready = _now(), self._ready[site]
        if self._stopping:
            return False
        if not ready and (site not in self._looked or (now - self._looked[site]).total_seconds() > LOOK_S):
            with self._stopped_by_failure():
                ready.extend(self.frontier.next(site, now, BATCH, frozenset(self._visits)))
            if not ready:
                self._looked[site] = now
        return bool(ready)

    def _left_downloader(self, request: Request) -> None:
        if visit := request.meta.get(VISIT):
            self._downloading[visit.known.page.site] -= 1

    def _scraped(self, item: Entry, response: Response | Failure) -> None:
        visit = _visit(response)
        visit.open -= 1
        visit.entries.append(item)
        if isinstance(response, Response) and response.url == visit.known.page.url:  # not a redirect's target
            visit.etag, visit.last_modified = _header(response, "ETag"), _header(response, "Last-Modified")
        if files := list(self._spider.files(visit.known.page, item)):
            self.add(files, again=item.verdict.kind == "new-version")
        self._settle(visit)

    def _lost(self, response: Response | Failure) -> None:
        visit = _visit(response)
        visit.open -= 1
        visit.lost = True
        self._settle(visit)

    def _settle(self, visit: Visit) -> None:
        if visit.done and not visit.lost and not self._stopping:
            now = _now()
            history, due = visit.settled(now)
            self._settled[visit.known.page.site] += 1
            self._unanswered[visit.known.page.site] += bool(history.failed)
            with self._stopped_by_failure():
                self.frontier.acknowledge(
                    evolve(visit.known, history=history), due, now, visit.targets, visit.shown(now)
                )
            # one that could not be kept stays among the visits, so that this crawl does not ask for it again
            del self._visits[visit.known.page.key]

    @contextmanager
    def _stopped_by_failure(self) -> Iterator[None]:
        """End the crawl where the frontier cannot be written: what it does not know would be lost or asked twice."""
        try:
            yield
        except StoreError as error:
            if not self._stopping:
                self._crawler.stats.set_value(LINE_ERROR, error)
                self._stopping = asyncio.get_running_loop().create_task(self._stop())

    async def _stop(self) -> None:
        await self._crawler.engine.close_spider_async(reason="frontier-failed")


def _visit(response: Response | Failure) -> Visit:
    visit: Visit = response.request.meta[VISIT]  # type: ignore[union-attr]
    return visit


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _day(now: dt.datetime) -> str:
    return now.astimezone(CHINA).date().isoformat()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
