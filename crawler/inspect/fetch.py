"""Pages that are looked at and not kept, and the list behind a page that only leads to one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from attrs import frozen

from crawler.families import Family, Listing, ListRequest
from crawler.sites.site import Site
from pipelines.model import Capture

MAX_STEPS = 4
"""Pages from a column to the first articles of its list: Epoint's column, its ids, its service; JPaaS's menus first."""


@frozen(kw_only=True)
class FetchedPage:
    """A page that answered: `url` ends in the form that was sent to it, if one was; `html` is empty if unreadable."""

    url: str
    html: str
    capture: Capture

    @property
    def ok(self) -> bool:
        """Tell whether the answer is a page."""
        return self.capture.status == 200 and bool(self.html)


@frozen
class Unanswered:
    """Why there is no page: a counter's name, and a sentence for people."""

    url: str
    why: str
    detail: str


class Fetcher(Protocol):
    """Fetches a page at the site's pace, if its robots.txt allows it."""

    def __call__(self, ask: ListRequest, referer: str = "", /) -> Awaitable[FetchedPage | Unanswered]:
        """Return the page, or why there is none."""

    def sitemap_urls(self, url: str, /) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of a URL's host names, once a page of it was asked for."""


InspectionTask = Callable[[Fetcher], Awaitable[None]]
"""What is to be looked at, in which order."""


async def fetch_listing(fetch: Fetcher, family: Family, page: FetchedPage, section: str = "") -> Listing:
    """Return the first articles of a list page's list, wherever that is: on the page, in a frame, behind an API.

    `section` is the list's address where its fragment names one of several lists.
    """
    fragment = section.partition("#")[2]
    shown = family.listing(page.html, f"{page.url}#{fragment}" if fragment else page.url)
    found, waiting = shown, _pages_behind(shown)
    for _ in range(MAX_STEPS):
        if not waiting or (found.articles and found is not shown):
            break
        answer = await fetch(waiting.pop(0), page.url)
        if isinstance(answer, FetchedPage) and answer.ok:
            found = family.listing(answer.html, answer.url)
            waiting[:0] = _pages_behind(found)
    return found if found.articles else shown


def _pages_behind(listing: Listing) -> list[ListRequest]:
    """Return where a page's list is that it does not show itself: what it shows may be the most read pieces only."""
    return [*listing.lists, *(() if listing.articles else listing.pages[:1])]


def own_article_urls(site: Site, listing: Listing) -> list[str]:
    """Return the articles of a listing that are on a site's hosts."""
    from crawler.sites.hosts import covers

    return [link.url for link in listing.articles if covers(site.hosts, link.url)]
