"""Journey 2: fetches single pages on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.download.capture import MAX_BODY_KEY
from crawler.download.render import RENDER_KEY
from crawler.frontier.dupefilter import slot
from crawler.spiders.base import BaseSpider
from pipelines.catalogue.attachments import attachment_urls
from pipelines.model import Entry, Job


class UrlSpider(BaseSpider):
    """Fetches the given URLs in their order; with `files` also the attachments of their articles.

    With `render`, all pages are rendered in a browser.
    """

    name = "url"

    def __init__(self, urls: str = "", files: str = "", render: str = "", **kwargs: Any) -> None:
        """Take URLs separated by white space; the other options are on if they are not empty."""
        super().__init__(**kwargs)
        self._urls = urls.split()
        self._files = bool(files)
        self._render = bool(render)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create the spider; with `files`, it is notified of every entry."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider._files:
            crawler.signals.connect(spider._request_files, signals.item_scraped)
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

    def parse(self, response: Response) -> Iterator[Job]:
        """Yield a job for each capture."""
        yield from self.jobs(response.request)

    def _request_files(self, item: Entry) -> None:
        for url in attachment_urls(item):
            request = self._request(url, headers={"Referer": item.final_url})
            request.meta[MAX_BODY_KEY] = self.settings.getint("FANGZHI_MAX_BODY")
            self.crawler.engine.crawl(request)

    def _request(self, url: str, **options: Any) -> scrapy.Request:
        own = slot(self.registry, url)
        meta = {"download_slot": own, "cookiejar": own}
        return scrapy.Request(url, callback=self.parse, errback=self.failed, meta=meta, **options)
