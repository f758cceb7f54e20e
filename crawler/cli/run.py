"""One Scrapy run: spider, line, report, and what ended it."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast

from attrs import evolve, frozen
from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED
from crawler.cli.session import Session
from crawler.cli.waiting_pages import WaitingPages
from crawler.config.config import Config
from crawler.frontier import Frontier, files_of
from crawler.frontier.availability import Opening
from crawler.frontier.recovery import settle_stale_leases
from crawler.frontier.scheduler import SITE_BUSY, SITE_WAITS, Scheduler
from crawler.frontier.uploads import upload_recorder
from crawler.monitoring import Stats
from crawler.replay.run import recover
from crawler.settings import run_settings, warcinfo
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from crawler.spiders.base import PAGE_FAILED, REQUISITE_FAILED
from crawler.spiders.site import LIST_FALLBACK
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.item_pipeline import LINE_ERROR
from pipelines.line.patience import Patience
from pipelines.line.stores import open_stores
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.model import Entry, Requisite

if TYPE_CHECKING:
    from crawler.download.downloader import StoppableDownloader

logger = logging.getLogger(__name__)

EntryHook = Callable[[Entry], None]
FailureHook = Callable[[str, str, str], None]
"""Takes the URL, the name of the counter and a sentence for people."""


class RequisiteHook(Protocol):
    """Takes what became of the requisites of pages."""

    def requisite(self, requisite: Requisite, /) -> None:
        """Take one that is archived."""

    def requisite_failure(self, reason: str, /) -> None:
        """Take the name of the counter of one that could not be fetched."""


@frozen(kw_only=True)
class FallbackLists:
    """The list pages of a site on which its family found no article and the generic rules did; `url` is the first."""

    site: str
    family: str
    pages: int
    url: str

    def line(self) -> Message:
        """Return a line for people."""
        return ngettext(
            "{site}: {count} list page has no article by the rules of {family}; generic rules read it: {url}",
            "{site}: {count} list pages have no article by the rules of {family}; generic rules read them, first {url}",
            self.pages,
            site=self.site,
            family=self.family,
            url=self.url,
        )

    def document(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"site": self.site, "family": self.family, "pages": self.pages, "url": self.url}


@frozen(kw_only=True)
class Ended:
    """How a run ended: interrupted or not, which sites other processes crawl, and which sites have waiting pages.

    `fallbacks` are the sites with lists that the generic rules read, because the rules of the family found no article.
    """

    interrupted: bool
    busy: tuple[str, ...] = ()
    waiting: tuple[WaitingPages, ...] = ()
    fallbacks: tuple[FallbackLists, ...] = ()


@contextmanager
def opened(
    config: Config, registry: Registry, idle_until: dt.datetime | None = None
) -> Iterator[tuple[Archive, Catalogue]]:
    """Open the stores of a configuration; first catalogue what a killed run left in them, and publish idle files.

    Idle are the shared WARC files to which no crawl writes now. With `idle_until` only those are published that are due
    at this time.
    """
    info = warcinfo(config, registry)
    on_upload = upload_recorder(config.frontier)
    with open_stores(config.archive, config.catalogue, info, config.options, on_upload=on_upload) as (
        archive,
        catalogue,
    ):
        for _entry in recover(archive, catalogue, registry):
            pass
        archive.publish_idle(idle_until)
        yield archive, catalogue


def scrape(
    session: Session,
    registry: Registry,
    spider: type[Spider],
    arguments: dict[str, Any],
    on_entry: EntryHook,
    on_failure: FailureHook,
    on_requisite: RequisiteHook,
) -> Ended:
    """Run a spider to its end, and return how it ended. Raises what stopped the line."""
    settings = run_settings(session.config, registry)
    if session.config.archive:
        settings.set("FANGZHI_LEFT", recover_killed(session, registry))
    process = _Process(settings)
    crawler = process.create_crawler(spider)
    events = _RunEvents(session, on_entry, on_failure, on_requisite)
    events.connect(crawler)
    ended = process.crawl(crawler, **arguments)
    process.start()
    if error := crawler.stats.get_value(LINE_ERROR):
        raise error
    if not ended.done():  # Ctrl-C twice: Scrapy stops the reactor at once
        raise KeyboardInterrupt
    ended.result()
    return events.ended()


class _Process(AsyncCrawlerProcess):
    """Scrapy's process, which requests nothing more after the first signal; a second one ends it at once."""

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        """Stop waiting for the frontier, which would keep the reactor from hearing of the signal."""
        for crawler in self.crawlers:
            scheduler = getattr(crawler.engine, "scheduler", None)  # there is no engine yet while a crawl begins
            if type(scheduler) is Scheduler:
                scheduler.give_up()
        super()._signal_shutdown(signum, frame)

    def _graceful_stop_reactor(self) -> Deferred[Any]:
        for crawler in self.crawlers:
            cast("StoppableDownloader", crawler.engine.downloader).stop()
        return super()._graceful_stop_reactor()


