"""Sets the request rate of each site.

The delay is the site's own or its Crawl-delay. It grows if the site refuses requests, blocks the crawler or is slow;
Retry-After pauses the site.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from typing import Any, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.download.robots import RobotsUnreachable
from crawler.frontier.availability import (
    CHALLENGES_TO_SLOW_DOWN,
    CHALLENGES_TO_SUSPEND,
    FAILURES_TO_STOP_RETRIES,
    FAILURES_TO_SUSPEND,
    MAX_DELAY_S,
    SUSPENSION,
    parse_retry_after,
    recovered_delay,
    slowed_delay,
)
from crawler.frontier.dupefilter import RegistrySpider
from crawler.frontier.dupefilter import slot as slot_of
from crawler.frontier.inflight import VISIT
from crawler.frontier.scheduler import Scheduler
from pipelines.messages import gettext as _
from pipelines.model import Entry, Requisite

logger = logging.getLogger(__name__)

REFUSAL_STATUSES = (429, 503)
"""Statuses by which a server says that it gets too many requests."""

_NO_ANSWER = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    RobotsUnreachable,
)


class SitePaused(IgnoreRequest):
    """A request was dropped because its site is paused."""


class Throttle:
    """Sets the delays of the downloader's slots; the frontier's scheduler stores the pauses that sites ask for."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._configured_delays: dict[str, float] = {}
        self._crawl_delays: dict[str, float] = {}
        self._challenges: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        crawler.signals.connect(self._entry_scraped, signals.item_scraped)
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Throttle:
        """Create the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Drop a request to a paused site; count the requests of rendered pages in the site's budget."""
        scheduler, site = self._scheduler(), _slot_name(request)
        if scheduler and scheduler.is_suspended(site):
            raise SitePaused(f"{site} is paused")
        if scheduler and VISIT not in request.meta:
            scheduler.count_request(site)

    def process_response(self, request: Request, response: Response) -> Response:
        """Increase the delay after a refusal, and reduce it step by step to the site's own after good responses.

        Responses of other hosts, such as files, are ignored.
        """
        if not self._is_own(request):
            return response
        if response.status < 500 and response.status not in REFUSAL_STATUSES:
            self._refusals[_slot_name(request)] = 0
        else:
            self._count_refusal(request)
        if slot := self._slot(request):
            own = max(self._configured_delays[_slot_name(request)], self._crawl_delays.get(_slot_name(request), 0.0))
            if response.status in REFUSAL_STATUSES:
                slot.delay = slowed_delay(max(slot.delay, own))
                self._pause_as_asked(request, response)
            else:
                latency = request.meta.get("download_latency", 0.0) if own else 0.0
                slot.delay = recovered_delay(slot.delay, own, latency / slot.concurrency)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Increase the delay if there was no response.

        A response that cannot be read is no sign of load: the other pages of its host need not wait for it.
        """
        if not isinstance(exception, _NO_ANSWER) or not self._is_own(request):
            return
        self._count_refusal(request)
        if (slot := self._slot(request)) and not isinstance(exception, IgnoreRequest | DownloadFailedError):
            slot.delay = slowed_delay(slot.delay)

    def _count_refusal(self, request: Request) -> None:
        """Stop retrying after several refusals in a row, and pause a site that is down.

        First pages of lists do not pause it. They are requested before all others, and show whether the site is dead.
        """
        site = _slot_name(request)
        self._refusals[site] += 1
        if self._refusals[site] >= FAILURES_TO_STOP_RETRIES:
            request.meta["dont_retry"] = True
        if self._refusals[site] >= FAILURES_TO_SUSPEND and not _is_first_list_page(request):
            self._pause_for_this_crawl(site, _("it refused or did not answer again and again"))

    def _entry_scraped(self, item: Entry | Requisite) -> None:
        """Increase the delay after several challenges in a row, and pause a site that answers only with challenges.

        Challenges are detected by page content, so this happens after extraction. Requisites are not extracted.
        """
        if isinstance(item, Requisite):
            return
        site = item.site or ""
        if item.reason != "challenge":
            if item.reason != "redirect" and (item.status or 500) < 400:
                self._challenges[site] = 0
            return
        self._challenges[site] += 1
        slot = self._crawler.engine.downloader.slots.get(site)
        if slot and self._challenges[site] >= CHALLENGES_TO_SLOW_DOWN:
            slot.delay = slowed_delay(slot.delay)
        if self._challenges[site] == CHALLENGES_TO_SUSPEND:
            self._pause_for_this_crawl(site, _("it answers only with anti-bot challenges"))

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Store the Crawl-delay of a robots.txt, which Scrapy parses but ignores."""
        site, delay = _slot_name(request), robotparser.crawl_delay(self._crawler.settings["ROBOTSTXT_USER_AGENT"])
        if delay and delay > 0:  # false for NaN
            self._crawl_delays[site] = min(max(delay, self._crawl_delays.get(site, 0.0)), MAX_DELAY_S)

    def _pause_as_asked(self, request: Request, response: Response) -> None:
        now, scheduler = dt.datetime.now(dt.UTC), self._scheduler()
        until = parse_retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
        if scheduler and until:
            scheduler.pause(_slot_name(request), until, _("it asked to be left alone"), persist=True)
            if scheduler.is_suspended(_slot_name(request)):
                request.meta["dont_retry"] = True

    def _pause_for_this_crawl(self, site: str, why: str) -> None:
        scheduler = self._scheduler()
        if scheduler and not scheduler.is_suspended(site):
            logger.warning("%s is paused until the next crawl: %s", site, why)
            scheduler.pause(site, dt.datetime.now(dt.UTC) + SUSPENSION, why)

    def _scheduler(self) -> Scheduler | None:
        """Return the frontier's scheduler, if it is in use.

        `isinstance` cannot tell: for Scrapy, any scheduler is an instance of any other.
        """
        scheduler = self._crawler.engine.scheduler
        return scheduler if type(scheduler) is Scheduler else None

    def _is_own(self, request: Request) -> bool:
        registry = cast("RegistrySpider", self._crawler.spider).registry
        return slot_of(registry, request.url) == _slot_name(request)

    def _slot(self, request: Request) -> Any:
        slot = self._crawler.engine.downloader.slots.get(_slot_name(request))
        if slot:
            self._configured_delays.setdefault(_slot_name(request), slot.delay)
        return slot


def _slot_name(request: Request) -> str:
    return str(request.meta.get("download_slot", ""))


def _is_first_list_page(request: Request) -> bool:
    page = request.meta[VISIT].known.page if VISIT in request.meta else None
    return page is not None and page.role == "list" and page.list_page_number <= 1
