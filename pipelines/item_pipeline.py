"""Shell. Scrapy's door to the line: jobs come in from the spiders, entries go out."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.errors import StoreError
from pipelines.line import process, read_page
from pipelines.model import Entry, Job, Outcome
from pipelines.readers import Readers
from pipelines.stores import stores_for

LINE_ERROR = "fangzhi/line_error"
"""The stat that holds the exception which ended a crawl: a StoreError, or a bug."""


class LinePipeline:
    """Takes each job down the line: read in worker processes, then asked, kept and remembered one after another.

    One thread does what follows the reading, in the order in which the jobs came: it waits for a page's outcome while
    the workers read the next ones, so that verdicts do not depend on which worker was quicker.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._open = ExitStack()
        self._stores = self._open.enter_context(
            stores_for(settings["FANGZHI_ARCHIVE"], settings["FANGZHI_CATALOGUE"], settings["FANGZHI_INFO"])
        )
        workers = settings.getint("FANGZHI_WORKERS")
        self._readers = Readers(workers) if workers else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="line")
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the stores that the settings name; raises ConfigError or StoreError."""
        return cls(crawler)

    async def process_item(self, item: Job) -> Entry:
        """Return the entry of a job; if it cannot be kept, nothing more is taken in and the crawl ends."""
        loop = asyncio.get_running_loop()
        try:
            reading = self._readers.submit(item) if self._readers else None
            return await loop.run_in_executor(self._thread, self._process, item, reading)
        except Exception as error:
            if not self._stopping:
                self._crawler.stats.set_value(LINE_ERROR, error)
                self._stopping = loop.create_task(self._stop())
            raise DropItem(str(error)) from error

    def _process(self, job: Job, reading: Future[Outcome] | None) -> Entry:
        return process(job, self._stores, read=lambda _: reading.result() if reading else read_page(job))

    async def _stop(self) -> None:
        await self._crawler.engine.close_spider_async(reason="line-failed")

    async def close_spider(self) -> None:
        """Close the stores once every page that came in is kept; after a failure as a kill would leave them."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        failure = self._crawler.stats.get_value(LINE_ERROR)
        try:
            if self._readers:
                self._readers.close()
            self._open.__exit__(type(failure) if failure else None, failure, None)
        except StoreError as error:
            self._crawler.stats.set_value(LINE_ERROR, error)
