"""What a killed crawl had in flight: acknowledged where it is in the catalogue, else left waiting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from attrs import evolve
from scrapy.settings.default_settings import RETRY_HTTP_CODES

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import Visit
from crawler.frontier.store import Frontier
from pipelines.model import Entry


def settle(
    frontier: Frontier,
    newest: Callable[[str], Entry | None],
    now: dt.datetime,
    files: Callable[[Page, Entry], Iterable[Page]],
) -> None:
    """Go through the pages that processes which are gone had been handed out, so that none is asked for twice.

    `newest` returns the newest entry of a URL, `files` those that it links and that are to be asked for. A list page is
    catalogued after its links began to wait. A page with a form is asked for again, because the catalogue does not tell
    forms apart. All of it is one transaction: another crawl that starts meanwhile must not settle what this one has
    settled and asks for again.
    """
    with frontier.together():
        for known, since in frontier.stale_leases():
            entry = newest(known.page.url) if known.page.form is None else None
            if entry and entry.fetched_at >= since and _is_final(entry, known.page.url):
                frontier.add(files(known.page, entry))
                history, due = Visit(known=known, entries=[entry]).settled(now)
                frontier.acknowledge(evolve(known, history=history), due, now)
            else:
                frontier.release_page(known.page)


def _is_final(entry: Entry, url: str) -> bool:
    """Tell an answer from a step on the way to one: a redirect, or a try that another one was to follow."""
    return entry.url == url and entry.reason != "redirect" and entry.status not in (None, *RETRY_HTTP_CODES)
