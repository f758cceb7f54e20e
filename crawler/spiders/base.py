"""What the spiders share: captures to jobs, and failures told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from crawler.download.browser import NotRendered
from crawler.download.capture import captures
from crawler.download.robots import RobotsUnreachable, sitemaps
from crawler.download.throttle import LeftAlone
from crawler.frontier.dupefilter import AlreadyRequested
from crawler.sites.registry import Registry
from pipelines.errors import ConfigError, PageError
from pipelines.model import Job

PAGE_FAILED = object()
"""Signal: a page gave no answer. Sent with `url`, `why` (a counter's name) and `detail` (a sentence)."""

_WHY: dict[type[BaseException], tuple[str, str]] = {
    CannotResolveHostError: ("no-such-host", "its host name cannot be resolved; see that it is spelt right"),
    DownloadConnectionRefusedError: (
        "unreachable",
        "its host cannot be reached; see that the address is right, or try later",
    ),
    DownloadTimeoutError: ("timeout", "it did not answer in time; try later, or set a longer timeout"),
    DownloadFailedError: ("broken-answer", "its answer broke off or is not HTTP; try later"),
}


class BaseSpider(scrapy.Spider):
    """A spider that hands every exchange it made to the line, and says of each page that failed why."""

    registry: Registry
    _maps: dict[str, tuple[str, ...]]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider with the registry of the settings."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.registry = crawler.settings["FANGZHI_REGISTRY"]
        spider._maps = {}
        crawler.signals.connect(spider._robots_parsed, signals.robots_parsed)
        return spider

    def renders(self) -> bool:
        """Tell whether it will ask for pages to be shown by a browser."""
        return False

    def maps(self, url: str, /) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of a URL's host names, once a page of it was asked for."""
        return self._maps.get(urlsplit(url).netloc, ())

    def _robots_parsed(self, robotparser: RobotParser, request: scrapy.Request) -> None:
        self._maps[urlsplit(request.url).netloc] = sitemaps(robotparser)

    def jobs(self, request: scrapy.Request | None) -> Iterator[Job]:
        """Yield a job for each capture made for a request, the answer last."""
        for capture in captures(request) if request else ():
            yield self.registry.job(capture)

    def failed(self, failure: Failure) -> Iterator[Job]:
        """Tell that a request failed; what was captured on the way is kept."""
        request = failure.request  # type: ignore[attr-defined]
        made = list(self.jobs(request))
        yield from made
        answered = made and made[-1].capture.final_url == request.url and not isinstance(failure.value, NotRendered)
        if not self.why(failure) or answered:
            return
        why, detail = explain(failure.value or Exception(failure))
        self.crawler.signals.send_catch_log(PAGE_FAILED, url=request.url, why=why, detail=detail)

    @staticmethod
    def why(failure: Failure) -> str | None:
        """Return the counter's name of a failure, None where there is none: a redirect's target was asked before."""
        known = isinstance(failure.value, AlreadyRequested)
        return None if known else explain(failure.value or Exception(failure))[0]


def explain(error: BaseException) -> tuple[str, str]:
    """Return the counter's name of a failed download, and a sentence for people."""
    if isinstance(error, RobotsUnreachable):
        return "robots-unreachable", "its robots.txt cannot be had, and may forbid it; try later"
    if isinstance(error, LeftAlone):
        return "left-alone", "its site is asked for nothing more now; it waits for a later crawl"
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return "robots", "robots.txt forbids it"
    if isinstance(error, NotRendered | ConfigError):
        return "not-rendered", f"{error}; {error.hint}"
    if isinstance(error, PageError):
        return "private-address", f"{error}; {error.hint}" if error.hint else str(error)
    for kind, (why, detail) in _WHY.items():
        if isinstance(error, kind):
            return why, f"{detail} ({error})" if str(error) else detail
    return "failed", f"{type(error).__name__}: {error}"
