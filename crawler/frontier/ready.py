"""The pages that are leased and ready to be requested: pages of the sites, and requisites of captured pages."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict, deque
from collections.abc import Callable

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import KnownPage
from crawler.frontier.store import Frontier

BATCH_PAGES = 32
"""Pages read from the frontier at a time: enough that reads are rare, few enough that new first pages come soon."""

REFILL_S = 5
"""Seconds between two reads of a site without queued pages: some may have become due."""

ARTICLE_PRIORITY = 2
"""Priority from which on pages come before requisites: first pages of sections, and articles.

Files and older list pages come after requisites: then a crawl of a whole site goes on to the next list page only when
the articles of the last one are complete, and their layout is that of the same day."""


class ReadyPages:
    """Leases pages of the claimed sites in batches, and hands them out."""

    def __init__(self, frontier: Frontier, in_flight: Callable[[], frozenset[str]]) -> None:
        """`in_flight` returns the keys of the pages that must not be handed out again."""
        self._frontier, self._in_flight = frontier, in_flight
        self._pages: dict[str, deque[KnownPage]] = defaultdict(deque)
        self._requisites: dict[str, deque[KnownPage]] = defaultdict(deque)
        self._emptied_at: dict[tuple[str, bool], float] = {}

    def refresh(self) -> None:
        """Read the frontier at the next call, because pages were queued."""
        self._emptied_at.clear()

    def has_pages(self, site: str, now: dt.datetime, *, requisites: bool) -> bool:
        """Lease a site's next pages if none is ready, and tell whether one is; with `requisites`, also these count."""
        kinds = (False, True) if requisites else (False,)
        found = [self._refill(site, now, requisites=kind) for kind in kinds]  # both, also if the first has pages
        return any(found)

    def take(self, site: str, is_free: Callable[[Page], bool], *, requisites: bool) -> KnownPage | None:
        """Return the next page of a site for which a request may be sent now, None if there is none.

        With `requisites`, it can be one of these.
        """
        pages = self._pages[site]
        page = pages[0] if pages and is_free(pages[0].page) else None
        if page and page.page.priority >= ARTICLE_PRIORITY:
            return pages.popleft()
        waiting = self._requisites[site] if requisites else ()
        requisite = next((known for known in waiting if is_free(known.page)), None)
        if requisite:
            self._requisites[site].remove(requisite)
            return requisite
        return pages.popleft() if page else None

    def _refill(self, site: str, now: dt.datetime, *, requisites: bool) -> bool:
        ready, kind = (self._requisites if requisites else self._pages)[site], (site, requisites)
        if not ready and (kind not in self._emptied_at or time.monotonic() - self._emptied_at[kind] > REFILL_S):
            keys = self._in_flight()
            ready.extend(self._frontier.lease_pages(site, now, BATCH_PAGES, keys, requisites=requisites))
            if not ready:
                self._emptied_at[kind] = time.monotonic()
        return bool(ready)
