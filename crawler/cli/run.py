"""Shell. One Scrapy run: spider, line, report, and what ended it."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED
from crawler.cli.session import Session
from crawler.config import Config
from crawler.frontier import Frontier, files_of
from crawler.frontier.recovery import settle
from crawler.frontier.scheduler import SITE_BUSY
from crawler.replay import recover
from crawler.report import Report
from crawler.settings import knobs, warcinfo
from crawler.sites import Registry
from crawler.spiders.door import PAGE_FAILED
from pipelines.archive import Archive
from pipelines.catalogue import Catalogue
from pipelines.item_pipeline import LINE_ERROR
from pipelines.model import Entry
from pipelines.stores import open_stores

logger = logging.getLogger(__name__)

EntryHook = Callable[[Entry], None]
FailureHook = Callable[[str, str, str], None]
"""Takes the URL, the counter's name and a sentence for people."""


@contextmanager
def opened(config: Config, registry: Registry) -> Iterator[tuple[Archive, Catalogue]]:
    """Open the stores of a configuration, and catalogue first what a killed run left in them."""
    info = warcinfo(config, registry)
    with open_stores(config.archive, config.catalogue, info, config.options) as (archive, catalogue):
        for _ in recover(archive, catalogue, registry):
            pass
        yield archive, catalogue


def scrape(
    session: Session,
    registry: Registry,
    spider: type[Spider],
    arguments: dict[str, Any],
    on_entry: EntryHook,
    on_failure: FailureHook,
) -> bool:
    """Run a spider to its end; return whether a person interrupted it. Raises what stopped the line."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.update(knobs(session.config, registry), priority="cmdline")
    if session.config.archive:
        with (
            opened(session.config, registry) as (archive, catalogue),
            closing(Frontier(session.config.frontier)) as frontier,
        ):
            files = functools.partial(files_of, registry=registry)
            settle(frontier, catalogue.get, dt.datetime.now(dt.UTC), files)
        settings.set("FANGZHI_LEFT", archive.left)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    reasons: list[str] = []

    def item_scraped(item: Entry) -> None:
        on_entry(item)

    def page_failed(url: str, why: str, detail: str) -> None:
        on_failure(url, why, detail)

    def spider_error(failure: Failure, response: Response) -> None:
        logger.error("%s: its links cannot be followed: %s", response.url, failure.getTraceback())
        on_failure(response.url, "spider-error", "its links cannot be followed")

    def spider_closed(reason: str) -> None:
        reasons.append(reason)

    def site_busy(site: str) -> None:
        session.say(f"{site} is left out: another crawl of it is running.")

    for receiver, signal in (
        (site_busy, SITE_BUSY),
        (item_scraped, signals.item_scraped),
        (page_failed, PAGE_FAILED),
        (spider_error, signals.spider_error),
        (spider_closed, signals.spider_closed),
    ):
        crawler.signals.connect(receiver, signal)
    ended = process.crawl(crawler, **arguments)
    process.start()
    if error := crawler.stats.get_value(LINE_ERROR):
        raise error
    ended.result()
    return reasons == ["shutdown"]


def exit_code(report: Report, *, interrupted: bool = False, alarm: bool = False) -> int:
    """Return the contract's exit code for what a run did; `alarm` is whether a site yields nothing any more."""
    if interrupted:
        return INTERRUPTED
    if alarm:
        return SOME_FAILED
    if not report.failed and not report.rejected["parser-error"]:
        return DONE
    return FAILED if report.fetched == report.failed.total() else SOME_FAILED
