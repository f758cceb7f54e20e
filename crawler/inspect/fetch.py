"""Pages that are fetched without being archived, and the list of a page whose list is on another page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

from attrs import frozen

from crawler.families import Family, Listing, ListRequest
from crawler.sites.site import Site
from pipelines.errors import PageError
from pipelines.model import Capture

MAX_STEPS = 4
"""Maximum number of further pages from a column to the first articles of its list: Epoint has a script with ids and a
service, and JPaaS may have units with menus before the one with the list."""


@frozen(kw_only=True)
class FetchedPage:
    """A fetched page: `url` has the body of the POST request as its fragment; `html` is empty if it is unreadable."""

    url: str
    html: str
    capture: Capture

    @property
    def ok(self) -> bool:
        """Whether the status is 200 and the page is readable."""
        return self.capture.status == 200 and bool(self.html)


@frozen
class Unanswered:
    """A page that could not be fetched: `why` is the name of a counter, `detail` a sentence for the user."""

    url: str
    why: str
    detail: str


FailureReason = Literal["unreachable", "robots", "challenge", "http-error", "no-list"]
"""Why a site cannot be described: its home page does not answer, robots.txt forbids it, a challenge, an HTTP status; or
no page of it lists articles."""


class InspectionFailed(PageError):
    """A site cannot be described, for a reason that reports count."""

    def __init__(self, message: str, url: str, hint: str | None = None, *, reason: FailureReason) -> None:
        super().__init__(message, url, hint)
        self.reason = reason


class Fetcher(Protocol):
    """Fetches a page at the site's pace, if its robots.txt allows it."""

    def __call__(self, request: ListRequest, referer: str = "", /) -> Awaitable[FetchedPage | Unanswered]:
        """Return the page, or the reason why there is none."""

    def sitemap_urls(self, url: str, /) -> tuple[str, ...]:
        """Return the sitemaps in the robots.txt of a URL's host; empty before a page of the host was fetched."""


InspectionTask = Callable[[Fetcher], Awaitable[None]]
"""Fetches pages with the fetcher that it is given, in its own order."""


async def fetch_listing(fetch: Fetcher, family: Family, page: FetchedPage, section: str = "") -> Listing:
    """Return the listing of a page's list, which may be on the page, in a frame, or come from an API.

    `section` is the URL of the section, if its fragment selects one of several lists.
    """
    fragment = section.partition("#")[2]
    first = family.listing(page.html, f"{page.url}#{fragment}" if fragment else page.url)
    listing, waiting = first, _pages_behind(first)
    for _ in range(MAX_STEPS):
        if not waiting or (listing.articles and listing is not first):
            break
        answer = await fetch(waiting.pop(0), page.url)
        if isinstance(answer, FetchedPage) and answer.ok:
            listing = family.listing(answer.html, answer.url)
            waiting[:0] = _pages_behind(listing)
    return listing if listing.articles else first


def _pages_behind(listing: Listing) -> list[ListRequest]:
    """Return the pages that may have a page's list: its `lists`, even if it has articles, for these may be only the
    most-read ones; else its next page, if it has no articles.
    """
    return [*listing.lists, *(() if listing.articles else listing.pages[:1])]


def own_article_urls(site: Site, listing: Listing) -> list[str]:
    """Return the URLs of a listing's articles that are on a site's hosts."""
    from crawler.sites.hosts import covers

    return [link.url for link in listing.articles if covers(site.hosts, link.url)]
