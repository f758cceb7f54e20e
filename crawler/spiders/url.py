"""Journey 2: single pages on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.download.capture import MAX_BODY
from crawler.download.render import RENDER
from crawler.frontier.dupefilter import slot
from crawler.spiders.base import BaseSpider
from pipelines.catalogue.attachments import attachment_urls
from pipelines.model import Entry, Job


class UrlSpider(BaseSpider):
    """Asks for the addresses it is given, in their order; with `files` for the attachments of their articles, too.

    With `render` a browser shows each of them.
    """

    name = "url"

    def __init__(self, urls: str = "", files: str = "", render: str = "", **kwargs: Any) -> None:
        """Take addresses parted by white space."""
        super().__init__(**kwargs)
        self._urls = urls.split()
        self._files = bool(files)
        self._render = bool(render)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider, and let it hear of what was read."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider._files:
            crawler.signals.connect(spider._ask_files, signals.item_scraped)
        return spider

    def renders(self) -> bool:
        """Tell whether pages are to be shown by a browser."""
        return self._render

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for each address, also for one that is named twice."""
        for url in self._urls:
            request = self._request(url, dont_filter=True)
            if self._render:
                request.meta[RENDER] = ""
            yield request

    def parse(self, response: Response) -> Iterator[Job]:
        """Hand on what was captured."""
        yield from self.jobs(response.request)

    def _ask_files(self, item: Entry) -> None:
        for url in attachment_urls(item):
            request = self._request(url, headers={"Referer": item.final_url})
            request.meta[MAX_BODY] = self.settings.getint("FANGZHI_MAX_BODY")
            self.crawler.engine.crawl(request)

    def _request(self, url: str, **options: Any) -> scrapy.Request:
        own = slot(self.registry, url)
        meta = {"download_slot": own, "cookiejar": own}
        return scrapy.Request(url, callback=self.parse, errback=self.failed, meta=meta, **options)