def recover_killed(session: Session, registry: Registry) -> tuple[str, ...]:
    """Catalogue what a killed run left, settle its pages in the frontier, and return the files left in the spool."""
    with (
        opened(session.config, registry, dt.datetime.now(dt.UTC)) as (archive, catalogue),
        closing(Frontier(session.config.frontier, patience=Patience("frontier"))) as frontier,
    ):
        files = functools.partial(files_of, registry=registry)
        now, requisites = dt.datetime.now(dt.UTC), catalogue.requisites_of
        Patience().run(lambda: settle_stale_leases(frontier, catalogue.get, now, files, requisites))
    return tuple(archive.unsent)


class _RunEvents:
    """Receives Scrapy's signals of one run: passes entries and failures on, and collects how the run ended.

    Scrapy keeps weak references to receivers, so the object must live as long as the run.
    """

    def __init__(
        self, session: Session, on_entry: EntryHook, on_failure: FailureHook, on_requisite: RequisiteHook
    ) -> None:
        self._session, self._on_entry, self._on_failure = session, on_entry, on_failure
        self._on_requisite = on_requisite
        self._reasons: list[str] = []
        self._busy: list[str] = []
        self._waiting: list[WaitingPages] = []
        self._fallbacks: dict[str, FallbackLists] = {}

    def connect(self, crawler: Crawler) -> None:
        """Receive the signals of a crawler."""
        for receiver, signal in (
            (self._site_busy, SITE_BUSY),
            (self._site_waits, SITE_WAITS),
            (self._list_fallback, LIST_FALLBACK),
            (self._item_scraped, signals.item_scraped),
            (self._page_failed, PAGE_FAILED),
            (self._requisite_failed, REQUISITE_FAILED),
            (self._spider_error, signals.spider_error),
            (self._spider_closed, signals.spider_closed),
        ):
            crawler.signals.connect(receiver, signal)

    def ended(self) -> Ended:
        """Return how the run ended."""
        interrupted = self._reasons == ["shutdown"]
        return Ended(
            interrupted=interrupted,
            busy=tuple(self._busy),
            waiting=tuple(self._waiting),
            fallbacks=tuple(self._fallbacks.values()),
        )

    def _item_scraped(self, item: Entry | Requisite) -> None:
        if isinstance(item, Requisite):
            self._on_requisite.requisite(item)
        else:
            self._on_entry(item)

    def _page_failed(self, url: str, why: str, detail: str) -> None:
        self._on_failure(url, why, detail)

    def _requisite_failed(self, url: str, why: str) -> None:
        logger.info("%s, a requisite of a page, was not fetched: %s", url, why)
        self._on_requisite.requisite_failure(why)

    def _spider_error(self, failure: Failure, response: Response) -> None:
        logger.error("%s: its links cannot be followed: %s", response.url, failure.getTraceback())
        self._on_failure(response.url, "spider-error", _("its links cannot be followed"))

    def _spider_closed(self, reason: str) -> None:
        self._reasons.append(reason)

    def _site_busy(self, site: str) -> None:
        self._busy.append(site)
        self._session.say(_("{site} is skipped: another crawl of it is running.", site=site))

    def _site_waits(self, site: str, pages: int, opening: Opening) -> None:
        self._waiting.append(WaitingPages(site=site, pages=pages, opening=opening))

    def _list_fallback(self, site: Site, url: str) -> None:
        known = self._fallbacks.get(site.slug, FallbackLists(site=site.slug, family=site.family, pages=0, url=url))
        self._fallbacks[site.slug] = evolve(known, pages=known.pages + 1)


def exit_code(report: Stats, *, interrupted: bool = False, alarm: bool = False) -> int:
    """Return the exit code of a run; `alarm` is whether a site that had articles has none any more."""
    if interrupted:
        return INTERRUPTED
    if alarm:
        return SOME_FAILED
    if not report.failed and not report.rejected["parser-error"]:
        return DONE
    return FAILED if report.fetched == report.failed.total() else SOME_FAILED
