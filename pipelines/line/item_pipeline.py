"""Scrapy's item pipeline: jobs come in from the spiders, entries go out."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol, Self, runtime_checkable

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.errors import StoreUnavailable
from pipelines.line.process import LineProcess
from pipelines.line.protocols import Holding
from pipelines.line.thread import LineSettings, LineThread
from pipelines.model import Entry, Job, Requisite

logger = logging.getLogger(__name__)

LINE_ERROR = "fangzhi/line_error"
"""The stat that holds the exception which ended a crawl: a StoreError, or a bug."""

FILE_UPLOADED = object()
"""The signal that a WARC file was put into the store; `seconds` says how long that took."""

TICK_S = 1.0
"""Seconds between checks of files that nothing is written to: much less than the least age at which they are closed."""


@runtime_checkable
class HasFence(Protocol):
    """A scheduler whose sites other crawlers can take over."""

    def fence(self) -> Holding | None:
        """Return what pages are indexed within."""


class ArchivePipeline:
    """Takes each job down the line: parsed by workers, then asked, archived and indexed in order.

    Where there are workers, the line has a process of its own too; without them it is a thread of this process.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._paused = False
        self._uploads = deque[float]()
        self._stopping: asyncio.Task[None] | None = None
        line = LineSettings(
            archive=settings["FANGZHI_ARCHIVE"],
            catalogue=settings["FANGZHI_CATALOGUE"],
            info=settings["FANGZHI_INFO"],
            options=settings["FANGZHI_OPTIONS"],
            left=tuple(settings.getlist("FANGZHI_LEFT")),
            workers=settings.getint("FANGZHI_WORKERS"),
        )
        self._line = LineProcess(line, self) if line.workers else LineThread(line, self)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the stores that the settings name; raises ConfigError or StoreError."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Start checking for files that nothing is written to any more. The crawl has claimed its sites."""
        self._loop = asyncio.get_running_loop()
        if isinstance(self._line, LineProcess):
            await self._line.connect()
        scheduler = self._crawler.engine.scheduler
        if isinstance(scheduler, HasFence) and (fence := scheduler.fence()):
            self._line.hold(fence)
        self._clock = self._loop.create_task(self._tick())

    async def process_item(self, item: Job) -> Entry | Requisite:
        """Return the entry of a job, or the row of a requisite.

        If it cannot be stored, no more jobs are accepted and the crawl ends.
        """
        try:
            return await asyncio.wrap_future(self._line.submit(item))
        except Exception as error:
            self._fail(error)
            raise DropItem(str(error)) from error

    async def close_spider(self) -> None:
        """Close the stores once every page received is stored; after a failure, leave them as a kill would."""
        self._clock.cancel()
        failure = self._crawler.stats.get_value(LINE_ERROR)
        try:
            error = await asyncio.wrap_future(self._line.close(failure))
        except StoreUnavailable as lost:
            error = lost
        self._tell_uploads()
        if error and not failure:
            self._crawler.stats.set_value(LINE_ERROR, error)

    def line_waits(self, why: StoreUnavailable) -> None:
        """Pause the crawl; if it is ending, have the line wait no longer."""
        self._loop.call_soon_threadsafe(self._pause, why)

    def line_goes_on(self) -> None:
        """Let the crawl go on."""
        self._loop.call_soon_threadsafe(self._unpause)

    def line_failed(self, error: Exception) -> None:
        """End the crawl."""
        self._loop.call_soon_threadsafe(self._fail, error)

    def file_uploaded(self, seconds: float) -> None:
        """Have the signal sent; files of an earlier run are uploaded before the event loop runs."""
        self._uploads.append(seconds)

    def _tell_uploads(self) -> None:
        while self._uploads:
            self._crawler.signals.send_catch_log(FILE_UPLOADED, seconds=self._uploads.popleft())

    def _pause(self, why: StoreUnavailable) -> None:
        if self._stopping or not self._crawler.crawling:
            self._line.give_up()
        elif not self._paused:
            logger.warning("the crawl pauses: %s (%s)", why, why.hint)
            self._crawler.engine.pause()
            self._paused = True

    def _unpause(self) -> None:
        if self._paused:
            logger.warning("the crawl goes on")
            self._crawler.engine.unpause()
            self._paused = False

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._line.tick()
            self._tell_uploads()

    def _fail(self, error: Exception) -> None:
        if not self._stopping:
            self._crawler.stats.set_value(LINE_ERROR, error)
            self._stopping = self._loop.create_task(self._stop())

    async def _stop(self) -> None:
        await self._crawler.engine.close_spider_async(reason="line-failed")
