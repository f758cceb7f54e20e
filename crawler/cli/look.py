"""A Scrapy run that looks at pages and keeps nothing."""

from __future__ import annotations

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.cli.session import Session
from crawler.inspect import Fetcher
from crawler.inspect.fetch import InspectionTask
from crawler.settings import scrapy_settings
from crawler.sites.registry import Registry
from crawler.spiders.inspect import InspectSpider


def look(session: Session, registry: Registry, plan: InspectionTask, delay: float | None = None) -> None:
    """Carry a plan out to its end, with `delay` seconds between requests to hosts of no site; raises what it raised."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.update(scrapy_settings(session.config, registry), priority="cmdline")
    if delay is not None:
        settings.set("DOWNLOAD_DELAY", delay, priority="cmdline")
    errors: list[BaseException] = []

    async def guarded(look: Fetcher) -> None:
        try:
            await plan(look)
        except Exception as error:  # noqa: BLE001 - Scrapy would log it and go on
            errors.append(error)

    process = AsyncCrawlerProcess(settings)
    ended = process.crawl(process.create_crawler(InspectSpider), plan=guarded)
    process.start()
    for error in errors:
        raise error
    ended.result()
