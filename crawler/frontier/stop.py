"""The end of a crawl whose frontier fails: what it does not know would be lost or asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.crawler import Crawler

from pipelines.errors import StoreError
from pipelines.line.item_pipeline import LINE_ERROR


class Stop:
    """Ends a crawl at the first failure; the command that began it finds the error among its stats."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """Tell whether the crawl is ending for this reason: nothing is acknowledged any more."""
        return self._task is not None

    @contextmanager
    def on_failure(self) -> Iterator[None]:
        """End the crawl where the block fails; the block is left, and what follows it goes on."""
        try:
            yield
        except StoreError as error:
            if self._task is None:
                self._crawler.stats.set_value(LINE_ERROR, error)
                self._task = asyncio.get_running_loop().create_task(self._end())

    async def _end(self) -> None:
        await self._crawler.engine.close_spider_async(reason="frontier-failed")
