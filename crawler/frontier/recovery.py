"""Pages that a killed or failed crawl had in flight: acknowledged if they are catalogued, else left in the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from attrs import evolve
from scrapy.settings.default_settings import RETRY_HTTP_CODES

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import KnownPage, Visit
from crawler.frontier.store import Frontier
from pipelines.model import Entry, Requisite


def settle_stale_leases(
    frontier: Frontier,
    newest: Callable[[str], Entry | None],
    now: dt.datetime,
    files: Callable[[Page, Entry], Iterable[Page]],
    requisites: Callable[[Collection[str]], Mapping[str, Sequence[Requisite]]],
) -> None:
    """Settle the pages that ended crawlers had in flight, so that no page is fetched twice.

    `newest` returns the newest entry of a URL, `files` the linked files of a page to fetch, `requisites` the captures
    of some URLs of requisites by URL, the oldest first. A catalogued list page needs no other work, because its links
    were queued before. A page with a request body is fetched again, because the
    catalogue does not tell bodies apart. All is one transaction: another crawl that starts meanwhile must not settle a
    page that this one has settled and leased again.
    """
    with frontier.transaction():
        for known, since in frontier.stale_leases():
            if known.page.is_requisite:
                _settle_requisite(frontier, known, since, requisites([known.page.url]).get(known.page.url, ()), now)
                continue
            entry = newest(known.page.url) if known.page.body is None else None
            if entry and entry.fetched_at >= since and _is_final(entry, known.page.url):
                frontier.enqueue(files(known.page, entry))
                history, due = Visit(known=known, entries=[entry]).conclude(now)
                targets = {entry.final_url} - {known.page.url}
                frontier.acknowledge(evolve(known, history=history), due, now, targets)
            else:
                frontier.release_page(known.page)
        frontier.forget_ended()


def _settle_requisite(
    frontier: Frontier, known: KnownPage, since: dt.datetime, captures: Sequence[Requisite], now: dt.datetime
) -> None:
    """Settle a requisite by its last capture; those that it refers to itself were queued before it was archived."""
    last = next(reversed(captures), None)
    if last and last.fetched_at >= since and (last.is_archived or last.status in (404, 410)):
        history, due = Visit(known=known, requisites=[last]).conclude(now)
        frontier.acknowledge(evolve(known, history=history), due, now)
    else:
        frontier.release_page(known.page)


def _is_final(entry: Entry, url: str) -> bool:
    """Tell whether an entry is a final answer: not a redirect, and not an answer after which Scrapy would retry."""
    return entry.url == url and entry.reason != "redirect" and entry.status not in (None, *RETRY_HTTP_CODES)
