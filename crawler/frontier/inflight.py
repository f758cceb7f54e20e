"""The pages that a crawl has handed out: each is acknowledged once all that came of it is archived and catalogued."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from attrs import evolve
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import KnownPage, Visit
from crawler.frontier.run_policy import Ending
from crawler.frontier.store import Frontier
from pipelines.errors import StoreError
from pipelines.line.item_pipeline import LINE_ERROR
from pipelines.model import Entry, Job, Requisite

VISIT = "visit"
"""Key of the page's visit in `request.meta`; Scrapy copies it to redirects and retries of the request."""

Files = Callable[[Page, Entry], Iterable[Page]]
"""Returns the files to fetch, of those that a page's articles link."""

Archived = Callable[[Page, Requisite], object]
"""Is called with each requisite that is archived and catalogued."""


class Shutdown:
    """Ends a crawl at the first failure of its frontier: what the frontier misses would be lost or fetched twice.

    The command that began the crawl finds the error in the crawler's stats, under `LINE_ERROR`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None

    @property
    def is_active(self) -> bool:
        """Tell whether the crawl is ending because of a failure; then nothing is acknowledged any more."""
        return self._task is not None

    @contextmanager
    def on_failure(self) -> Iterator[None]:
        """Leave the block at a StoreError and end the crawl; the code after the block runs."""
        try:
            yield
        except StoreError as error:
            if self._task is None:
                self._crawler.stats.set_value(LINE_ERROR, error)
                self._task = asyncio.get_running_loop().create_task(self._end())

    async def _end(self) -> None:
        await self._crawler.engine.close_spider_async(reason="frontier-failed")


class InFlight:
    """Follows pages from the moment they are handed out; Scrapy's signals report what became of their jobs."""

    def __init__(
        self, crawler: Crawler, frontier: Frontier, shutdown: Shutdown, enqueue: Callable[..., object]
    ) -> None:
        """`enqueue` queues further pages; with `force`, also those that are known."""
        self._frontier, self._shutdown, self._enqueue = frontier, shutdown, enqueue
        self._visits: dict[str, Visit] = {}
        self._settled: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._lost, signals.item_dropped)
        crawler.signals.connect(self._lost, signals.item_error)

    def open(self, files: Files, archived: Archived) -> None:
        """Begin a crawl."""
        self._files, self._archived = files, archived

    def begin(self, known: KnownPage) -> Visit:
        """Begin the visit of a page that is handed out, and return it."""
        self._visits[known.page.key] = visit = Visit(known=known)
        return visit

    def refuse(self, known: KnownPage, why: str) -> None:
        """Take a requisite from the queue without a request, and store why."""
        with self._shutdown.on_failure():
            self._frontier.acknowledge(known, None, dt.datetime.now(dt.UTC), refused=why)

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of the pages that must not be handed out again."""
        return frozenset(self._visits)

    def requisites(self, site: str) -> int:
        """Return how many requisites of a site are being fetched, and are not archived yet."""
        pages = (visit.known.page for visit in self._visits.values() if not visit.requisites)
        return sum(page.is_requisite and page.site == site for page in pages)

    @property
    def redirect_targets(self) -> set[str]:
        """Return the URLs that redirects in flight lead to."""
        return {url for visit in self._visits.values() for url in visit.redirect_targets}

    def watch(
        self, request: Request, outputs: Iterable[Job], why: str | None = None, *, complete: bool = True
    ) -> Iterator[Job]:
        """Yield the jobs of a request; once all of them are catalogued, the request's page is acknowledged.

        `why` names the failure if there was no answer. A page that was not really requested (not `complete`), or whose
        links could not be followed, stays queued for the next crawl.
        """
        visit: Visit = request.meta[VISIT]
        visit.failure = why
        visit.is_incomplete = not complete
        try:
            for output in outputs:
                # the links may not be queued: do not catalogue the page, because catalogued pages count as followed
                if self._shutdown.is_active:
                    visit.is_incomplete = True
                    return
                visit.pending += 1
                yield output
        except BaseException:
            visit.is_incomplete = True
            with self._shutdown.on_failure():  # else the next start would take it for a page whose links were followed
                self._frontier.release_page(visit.known.page)
            raise
        finally:
            visit.outputs_done = True
            self._settle(visit)

    def ending(self, site: str, reason: str) -> Ending:
        """Return how the crawl of a site ended, from Scrapy's reason for closing the spider."""
        if reason == "shutdown":  # a signal
            return "interrupted"
        answered = not self._settled[site] or self._settled[site] > self._unanswered[site]
        return "done" if reason == "finished" and answered else "failed"

    def _scraped(self, item: Entry | Requisite, response: Response | Failure) -> None:
        visit = _visit(response)
        visit.pending -= 1
        if isinstance(item, Requisite):
            visit.requisites.append(item)
            self._archived(visit.known.page, item)
        else:
            visit.entries.append(item)
        if isinstance(response, Response) and response.url == visit.known.page.url:  # not a redirect's target
            visit.etag, visit.last_modified = _header(response, "ETag"), _header(response, "Last-Modified")
        if isinstance(item, Entry) and (files := list(self._files(visit.known.page, item))):
            self._enqueue(files, force=item.verdict.kind == "new-version")
        self._settle(visit)

    def _lost(self, response: Response | Failure) -> None:
        visit = _visit(response)
        visit.pending -= 1
        visit.is_incomplete = True
        self._settle(visit)

    def _settle(self, visit: Visit) -> None:
        if not visit.done or visit.is_incomplete or self._shutdown.is_active:
            return  # an incomplete visit stays in `_visits`, so that this crawl does not fetch its page again
        now, page = dt.datetime.now(dt.UTC), visit.known.page
        history, due = visit.conclude(now)
        self._settled[page.site] += 1
        self._unanswered[page.site] += bool(history.failures)
        known = evolve(visit.known, history=history)
        with self._shutdown.on_failure():
            targets, result = visit.redirect_targets, visit.list_result(now)
            self._frontier.acknowledge(known, due, now, targets, result, refused=visit.failure)
        del self._visits[page.key]


def _visit(response: Response | Failure) -> Visit:
    visit: Visit = response.request.meta[VISIT]  # type: ignore[union-attr]
    return visit


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
