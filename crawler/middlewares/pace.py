"""Shell. Each site's pace: its own delay or its Crawl-delay, longer where it refuses, blocks, is slow, or says when."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.frontier.pace import BLOCKED, LEFT_ALONE, SLOWEST, SUSPECTED, eased, retry_at, slower
from crawler.frontier.scheduler import Scheduler
from pipelines.model import Entry

log = logging.getLogger(__name__)

REFUSED = (429, 503)
"""Statuses by which a server says that it is asked too much."""


class Pace:
    """Sets the delays of the downloader's slots; a pause that a site asks for is kept by the frontier's scheduler."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._given: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._challenges: Counter[str] = Counter()
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Pace:
        """Make the middleware."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Go slower after a refusal, and back to the site's own pace step by step after good answers."""
        if slot := self._slot(request):
            own = max(self._given[_name(request)], self._asked.get(_name(request), 0.0))
            if response.status in REFUSED:
                slot.delay = slower(max(slot.delay, own))
                self._pause(request, response)
            else:
                latency = request.meta.get("download_latency", 0.0) if own else 0.0
                slot.delay = eased(slot.delay, own, latency / slot.concurrency)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Go slower where no answer came."""
        if not isinstance(exception, IgnoreRequest) and (slot := self._slot(request)):
            slot.delay = slower(slot.delay)

    def _scraped(self, item: Entry) -> None:
        """Go slower where challenges follow each other, which only a page's content tells, and stop before a wall."""
        site = item.site or ""
        if item.reason != "challenge":
            if item.reason != "redirect" and (item.status or 500) < 400:
                self._challenges[site] = 0
            return
        self._challenges[site] += 1
        slot = self._crawler.engine.downloader.slots.get(site)
        if slot and self._challenges[site] >= SUSPECTED:
            slot.delay = slower(slot.delay)
        if self._challenges[site] == BLOCKED:
            log.warning("%s answers with challenges alone: it is left alone until the next crawl", site)
            self._leave(site, dt.datetime.now(dt.UTC) + LEFT_ALONE)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take note of the delay that a robots.txt asks for, which Scrapy reads and passes over."""
        asked = robotparser.crawl_delay(self._crawler.settings["USER_AGENT"])
        self._asked[_name(request)] = min(max(asked or 0.0, self._asked.get(_name(request), 0.0)), SLOWEST)

    def _pause(self, request: Request, response: Response) -> None:
        now = dt.datetime.now(dt.UTC)
        if until := retry_at((response.headers.get("Retry-After") or b"").decode("latin-1"), now):
            self._leave(_name(request), until)

    def _leave(self, site: str, until: dt.datetime) -> None:
        scheduler = self._crawler.engine.scheduler
        if isinstance(scheduler, Scheduler):
            scheduler.pause(site, until)

    def _slot(self, request: Request) -> Any:
        slot = self._crawler.engine.downloader.slots.get(_name(request))
        if slot:
            self._given.setdefault(_name(request), slot.delay)
        return slot


def _name(request: Request) -> str:
    return str(request.meta.get("download_slot", ""))
