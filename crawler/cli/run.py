"""One Scrapy run: spider, line, report, and what ended it."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from attrs import frozen
from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED
from crawler.cli.session import Session
from crawler.config import Config
from crawler.frontier import Frontier, files_of
from crawler.frontier.availability import Opening
from crawler.frontier.recovery import settle_stale_leases
from crawler.frontier.scheduler import SITE_BUSY, SITE_WAITS
from crawler.monitoring import Stats
from crawler.replay.run import recover
from crawler.schedule.timetable import in_china, moment
from crawler.settings import scrapy_settings, warcinfo
from crawler.sites.registry import Registry
from crawler.spiders.base import PAGE_FAILED
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.item_pipeline import LINE_ERROR
from pipelines.line.stores import open_stores
from pipelines.model import Entry

logger = logging.getLogger(__name__)

EntryHook = Callable[[Entry], None]
FailureHook = Callable[[str, str, str], None]
"""Takes the URL, the counter's name and a sentence for people."""


@frozen(kw_only=True)
class Waiting:
    """How many pages of a site wait for a later crawl, and what they wait for."""

    site: str
    pages: int
    opening: Opening

    def line(self) -> str:
        """Return it as a line for people."""
        pages = "1 page waits" if self.pages == 1 else f"{self.pages} pages wait"
        return f"{self.site}: {pages} until {in_china(self.opening.at)}: {self.opening.why}."

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"site": self.site, "pages": self.pages, "until": moment(self.opening.at), "why": self.opening.why}


@frozen(kw_only=True)
class Ended:
    """How a run ended: whether a person interrupted it, which sites others crawl, and which ones' pages wait."""

    interrupted: bool
    busy: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()


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
) -> Ended:
    """Run a spider to its end, and return how it ended. Raises what stopped the line."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.update(scrapy_settings(session.config, registry), priority="cmdline")
    if session.config.archive:
        with (
            opened(session.config, registry) as (archive, catalogue),
            closing(Frontier(session.config.frontier)) as frontier,
        ):
            files = functools.partial(files_of, registry=registry)
            settle_stale_leases(frontier, catalogue.get, dt.datetime.now(dt.UTC), files)
        settings.set("FANGZHI_LEFT", archive.left)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    reasons: list[str] = []
    busy: list[str] = []
    waiting: list[Waiting] = []

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
        busy.append(site)
        session.say(f"{site} is left out: another crawl of it is running.")

    def site_waits(site: str, pages: int, opening: Opening) -> None:
        waiting.append(Waiting(site=site, pages=pages, opening=opening))

    for receiver, signal in (
        (site_busy, SITE_BUSY),
        (site_waits, SITE_WAITS),
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
    if not ended.done():  # Ctrl-C twice: Scrapy ends the reactor where it stands
        raise KeyboardInterrupt
    ended.result()
    return Ended(interrupted=reasons == ["shutdown"], busy=tuple(busy), waiting=tuple(waiting))


def exit_code(report: Stats, *, interrupted: bool = False, alarm: bool = False) -> int:
    """Return the contract's exit code for what a run did; `alarm` is whether a site yields nothing any more."""
    if interrupted:
        return INTERRUPTED
    if alarm:
        return SOME_FAILED
    if not report.failed and not report.rejected["parser-error"]:
        return DONE
    return FAILED if report.fetched == report.failed.total() else SOME_FAILED
