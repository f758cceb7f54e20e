"""Measures how long the responses of a crawl take, how long their pages take down the line, and their WARC files into
the store."""

from __future__ import annotations

import time

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.frontier.inflight import Shutdown
from crawler.frontier.latencies import Latencies
from crawler.frontier.store import Frontier
from pipelines.line.item_pipeline import FILE_UPLOADED

ANSWERED_AT = "answered_at"
"""Key of the time of a response in `request.meta`, by the monotonic clock."""

STORED_AT_ONCE = 200
"""Durations that are stored together: with the pages of a minute a crawl costs one more transaction."""


class Stopwatch:
    """Counts the durations of a crawl in the frontier; a kill loses those of the last pages."""

    def __init__(self, crawler: Crawler, frontier: Frontier, shutdown: Shutdown) -> None:
        """Measure from now on. Scrapy keeps weak references to receivers: keep this object."""
        self._frontier, self._shutdown, self._latencies = frontier, shutdown, Latencies()
        crawler.signals.connect(self._received, signals.response_received)
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._uploaded, FILE_UPLOADED)

    def store(self) -> None:
        """Add what was counted to the frontier."""
        if found := self._latencies.take():
            with self._shutdown.on_failure():
                self._frontier.add_latencies(found)

    def _received(self, request: Request) -> None:
        request.meta[ANSWERED_AT] = time.monotonic()
        if (seconds := request.meta.get("download_latency")) is not None:
            self._latencies.observe("fetch", seconds)

    def _uploaded(self, seconds: float) -> None:
        self._latencies.observe("upload", seconds)

    def _scraped(self, response: object) -> None:
        meta = response.meta if isinstance(response, Response) else {}
        if (answered := meta.get(ANSWERED_AT)) is not None:
            self._latencies.observe("line", time.monotonic() - answered)
        if len(self._latencies) >= STORED_AT_ONCE:
            self.store()
