"""Fetches pages for an inspection, one after another, without archiving them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urldefrag

import scrapy

from crawler.download.capture import captures
from crawler.download.render import RENDER_KEY
from crawler.families import ListRequest, media_type
from crawler.frontier.dupefilter import slot
from crawler.inspect.fetch import FetchedPage, InspectionTask, Unanswered
from crawler.spiders.base import BaseSpider, explain
from pipelines.model import Rejection
from pipelines.parse.decode import decode


class InspectSpider(BaseSpider):
    """Runs an inspection: it is the `Fetcher` of the task, and fetches pages through the middlewares of a crawl."""

    name = "inspect"
    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - as Scrapy has it

    def __init__(self, plan: InspectionTask, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._task = plan

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Run the task; no other requests are made."""
        await self._task(self)
        requests: tuple[scrapy.Request, ...] = ()
        for request in requests:
            yield request

    async def __call__(self, request: ListRequest, referer: str = "", /) -> FetchedPage | Unanswered:
        """Fetch a page; `referer` is sent without its fragment."""
        headers = {"Referer": referer.partition("#")[0]} if referer else {}
        if request.body is not None:
            headers |= {
                "Content-Type": f"{media_type(request.body)}; charset=UTF-8",
                "X-Requested-With": "XMLHttpRequest",
            }
        method, meta = "GET" if request.body is None else "POST", {"download_slot": slot(self.registry, request.url)}
        if request.body is None and self._is_rendered(request.url):
            meta[RENDER_KEY] = urldefrag(request.url).fragment
        scrapy_request = scrapy.Request(request.url, method=method, body=request.body or "", headers=headers, meta=meta)
        try:
            response = await self.crawler.engine.download_async(scrapy_request)
        except Exception as error:  # noqa: BLE001 - any failure is reported in one sentence
            return Unanswered(request.url, *explain(error))
        capture = captures(response.request)[-1] if response.request else captures(scrapy_request)[-1]
        site = self.registry.find(capture.final_url)
        html = decode(capture, site.charset if site else None, data=True)
        url = "#".join(filter(None, (capture.final_url, request.body)))
        return FetchedPage(url=url, html="" if isinstance(html, Rejection) else html, capture=capture)

    def _is_rendered(self, url: str) -> bool:
        """Return whether a crawl would render a page."""
        site = self.registry.find(url)
        is_list = site is not None and any(section.url == url for section in site.sections)
        return site is not None and site.is_rendered("list" if is_list else "article")
