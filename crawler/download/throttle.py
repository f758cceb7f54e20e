"""Each site's pace: its own delay or its Crawl-delay, longer where it refuses, blocks, is slow, or says when."""

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
from pipelines.model import Entry

log = logging.getLogger(__name__)

REFUSED = (429, 503)
"""Statuses by which a server says that it is asked too much."""

_UNANSWERED = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    RobotsUnreachable,
)


class LeftAlone(IgnoreRequest):
    """A site is asked for nothing more in this crawl."""


class Throttle:
    """Sets the delays of the downloader's slots; a pause that a site asks for is kept by the frontier's scheduler."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._given: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._challenges: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Throttle:
        """Make the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a request to a site that is left alone; count what a page asks for that a browser shows."""
        scheduler, site = self._scheduler(), _name(request)
        if scheduler and scheduler.is_suspended(site):
            raise LeftAlone(f"{site} is left alone")
        if scheduler and VISIT not in request.meta:
            scheduler.count_request(site)

    def process_response(self, request: Request, response: Response) -> Response:
        """Go slower after a refusal, and back to the site's own pace step by step after good answers.

        What comes from another host, such as a file, tells nothing of the site.
        """
        if not self._is_own(request):
            return response
        if response.status < 500 and response.status not in REFUSED:
            self._refusals[_name(request)] = 0
        else:
            self._refused(request)
        if slot := self._slot(request):
            own = max(self._given[_name(request)], self._asked.get(_name(request), 0.0))
            if response.status in REFUSED:
                slot.delay = slowed_delay(max(slot.delay, own))
                self._pause(request, response)
            else:
                latency = request.meta.get("download_latency", 0.0) if own else 0.0
                slot.delay = recovered_delay(slot.delay, own, latency / slot.concurrency)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Go slower where no answer came."""
        if not isinstance(exception, _UNANSWERED) or not self._is_own(request):
            return
        self._refused(request)
        if (slot := self._slot(request)) and not isinstance(exception, IgnoreRequest):
            slot.delay = slowed_delay(slot.delay)

    def _refused(self, request: Request) -> None:
        """Try less where refusals follow each other, and stop before what is down.

        The heads of its lists are asked for all the same, which come first: they tell whether the site is dead.
        """
        site = _name(request)
        self._refusals[site] += 1
        if self._refusals[site] >= FAILURES_TO_STOP_RETRIES:
            request.meta["dont_retry"] = True
        if self._refusals[site] >= FAILURES_TO_SUSPEND and not _is_head(request):
            self._leave(site, "it refused or did not answer again and again")

    def _scraped(self, item: Entry) -> None:
        """Go slower where challenges follow each other, which only a page's content tells, and stop before a wall."""
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
            self._leave(site, "it answers with challenges alone")

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take note of the delay that a robots.txt asks for, which Scrapy reads and passes over."""
        site, asked = _name(request), robotparser.crawl_delay(self._crawler.settings["USER_AGENT"])
        if asked and asked > 0:  # NaN is not
            self._asked[site] = min(max(asked, self._asked.get(site, 0.0)), MAX_DELAY_S)

    def _pause(self, request: Request, response: Response) -> None:
        now, scheduler = dt.datetime.now(dt.UTC), self._scheduler()
        until = parse_retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
        if scheduler and until:
            scheduler.pause(_name(request), until, "it asked to be left alone", persist=True)
            if scheduler.is_suspended(_name(request)):
                request.meta["dont_retry"] = True

    def _leave(self, site: str, why: str) -> None:
        scheduler = self._scheduler()
        if scheduler and not scheduler.is_suspended(site):
            log.warning("%s is left alone until the next crawl: %s", site, why)
            scheduler.pause(site, dt.datetime.now(dt.UTC) + SUSPENSION, why)

    def _scheduler(self) -> Scheduler | None:
        """Return the frontier's scheduler where it leads: to Scrapy, whatever schedules is an instance of any other."""
        scheduler = self._crawler.engine.scheduler
        return scheduler if type(scheduler) is Scheduler else None

    def _is_own(self, request: Request) -> bool:
        registry = cast("RegistrySpider", self._crawler.spider).registry
        return slot_of(registry, request.url) == _name(request)

    def _slot(self, request: Request) -> Any:
        slot = self._crawler.engine.downloader.slots.get(_name(request))
        if slot:
            self._given.setdefault(_name(request), slot.delay)
        return slot


def _name(request: Request) -> str:
    return str(request.meta.get("download_slot", ""))


def _is_head(request: Request) -> bool:
    page = request.meta[VISIT].known.page if VISIT in request.meta else None
    return page is not None and page.role == "list" and page.list_page_number <= 1
