"""Scrapy's item pipeline: jobs come in from the spiders, entries go out."""

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
from pipelines.line.patience import PAUSE_S
from pipelines.line.stores import stores_for
from pipelines.line.workers import open_pool, read_page_here
from pipelines.model import Entry, Job, Outcome, Requisite

logger = logging.getLogger(__name__)

LINE_ERROR = "fangzhi/line_error"
"""The stat that holds the exception which ended a crawl: a StoreError, or a bug."""

TICK_S = 1.0
"""Seconds between checks of files that nothing is written to: much less than the least age at which they are closed."""


class ArchivePipeline:
    """Takes each job down the line: parsed in worker processes, then asked, archived and indexed in order.

    One thread does what follows the parsing, in the order in which the jobs came. It waits for the outcome of a page
    while the workers parse the next ones, so verdicts do not depend on which worker was faster.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._open = ExitStack()
        options = settings["FANGZHI_OPTIONS"]
        addresses = settings["FANGZHI_ARCHIVE"], settings["FANGZHI_CATALOGUE"]
        left = settings.getlist("FANGZHI_LEFT")
        stores = self._open.enter_context(stores_for(*addresses, settings["FANGZHI_INFO"], options, left))
        self._batch = Batch(stores, options, self._wait)
        self._extraction = self._open.enter_context(open_pool(settings.getint("FANGZHI_WORKERS")))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="line")
        self._received = self._added = 0
        self._paused = False
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the stores that the settings name; raises ConfigError or StoreError."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Start checking for files that nothing is written to any more."""
        self._loop = asyncio.get_running_loop()
        self._clock = self._loop.create_task(self._tick())

    async def process_item(self, item: Job) -> Entry | Requisite:
        """Return the entry of a job, or the row of a requisite, which is not parsed.

        If it cannot be stored, no more jobs are accepted and the crawl ends.
        """
        answer: Future[Entry | Requisite] = Future()
        answer.set_running_or_notify_cancel()
        is_page = item.capture.requisite_of is None
        parsing = self._extraction.submit(item) if self._extraction and is_page else None
        self._received += 1
        self._thread.submit(self._add, item, parsing, answer)
        try:
            return await asyncio.wrap_future(answer)
        except Exception as error:
            self._fail(error)
            raise DropItem(str(error)) from error

    async def close_spider(self) -> None:
        """Close the stores once every page received is stored; after a failure, leave them as a kill would."""
        self._clock.cancel()
        await self._loop.run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _add(self, job: Job, parsing: Future[Outcome] | None, answer: Future[Entry | Requisite]) -> None:
        """Add a job to the batch; index the batch before waiting for anything, and when no other job is queued."""
        self._added += 1
        try:
            if parsing and not parsing.done():
                self._batch.index()
            here = None if job.capture.requisite_of else read_page_here
            self._batch.add(job, parsing.result() if parsing else here and here(job), answer)
            self._resume()
        except Exception as error:  # noqa: BLE001 - the caller waits for an answer, whatever happened to the page
            if not answer.done():
                answer.set_exception(error)
        if self._added == self._received:
            self._index()

    def _index(self) -> None:
        try:
            self._batch.index()
            self._resume()
        except Exception as error:  # noqa: BLE001 - the answers have it, if there are any
            self._loop.call_soon_threadsafe(self._fail, error)

    def _wait(self, why: StoreUnavailable) -> None:
        """Pause the crawl for a moment; if the crawl is ending, raise the error instead."""
        if self._stopping or not self._crawler.crawling:
            raise why
        if not self._paused:
            logger.warning("the crawl pauses: %s (%s)", why, why.hint)
            self._loop.call_soon_threadsafe(self._crawler.engine.pause)
            self._paused = True
        time.sleep(PAUSE_S)

    def _resume(self) -> None:
        if self._paused:
            logger.warning("the crawl goes on")
            self._loop.call_soon_threadsafe(self._crawler.engine.unpause)
            self._paused = False

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self._loop.run_in_executor(self._thread, self._index)

    def _fail(self, error: Exception) -> None:
        if not self._stopping:
            self._crawler.stats.set_value(LINE_ERROR, error)
            self._stopping = self._loop.create_task(self._stop())

    async def _stop(self) -> None:
        await self._crawler.engine.close_spider_async(reason="line-failed")

    def _close(self) -> None:
        """Close the workers, then the stores: the last thing opened is the first closed."""
        failure = self._crawler.stats.get_value(LINE_ERROR)
        try:
            self._open.__exit__(type(failure) if failure else None, failure, None)
        except StoreError as error:
            self._crawler.stats.set_value(LINE_ERROR, error)
