"""Scrapy's door to the line: jobs come in from the spiders, entries go out."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.errors import StoreError, StoreUnavailable
from pipelines.line.batch import Batch
from pipelines.line.order import read_page
from pipelines.line.stores import stores_for
from pipelines.line.workers import ExtractionPool
from pipelines.model import Entry, Job, Outcome

log = logging.getLogger(__name__)

LINE_ERROR = "fangzhi/line_error"
"""The stat that holds the exception which ended a crawl: a StoreError, or a bug."""

TICK_S = 1.0
"""How often files are looked at that nothing is written to: much less than the least age at which they are closed."""

PAUSE_S = 0.5
"""How long to wait before it is looked again whether there is room: a file of 1 GB takes longer to be sent."""


class ArchivePipeline:
    """Takes each job down the line: read in worker processes, then asked, kept and remembered one after another.

    One thread does what follows the reading, in the order in which the jobs came: it waits for a page's outcome while
    the workers read the next ones, so that verdicts do not depend on which worker was quicker.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._open = ExitStack()
        options = settings["FANGZHI_OPTIONS"]
        addresses = settings["FANGZHI_ARCHIVE"], settings["FANGZHI_CATALOGUE"]
        left = settings.getlist("FANGZHI_LEFT")
        stores = self._open.enter_context(stores_for(*addresses, settings["FANGZHI_INFO"], options, left))
        self._group = Batch(stores, options, self._wait)
        workers = settings.getint("FANGZHI_WORKERS")
        self._readers = ExtractionPool(workers) if workers else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="line")
        self._come = self._taken = 0
        self._paused = False
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the stores that the settings name; raises ConfigError or StoreError."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Begin to look after the files that nothing is written to."""
        self._loop = asyncio.get_running_loop()
        self._clock = self._loop.create_task(self._tick())

    async def process_item(self, item: Job) -> Entry:
        """Return the entry of a job; if it cannot be kept, nothing more is taken in and the crawl ends."""
        answer: Future[Entry] = Future()
        answer.set_running_or_notify_cancel()
        reading = self._readers.submit(item) if self._readers else None
        self._come += 1
        self._thread.submit(self._take, item, reading, answer)
        try:
            return await asyncio.wrap_future(answer)
        except Exception as error:
            self._fail(error)
            raise DropItem(str(error)) from error

    async def close_spider(self) -> None:
        """Close the stores once every page that came in is kept; after a failure as a kill would leave them."""
        self._clock.cancel()
        await self._loop.run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _take(self, job: Job, reading: Future[Outcome] | None, answer: Future[Entry]) -> None:
        """Take a job; the group is remembered before anything is waited for, and when no other job is at hand."""
        self._taken += 1
        try:
            if reading and not reading.done():
                self._group.remember()
            self._group.take(job, reading.result() if reading else read_page(job), answer)
            self._go_on()
        except Exception as error:  # noqa: BLE001 - whatever became of the page, somebody waits for an answer
            if not answer.done():
                answer.set_exception(error)
        if self._taken == self._come:
            self._remember()

    def _remember(self) -> None:
        try:
            self._group.remember()
        except Exception as error:  # noqa: BLE001 - the answers have it, or there is none to have it
            self._loop.call_soon_threadsafe(self._fail, error)

    def _wait(self, why: StoreUnavailable) -> None:
        """Pause the crawl for a moment; once it is to end, raise the error instead."""
        if self._stopping or not self._crawler.crawling:
            raise why
        if not self._paused:
            log.warning("the crawl pauses: %s (%s)", why, why.hint)
            self._loop.call_soon_threadsafe(self._crawler.engine.pause)
            self._paused = True
        time.sleep(PAUSE_S)

    def _go_on(self) -> None:
        if self._paused:
            log.warning("the crawl goes on")
            self._loop.call_soon_threadsafe(self._crawler.engine.unpause)
            self._paused = False

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self._loop.run_in_executor(self._thread, self._remember)

    def _fail(self, error: Exception) -> None:
        if not self._stopping:
            self._crawler.stats.set_value(LINE_ERROR, error)
            self._stopping = self._loop.create_task(self._stop())

    async def _stop(self) -> None:
        await self._crawler.engine.close_spider_async(reason="line-failed")

    def _close(self) -> None:
        failure = self._crawler.stats.get_value(LINE_ERROR)
        try:
            if self._readers:
                self._readers.close()
            self._open.__exit__(type(failure) if failure else None, failure, None)
        except StoreError as error:
            self._crawler.stats.set_value(LINE_ERROR, error)
