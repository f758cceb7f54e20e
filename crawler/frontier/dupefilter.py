"""Each address is asked for once, also behind redirects, and what led to it is kept all the same."""

from __future__ import annotations

from typing import Protocol, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.dupefilters import RFPDupeFilter
from scrapy.exceptions import IgnoreRequest

from crawler.sites.registry import Registry

TARGET_SEEN = "target_seen"
"""In `request.meta`: the target of this redirect waits, or was asked for before."""


def slot(registry: Registry, url: str) -> str:
    """Return the download slot of a URL, within which requests wait for each other: its site's, else its host's.

    The host's is apart from the one in which robots.txt is asked for: the first page need not wait after it.
    """
    site = registry.find(url)
    return site.slug if site else f"pages of {urlsplit(url).netloc}"


class AlreadyAsked(IgnoreRequest):
    """A redirect leads to what was asked for before: its target is not asked again."""


class OnceFilter(RFPDupeFilter):
    """Scrapy's filter for pages on demand, which lets the target of a redirect through, marked.

    What it drops is never heard of.

    A page that leads back to one on its own way is asked again: it has set a cookie and wants to see it. The limit of
    redirects ends the loops.
    """

    def request_seen(self, request: Request) -> bool:
        """Tell whether a request is to be dropped."""
        seen = super().request_seen(request)
        way = request.meta.get("redirect_urls", ())
        if seen and way and request.url not in way:
            request.meta[TARGET_SEEN] = True
        return seen and not way


class Knowing(Protocol):
    """A spider that knows the sites."""

    registry: Registry


class RedirectTargets:
    """Ends the way of a redirect at a page that was asked for before; gives others their site's slot and cookies.

    The errback of the request gets an `AlreadyAsked`, and with it what was captured on the way.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectTargets:
        """Make the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Look at a request before robots.txt is."""
        if request.meta.get(TARGET_SEEN):
            raise AlreadyAsked(f"{request.url} was asked for before")
        if "redirect_urls" in request.meta and "download_slot" in request.meta:
            own = slot(cast("Knowing", self._crawler.spider).registry, request.url)
            request.meta.update(download_slot=own, cookiejar=own)
