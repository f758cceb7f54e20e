"""Scrapy's downloader, which can be stopped: after a signal only what is already on the wire goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest

from crawler.frontier.scheduler import Scheduler
from pipelines.errors import LeaseLost

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

STOP_S = 10
"""Seconds that a request on the wire may still take after a signal: people take a program that needs more for hung."""


LEASE_CHECK_S = 0.2
"""Seconds between two looks whether a lease was renewed: a renewal takes milliseconds once the frontier answers."""


class NotRequested(IgnoreRequest):
    """A request was dropped, or broken off, because the run was stopped."""


class StoppableDownloader(Downloader):
    """Drops what waits in its queues when it is stopped; Scrapy's own downloader would still request all of it.

    A queue holds up to CONCURRENT_REQUESTS requests, and a host gets one after the other with its delay: without this,
    a run goes on for half a minute after Ctrl-C, and longer if requests are tried again.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._is_stopped = False
        self._transfers: set[asyncio.Future[Response]] = set()

    def stop(self) -> None:
        """Drop the queued requests and all that come, and cancel those on the wire after `STOP_S` seconds."""
        self._is_stopped = True
        for slot in self.slots.values():
            while slot.queue:
                _request, waiting = slot.queue.popleft()
                waiting.errback(NotRequested("the run is stopping"))
        asyncio.get_running_loop().call_later(STOP_S, self._cancel)

    async def _enqueue_request(self, request: Request) -> Response:
        if self._is_stopped:
            raise NotRequested("the run is stopping")
        return await super()._enqueue_request(request)

    async def _download(self, slot: Slot, request: Request) -> Response:
        await self._leases()
        transfer = asyncio.ensure_future(super()._download(slot, request))
        self._transfers.add(transfer)
        try:
            return await transfer
        except asyncio.CancelledError:
            raise NotRequested("the run is stopping") from None
        finally:
            self._transfers.discard(transfer)

    async def _leases(self) -> None:
        """Wait until it is certain that no other crawler has taken over the sites; raises NotRequested if one has.

        A request has waited here for its delay, and the machine or the process may have slept meanwhile.
        """
        scheduler = self.crawler.engine.scheduler
        try:
            while type(scheduler) is Scheduler and not scheduler.holds_leases():
                if self._is_stopped:
                    raise NotRequested("the run is stopping")
                await asyncio.sleep(LEASE_CHECK_S)
        except LeaseLost as error:
            raise NotRequested(str(error)) from error

    def _cancel(self) -> None:
        for transfer in tuple(self._transfers):
            transfer.cancel()
