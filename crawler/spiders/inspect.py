"""Looking at pages one after another, as a plan wants them; nothing is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urldefrag

import scrapy

from crawler.download.capture import captures
from crawler.download.render import RENDER
from crawler.families import ListRequest, media_type
from crawler.frontier.dupefilter import slot
from crawler.inspect.fetch import FetchedPage, Plan, Unanswered
from crawler.spiders.base import BaseSpider, explain
from pipelines.model import Rejection
from pipelines.parse.decode import decode


class InspectSpider(BaseSpider):
    """Carries a plan out: it asks for what it wants to see through the same middlewares as a crawl does."""

    name = "scout"
    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - as Scrapy has it

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._plan = plan

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Carry the plan out; there is nothing to be asked for besides."""
        await self._plan(self)
        requests: tuple[scrapy.Request, ...] = ()
        for request in requests:
            yield request

    async def __call__(self, ask: ListRequest, referer: str = "", /) -> FetchedPage | Unanswered:
        """Ask for a page."""
        headers = {"Referer": referer.partition("#")[0]} if referer else {}
        if ask.form is not None:
            headers |= {"Content-Type": f"{media_type(ask.form)}; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}
        method, meta = "GET" if ask.form is None else "POST", {"download_slot": slot(self.registry, ask.url)}
        if ask.form is None and self._is_shown(ask.url):
            meta[RENDER] = urldefrag(ask.url).fragment
        request = scrapy.Request(ask.url, method=method, body=ask.form or "", headers=headers, meta=meta)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever keeps a page from coming is told as one sentence
            return Unanswered(ask.url, *explain(error))
        capture = captures(response.request)[-1] if response.request else captures(request)[-1]
        site = self.registry.find(capture.final_url)
        html = decode(capture, site.charset if site else None, data=True)
        url = "#".join(filter(None, (capture.final_url, ask.form)))
        return FetchedPage(url=url, html="" if isinstance(html, Rejection) else html, capture=capture)

    def _is_shown(self, url: str) -> bool:
        """Tell whether a crawl would have a browser show a page."""
        site = self.registry.find(url)
        head = site is not None and any(section.url == url for section in site.sections)
        return site is not None and site.is_rendered("list" if head else "article")
