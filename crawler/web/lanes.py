"""Two lanes for requests: those that read much of the catalogue, and the others, which do not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from crawler.web.serving import READERS

T = TypeVar("T")

SLOW_AT_ONCE = 1
"""Slow requests of a process at a time: a search takes 200 ms of a processor, an article 5 ms. Two searches at a time
would take twice as long each; one leaves a share of each processor to articles."""


class Lanes:
    """Runs requests in threads, a few at a time in each lane, in the order in which they came."""

    def __init__(self) -> None:
        """Open both lanes."""
        self._slow = asyncio.Semaphore(SLOW_AT_ONCE)
        self._quick = asyncio.Semaphore(READERS - SLOW_AT_ONCE)

    async def run(self, slow: bool, work: Callable[[], T]) -> T:
        """Return what some work returns, when its lane has a place."""
        async with self._slow if slow else self._quick:
            return await run_in_threadpool(work)
