"""One crawl of a list of pages in a process of its own: `python -m tests.benchmarks.contenders NAME FILE CATALOGUE`."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.frontier import KnownPage, Page
from crawler.frontier.scheduler import Scheduler
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.line.garbage import collect_rarely
from pipelines.line.item_pipeline import ArchivePipeline
from pipelines.line.process import LineProcess
from tests.benchmarks import cpu
from tests.benchmarks.left_out import leave_out

PAGE_MODES = {"fangzhi": "text", "whole": "whole", "exact": "text", "unindexed": "text", "rowless": "text"}
"""What each contender that is fangzhi archives of a page. Its text alone is what the others download too."""

LEFT_OUT = {"exact": ("anchors",), "unindexed": ("article_index",), "rowless": ("articles", "article_index")}
"""Contenders whose catalogue leaves tables empty: see `left_out.py`."""

SITE = "site"
CONCURRENCY = 16
"""Concurrent requests, the same for every contender: Scrapy's default."""


class Bare(scrapy.Spider):
    """Downloads pages and does nothing else."""

    name = "bare"
    urls: str

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.urls.split():
            yield scrapy.Request(url)

    def parse(self, response: Response) -> Any:
        return None


class WithFrontier(Bare):
    """Downloads pages that the frontier on disk schedules, and acknowledges them."""

    name = "frontier"
    custom_settings = {"SCHEDULER": "crawler.frontier.scheduler.Scheduler"}  # noqa: RUF012 - an attribute of Scrapy spiders
    registry = Registry(sites={SITE: Site(slug=SITE, name=SITE, family="generic", hosts=())})

    def begin(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        scheduler.claim_site(SITE, "")
        scheduler.enqueue(Page(url=url, site=SITE) for url in self.urls.split())

    async def start(self) -> AsyncIterator[scrapy.Request]:
        requests: tuple[scrapy.Request, ...] = ()
        for request in requests:
            yield request

    def request(self, known: KnownPage) -> scrapy.Request:
        return scrapy.Request(known.page.url, dont_filter=True)

    def parse(self, response: Response) -> Any:
        return self._scheduler.watch(response.request, ())

    def files(self, *_: object) -> tuple[Page, ...]:
        return ()

    def archived(self, *_: object) -> None:
        return None

    def is_over_budget(self, _page: Page) -> bool:
        return False


class Inline(Bare):
    """Extracts each page with trafilatura in the callback, as most Scrapy projects do."""

    name = "inline"

    def parse(self, response: Response) -> Any:
        import trafilatura

        document = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        return {"text": document.text if document else None}


class MeasuredLine(ArchivePipeline):
    """The line, which notes the CPU seconds of its process and of the readers before it closes them."""

    spent: ClassVar[dict[str, float]] = {}

    async def close_spider(self) -> None:
        assert isinstance(self._line, LineProcess)
        forked = [child for server in cpu.children(os.getpid()) for child in cpu.children(server)]
        used = {child: cpu.seconds(child) for child in forked}
        self.spent["line"] = used.pop(self._line.pid or 0)
        self.spent["readers"] = sum(used.values())
        await super().close_spider()


def full_line(archive: str, catalogue: str) -> dict[str, Any]:
    """Return the settings of the whole line with two workers; the default catalogue is in the archive's folder."""
    from crawler.config.load import load_config
    from crawler.settings import scrapy_settings
    from crawler.sites.folders import load

    given = {"archive": archive, "allow_private": True, "workers": 2} | ({"catalogue": catalogue} if catalogue else {})
    config = load_config(given, {}, Path.cwd())
    line = {"ITEM_PIPELINES": {MeasuredLine: 100}}
    return scrapy_settings(config, load()) | {"ROBOTSTXT_OBEY": False} | line


def indexed_rows(catalogue: str) -> dict[str, int]:
    """Return how many articles, articles with tokens and fingerprints a catalogue in SQLite has in its indexes."""
    tables = {"articles": "articles", "article_index": "article_index_docsize", "anchors": "anchors"}
    with closing(sqlite3.connect(catalogue)) as db:
        return {name: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for name, table in tables.items()}


def frontier(folder: str) -> dict[str, Any]:
    """Return the settings of a frontier in a new folder."""
    return {"FANGZHI_FRONTIER": f"{folder}/frontier.sqlite", "DOWNLOAD_SLOTS": {SITE: {"concurrency": CONCURRENCY}}}


def main(name: str, file: str, catalogue: str = "") -> None:
    """Crawl; print the number of pages, the seconds from opening the spider to stopping the engine, and CPU seconds.

    `cpu` is this process, `reactor` its first thread; `line` and `readers` are other processes.
    """
    from scrapy.settings import Settings

    from crawler.spiders.url import UrlSpider

    urls = Path(file).read_text("utf-8")
    common = {"CONCURRENT_REQUESTS": CONCURRENCY, "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY, "DOWNLOAD_DELAY": 0}
    quiet = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}
    settings, times = Settings(), {}
    with tempfile.TemporaryDirectory() as folder:
        if name in PAGE_MODES:
            collect_rarely()  # as the commands do
            settings.setmodule("crawler.settings")
            settings.update(full_line(f"{folder}/archive", catalogue))
        if name in LEFT_OUT:
            leave_out(LEFT_OUT[name][0])
        if name == "frontier":
            settings.update(frontier(folder))
        settings.update(common | quiet, priority="cmdline")
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(
            {"bare": Bare, "frontier": WithFrontier, "inline": Inline}.get(name, UrlSpider)
        )

        def spider_opened() -> None:
            times.update(start=time.perf_counter(), begun=time.process_time(), reactor=-time.thread_time())

        def engine_stopped() -> None:
            times.update(end=time.perf_counter(), done=time.process_time())
            times["reactor"] += time.thread_time()

        crawler.signals.connect(spider_opened, signals.spider_opened)
        crawler.signals.connect(engine_stopped, signals.engine_stopped)
        process.crawl(crawler, urls=urls, **({"page": PAGE_MODES[name]} if name in PAGE_MODES else {}))
        process.start()
        pages, responses = len(urls.split()), crawler.stats.get_value("response_received_count")
        assert responses >= pages if name == "whole" else responses == pages, f"{responses} responses"
        if name in LEFT_OUT and not catalogue:
            found = indexed_rows(f"{folder}/archive/catalogue.sqlite")
            assert {table for table, rows in found.items() if not rows} == {*LEFT_OUT[name]}
    times_spent = {"seconds": times["end"] - times["start"], "cpu": times["done"] - times["begun"]}
    print(json.dumps({"pages": pages} | times_spent | {"reactor": times["reactor"]} | MeasuredLine.spent))


if __name__ == "__main__":
    main(*sys.argv[1:])
