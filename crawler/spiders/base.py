"""The base class of the spiders: turns captures into jobs, and explains failures in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from attrs import evolve
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
from crawler.download.capture import REQUISITE_KEY, captures
from crawler.download.downloader import NotRequested
from crawler.download.render import SCRIPTS_KEY
from crawler.download.robots import RobotsUnreachable, sitemaps
from crawler.download.throttle import SitePaused
from crawler.frontier.dupefilter import AlreadyRequested
from crawler.sites.registry import Registry
from pipelines.errors import ConfigError, FangzhiError, PageError
from pipelines.messages import gettext as _
from pipelines.model import Job

PAGE_FAILED = object()
"""Signal: a page could not be fetched. Arguments: `url`, `why` (the name of a counter) and `detail` (a sentence)."""

REQUISITE_FAILED = object()
"""Signal: a requisite of a page could not be fetched. Arguments: `url` and `why` (the name of a counter)."""

_DOWNLOAD_FAILURES: dict[type[BaseException], tuple[str, str]] = {
    CannotResolveHostError: ("no-such-host", _("its host name cannot be resolved; check the spelling")),
    DownloadConnectionRefusedError: (
        "unreachable",
        _("its host cannot be reached; check the URL, or try later"),
    ),
    DownloadTimeoutError: ("timeout", _("it did not answer in time; try later, or set a longer timeout")),
    DownloadFailedError: ("broken-answer", _("its response is incomplete or not HTTP; try later")),
}


class BaseSpider(scrapy.Spider):
    """A spider that passes every capture to the item pipeline, and reports why pages failed."""

    registry: Registry
    _sitemap_urls: dict[str, tuple[str, ...]]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create the spider with the registry in the settings."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.registry = crawler.settings["FANGZHI_REGISTRY"]
        spider._sitemap_urls = {}
        crawler.signals.connect(spider._robots_parsed, signals.robots_parsed)
        return spider

    def renders(self) -> bool:
        """Return whether the spider will request rendered pages."""
        return False

    def sitemap_urls(self, url: str, /) -> tuple[str, ...]:
        """Return the sitemaps in the robots.txt of a URL's host; empty before a page of the host was requested."""
        return self._sitemap_urls.get(urlsplit(url).netloc, ())

    def _robots_parsed(self, robotparser: RobotParser, request: scrapy.Request) -> None:
        self._sitemap_urls[urlsplit(request.url).netloc] = sitemaps(robotparser)

    def jobs(self, request: scrapy.Request | None) -> Iterator[Job]:
        """Yield a job for each capture of a request, the response last."""
        if request is None:
            return
        requisite_of = request.meta.get(REQUISITE_KEY)
        for capture in captures(request):
            yield self.registry.job(evolve(capture, requisite_of=requisite_of) if requisite_of else capture)

    def script_jobs(self, request: scrapy.Request | None, page: str) -> Iterator[Job]:
        """Yield a job for each script that a browser requested to render a page: they are requisites of the page."""
        for capture in request.meta.get(SCRIPTS_KEY, ()) if request else ():
            yield self.registry.job(evolve(capture, requisite_of=page))

    def failed(self, failure: Failure) -> Iterator[Job]:
        """Report a failed request; the captures made before the failure are archived."""
        request = failure.request  # type: ignore[attr-defined]
        jobs = list(self.jobs(request))
        yield from jobs
        answered = jobs and jobs[-1].capture.final_url == request.url and not isinstance(failure.value, NotRendered)
        if not self.why(failure) or answered:
            return
        why, detail = explain(failure.value or Exception(failure))
        if REQUISITE_KEY in request.meta:
            self.crawler.signals.send_catch_log(REQUISITE_FAILED, url=request.url, why=why)
            return
        self.crawler.signals.send_catch_log(PAGE_FAILED, url=request.url, why=why, detail=detail)

    @staticmethod
    def why(failure: Failure) -> str | None:
        """Return the name of a failure's counter; None if there was no failure.

        A redirect can lead to a page that was requested before, and a run that is stopped requests nothing more.
        """
        is_none = isinstance(failure.value, AlreadyRequested | NotRequested)
        return None if is_none else explain(failure.value or Exception(failure))[0]


def explain(error: BaseException) -> tuple[str, str]:
    """Return the name of a failed download's counter, and a sentence for the user."""
    if isinstance(error, RobotsUnreachable):
        return "robots-unreachable", _("its robots.txt cannot be fetched, and may forbid it; try later")
    if isinstance(error, SitePaused):
        return "left-alone", _("its site is paused; the page is fetched in a later crawl")
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return "robots", _("robots.txt forbids it")
    if isinstance(error, NotRendered | ConfigError):
        return "not-rendered", _with_hint(error)
    if isinstance(error, PageError):
        return "private-address", _with_hint(error)
    for kind, (why, detail) in _DOWNLOAD_FAILURES.items():
        if isinstance(error, kind):
            return why, _("{problem} ({hint})", problem=detail, hint=error) if str(error) else detail
    return "failed", f"{type(error).__name__}: {error}"


def _with_hint(error: FangzhiError) -> str:
    return _("{problem}; {hint}", problem=error, hint=error.hint) if error.hint else error.message
