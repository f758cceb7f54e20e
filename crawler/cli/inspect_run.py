"""A Scrapy run that fetches pages for inspection and archives nothing."""

from __future__ import annotations

from scrapy.crawler import AsyncCrawlerProcess

from crawler.cli.session import Session
from crawler.inspect import Fetcher
from crawler.inspect.fetch import InspectionTask
from crawler.settings import run_settings
from crawler.sites.registry import Registry
from crawler.spiders.inspect import InspectSpider


def run_inspection(session: Session, registry: Registry, plan: InspectionTask, delay: float | None = None) -> None:
    """Run a plan to its end and raise what it raised.

    `delay` is the number of seconds between two requests to a host that belongs to no registered site.
    """
    settings = run_settings(session.config, registry)
    if delay is not None:
        settings.set("DOWNLOAD_DELAY", delay, priority="cmdline")
    errors: list[BaseException] = []

    async def guarded_plan(fetch: Fetcher) -> None:
        try:
            await plan(fetch)
        except Exception as error:  # noqa: BLE001 - Scrapy would log it and continue
            errors.append(error)

    process = AsyncCrawlerProcess(settings)
    crawl = process.crawl(process.create_crawler(InspectSpider), plan=guarded_plan)
    process.start()
    for error in errors:
        raise error
    crawl.result()
