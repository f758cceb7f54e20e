"""Journey 2: fetches single pages on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from typing import Any, Self, cast
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.download.capture import MAX_BODY_KEY, REQUISITE_KEY
from crawler.download.render import RENDER_KEY
from crawler.frontier.dupefilter import slot
from crawler.frontier.requisite_budget import RequisiteBudget
from crawler.sites.hosts import covers
from crawler.sites.site import Site
from crawler.spiders.base import REQUISITE_FAILED, BaseSpider
from crawler.spiders.requisites import MAX_KNOWN_REQUISITES, ArchivedBefore, references_of
from pipelines.catalogue.attachments import attachment_urls
from pipelines.model import Entry, Job, Requisite

UNREGISTERED = Site(slug="unregistered", name="", family="generic", hosts=())
"""The budgets of a page on a host of no site: those of a site that sets none."""


class UrlSpider(BaseSpider):
    """Fetches the given URLs in their order; with `files` also the attachments of their articles.

    With `render`, all pages are rendered in a browser. With `page` empty, the requisites of a page are fetched as its
    site's `page` says, or if its host belongs to no site; `whole` and `text` replace that.
    """

    name = "url"

    def __init__(self, urls: str = "", files: str = "", render: str = "", page: str = "", **kwargs: Any) -> None:
        """Take URLs separated by white space; `files` and `render` are on if they are not empty."""
        super().__init__(**kwargs)
        self._urls = urls.split()
        self._files = bool(files)
        self._render = bool(render)
        self._page = page
        self._budget = RequisiteBudget()
        self._archived_before = ArchivedBefore("")
        self._known: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create the spider; with `files`, it is notified of every entry."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._scraped, signals.item_scraped)
        if crawler.settings["FANGZHI_ARCHIVE"]:
            spider._archived_before = ArchivedBefore(crawler.settings["FANGZHI_CATALOGUE"])
        return spider

    def renders(self) -> bool:
        """Return whether pages are to be rendered."""
        return self._render

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Request each URL, also one that is given twice."""
        for url in self._urls:
            request = self._request(url, dont_filter=True)
            if self._render:
                request.meta[RENDER_KEY] = ""
            yield request

    def parse(self, response: Response) -> Iterator[Job | scrapy.Request]:
        """Yield a job for each capture, and a request for each requisite."""
        jobs = list(self.jobs(response.request))
        yield from jobs
        page = response.request.meta.get(REQUISITE_KEY) if response.request else None
        if page or self._is_whole(response.url):
            scripts = list(self.script_jobs(response.request, response.url))
            yield from scripts
            yield from self._requisites(jobs, page or response.url, {job.capture.url for job in scripts})

    def _is_whole(self, url: str) -> bool:
        site = self.registry.find(url)
        return (self._page or (site.page if site else "whole")) == "whole"

    def _requisites(self, jobs: list[Job], page: str, fetched: Collection[str]) -> Iterator[scrapy.Request]:
        """Yield requests for the requisites of a page that were neither `fetched` with it nor archived lately."""
        site = self.registry.find(page)
        limits = site or UNREGISTERED
        wanted = [each.url for each in references_of(jobs) if each.kind != "frame" or _same_site(each.url, page, site)]
        new = [url for url in dict.fromkeys(wanted) if url not in self._known and url not in fetched]
        recent = self._archived_before.recent_requisites(new)
        self._know(recent)
        urls = [url for url in new if url not in recent]
        for url in urls[: self._budget.files_left(page, limits.page_files)]:
            if left := self._budget.bytes_left(page, limits.page_bytes):
                self._budget.add_files(page, 1)
                self._know((url,))
                request = self._request(url, headers={"Referer": page})
                request.meta.update({REQUISITE_KEY: page, MAX_BODY_KEY: min(left, self._max_body)})
                yield request
            else:
                self.crawler.signals.send_catch_log(REQUISITE_FAILED, url=url, why="budget")

    def _know(self, urls: Iterable[str]) -> None:
        """Remember that requisites are archived or requested."""
        if len(self._known) > MAX_KNOWN_REQUISITES:
            self._known.clear()
        self._known.update(urls)

    def closed(self, _reason: str) -> None:
        """Close the catalogue; Scrapy calls it at the end."""
        self._archived_before.close()

    @property
    def _max_body(self) -> int:
        return self.settings.getint("FANGZHI_MAX_BODY")

    def _scraped(self, item: Entry | Requisite, response: Response | Failure) -> None:
        if isinstance(item, Requisite):
            request = cast("scrapy.Request", response.request)  # type: ignore[union-attr]
            page = request.meta.get(REQUISITE_KEY, request.url)
            self._budget.add_bytes(page, item.location.length if item.location else 0)
        elif self._files:
            self._request_files(item)

    def _request_files(self, item: Entry) -> None:
        for url in attachment_urls(item):
            request = self._request(url, headers={"Referer": item.final_url})
            request.meta[MAX_BODY_KEY] = self.settings.getint("FANGZHI_MAX_BODY")
            self.crawler.engine.crawl(request)

    def _request(self, url: str, **options: Any) -> scrapy.Request:
        own = slot(self.registry, url)
        meta = {"download_slot": own, "cookiejar": own}
        return scrapy.Request(url, callback=self.parse, errback=self.failed, meta=meta, **options)


def _same_site(url: str, page: str, site: Site | None) -> bool:
    """Tell whether a frame is on the site of its page, or on its host if that belongs to no site."""
    return covers(site.hosts, url) if site else urlsplit(url).netloc == urlsplit(page).netloc
