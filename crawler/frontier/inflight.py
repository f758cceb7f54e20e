"""The pages that a crawl was handed out: each is acknowledged once all that came of it is kept."""

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
from crawler.frontier.revisit_policy import Known, Visit
from crawler.frontier.run_policy import Ending
from crawler.frontier.store import Frontier
from pipelines.errors import StoreError
from pipelines.line.item_pipeline import LINE_ERROR
from pipelines.model import Entry, Job

VISIT = "visit"
"""In `request.meta`, which Scrapy hands on to the requests that a redirect or a retry makes of this one."""

Files = Callable[[Page, Entry], Iterable[Page]]
"""Returns the files that are to be asked for, of those that a page's articles link."""


class Stop:
    """Ends a crawl at the first failure; the command that began it finds the error among its stats."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """Tell whether the crawl is ending for this reason: nothing is acknowledged any more."""
        return self._task is not None

    @contextmanager
    def on_failure(self) -> Iterator[None]:
        """End the crawl where the block fails; the block is left, and what follows it goes on."""
        try:
            yield
        except StoreError as error:
            if self._task is None:
                self._crawler.stats.set_value(LINE_ERROR, error)
                self._task = asyncio.get_running_loop().create_task(self._end())

    async def _end(self) -> None:
        await self._crawler.engine.close_spider_async(reason="frontier-failed")


class InFlight:
    """Follows pages from the moment they are handed out; hears from Scrapy what became of what they gave."""

    def __init__(self, crawler: Crawler, frontier: Frontier, stop: Stop, add: Callable[..., object]) -> None:
        """`add` lets further pages wait, those that it was told of before too with `again`."""
        self._frontier, self._stop, self._add = frontier, stop, add
        self._visits: dict[str, Visit] = {}
        self._settled: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._lost, signals.item_dropped)
        crawler.signals.connect(self._lost, signals.item_error)

    def open(self, files: Files) -> None:
        """Begin a crawl."""
        self._files = files

    def begin(self, known: Known) -> Visit:
        """Return the visit of a page that is handed out."""
        self._visits[known.page.key] = visit = Visit(known=known)
        return visit

    @property
    def keys(self) -> frozenset[str]:
        """Return which pages are not to be handed out again."""
        return frozenset(self._visits)

    @property
    def targets(self) -> set[str]:
        """Return where redirects lead that are on their way."""
        return {url for visit in self._visits.values() for url in visit.targets}

    def watch(self, request: Request, outputs: Iterable[Job], why: str | None = None) -> Iterator[Job]:
        """Yield what came of a request; once all of it is kept, its page is acknowledged.

        `why` names the failure of a request without an answer. A page whose links could not be followed goes on
        waiting for the next crawl.
        """
        visit: Visit = request.meta[VISIT]
        visit.why = why
        try:
            for output in outputs:
                if self._stop.under_way:  # its links may not be waiting: what is catalogued counts as followed
                    visit.lost = True
                    return
                visit.open += 1
                yield output
        except BaseException:
            visit.lost = True
            raise
        finally:
            visit.exhausted = True
            self._settle(visit)

    def ending(self, site: str, reason: str) -> Ending:
        """Return how the crawl of a site ended, by Scrapy's word for it."""
        if reason == "shutdown":  # a signal
            return "interrupted"
        answered = not self._settled[site] or self._settled[site] > self._unanswered[site]
        return "done" if reason == "finished" and answered else "failed"

    def _scraped(self, item: Entry, response: Response | Failure) -> None:
        visit = _visit(response)
        visit.open -= 1
        visit.entries.append(item)
        if isinstance(response, Response) and response.url == visit.known.page.url:  # not a redirect's target
            visit.etag, visit.last_modified = _header(response, "ETag"), _header(response, "Last-Modified")
        if files := list(self._files(visit.known.page, item)):
            self._add(files, again=item.verdict.kind == "new-version")
        self._settle(visit)

    def _lost(self, response: Response | Failure) -> None:
        visit = _visit(response)
        visit.open -= 1
        visit.lost = True
        self._settle(visit)

    def _settle(self, visit: Visit) -> None:
        if not visit.done or visit.lost or self._stop.under_way:
            return  # one that could not be kept stays among the visits, so that this crawl does not ask for it again
        now, page = dt.datetime.now(dt.UTC), visit.known.page
        history, due = visit.settled(now)
        self._settled[page.site] += 1
        self._unanswered[page.site] += bool(history.failed)
        known = evolve(visit.known, history=history)
        with self._stop.on_failure():
            self._frontier.acknowledge(known, due, now, visit.targets, visit.shown(now))
        del self._visits[page.key]


def _visit(response: Response | Failure) -> Visit:
    visit: Visit = response.request.meta[VISIT]  # type: ignore[union-attr]
    return visit


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
