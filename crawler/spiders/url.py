"""Shell. Journey 2: single pages on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.http import Response

from crawler.frontier import slot
from crawler.spiders.door import Door
from pipelines.model import Job


class UrlSpider(Door):
    """Asks for the addresses it is given, in their order, and for nothing else."""

    name = "url"

    def __init__(self, urls: str = "", **kwargs: Any) -> None:
        """Take addresses parted by white space."""
        super().__init__(**kwargs)
        self._urls = urls.split()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for each address, also for one that is named twice."""
        for url in self._urls:
            meta = {"download_slot": slot(self.registry, url)}
            yield scrapy.Request(url, callback=self.parse, errback=self.failed, dont_filter=True, meta=meta)

    def parse(self, response: Response) -> Iterator[Job]:
        """Hand on what was captured."""
        yield from self.jobs(response.request)
