"""Which page is handed out when: sites take turns, keep to their concurrency, and get no request while paused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.frontier import KnownPage, Page, scheduler
from crawler.frontier.scheduler import Scheduler
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.model import Entry, Requisite
from pipelines.times import CHINA


class ArticleSpider:
    """A spider that claims its sites and queues this many articles of each."""

    def __init__(self, sites: Iterable[str], pages: int, windows: tuple[str, ...]) -> None:
        made = (Site(slug=slug, name=slug, family="generic", hosts=(f"{slug}.cn",), windows=windows) for slug in sites)
        self.registry = Registry(sites={site.slug: site for site in made})
        self._pages = pages

    def begin(self, scheduler: Scheduler) -> None:
        for slug in self.registry.sites:
            assert scheduler.claim_site(slug, "")
            scheduler.enqueue(Page(url=f"http://{slug}.cn/{number}", site=slug) for number in range(self._pages))

    def request(self, known: KnownPage) -> Request:
        return Request(known.page.url)

    def files(self, page: Page, entry: Entry) -> Iterable[Page]:
        return ()

    def is_over_budget(self, page: Page) -> bool:
        return False

    def archived(self, page: Page, requisite: Requisite) -> None:
        pass


class Crawl:
    """A scheduler, and a downloader that holds its requests until a test removes them."""

    def __init__(
        self, path: Path, *sites: str, pages: int = 3, concurrency: int = 1, windows: tuple[str, ...] = ()
    ) -> None:
        slots = {slug: {"concurrency": concurrency} for slug in sites}
        crawler = get_crawler(settings_dict={"FANGZHI_FRONTIER": str(path), "DOWNLOAD_SLOTS": slots})
        self.active: set[Request] = set()
        crawler.engine = SimpleNamespace(downloader=SimpleNamespace(active=self.active))
        self.scheduler = Scheduler(crawler)
        self.scheduler.open(ArticleSpider(sites, pages, windows))

    def next(self) -> Request | None:
        if request := self.scheduler.next_request():
            self.active.add(request)
        return request


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Callable[..., Crawl]]:
    with ExitStack() as closing:

        def begin(*sites: str, **options: Any) -> Crawl:
            begun = Crawl(tmp_path / "frontier.sqlite", *sites, **options)
            closing.callback(begun.scheduler.close, "finished")
            return begun

        yield begin


def test_sites_take_turns_if_the_downloader_has_fewer_slots_than_sites(crawl: Callable[..., Crawl]) -> None:
    """The downloader has one slot here."""
    running, served = crawl("a", "b", "c", pages=2), []
    while request := running.next():
        served.append(request.url)
        running.active.clear()
    assert [url[7] for url in served] == list("abcabc")


def test_no_more_requests_are_handed_out_than_the_sites_concurrency(crawl: Callable[..., Crawl]) -> None:
    running = crawl("a", concurrency=2)
    assert [running.next() is not None for _ in range(3)] == [True, True, False]
    assert running.scheduler.has_pending_requests(), "it waits until a request has ended"
    running.active.pop()
    assert running.next()


def test_a_request_that_was_refused_by_a_middleware_frees_its_slot(crawl: Callable[..., Crawl]) -> None:
    running = crawl("a", pages=9)
    for _ in range(9):
        assert running.next()
        running.active.clear()  # as if a middleware refused it
    assert running.next() is None


def test_a_window_that_closes_ends_the_crawl_except_for_retries(
    crawl: Callable[..., Crawl], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [dt.datetime(2026, 3, 5, 5, 59, tzinfo=CHINA)]
    monkeypatch.setattr(scheduler, "_now", lambda: clock[0])
    running = crawl("a", windows=("22:00-06:00",))
    request = running.next()
    assert request
    running.active.clear()
    clock[0] += dt.timedelta(minutes=1)
    assert running.next() is None
    assert not running.scheduler.has_pending_requests()
    running.scheduler.enqueue_request(again := request.replace(dont_filter=True))
    assert running.next() is again


def test_a_retry_waits_while_its_site_is_paused_and_other_sites_continue(crawl: Callable[..., Crawl]) -> None:
    running = crawl("a", "b", pages=1)
    request = running.next()
    assert request
    running.active.clear()
    running.scheduler.pause("a", dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1), "busy")
    running.scheduler.enqueue_request(request.replace(dont_filter=True))
    other = running.next()
    assert other
    assert other.url.startswith("http://b.cn/")
    assert running.next() is None
    assert running.scheduler.has_pending_requests(), "the crawl waits for a pause of a minute"


def test_a_retry_is_handed_out_to_be_refused_if_its_site_is_suspended(crawl: Callable[..., Crawl]) -> None:
    """The refusal passes the captures of earlier redirects to the spider, so that they are archived."""
    running = crawl("a", pages=2)
    request = running.next()
    assert request
    running.active.clear()
    running.scheduler.pause("a", dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), "down")
    running.scheduler.enqueue_request(again := request.replace(dont_filter=True))
    assert running.scheduler.is_suspended("a")
    assert running.next() is again
    assert running.next() is None
    assert not running.scheduler.has_pending_requests()
