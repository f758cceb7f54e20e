"""Each URL is requested once, also behind redirects; redirects that lead to a known URL are archived as well."""

from __future__ import annotations

from typing import Protocol, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.dupefilters import RFPDupeFilter
from scrapy.exceptions import IgnoreRequest

from crawler.sites.registry import Registry

TARGET_KNOWN = "target_seen"
"""Key in `request.meta`: the target of this redirect is queued or was requested before."""


def slot(registry: Registry, url: str) -> str:
    """Return the download slot of a URL, within which delays apply: its site's slug, else a slot of its host.

    The host's slot is another one than that of its robots.txt: the first page need not wait for a delay after it.
    """
    site = registry.find(url)
    return site.slug if site else f"pages of {urlsplit(url).netloc}"


class AlreadyRequested(IgnoreRequest):
    """A redirect leads to a URL that was requested before; the URL is not requested again."""


class OnceFilter(RFPDupeFilter):
    """Scrapy's duplicate filter for pages on demand; it lets known redirect targets pass, marked with `TARGET_KNOWN`.

    They must pass, because dropped requests trigger no callback or errback.

    A page whose redirects lead back to itself is requested again: it has set a cookie and expects it. The limit of
    redirects ends such loops.
    """

    def request_seen(self, request: Request) -> bool:
        """Tell whether to drop a request."""
        seen = super().request_seen(request)
        chain = request.meta.get("redirect_urls", ())
        if seen and chain and request.url not in chain:
            request.meta[TARGET_KNOWN] = True
        return seen and not chain


class RegistrySpider(Protocol):
    """A spider that has the registry of sites."""

    registry: Registry


class RedirectTargets:
    """Stops redirects to URLs that were requested before; gives other targets the slot and cookies of their own site.

    The errback of a stopped request gets an `AlreadyRequested` with the exchanges captured so far.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectTargets:
        """Make the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Check a request, before robots.txt is checked."""
        if request.meta.get(TARGET_KNOWN):
            raise AlreadyRequested(f"{request.url} was requested before")
        if "redirect_urls" in request.meta and "download_slot" in request.meta:
            own = slot(cast("RegistrySpider", self._crawler.spider).registry, request.url)
            request.meta.update(download_slot=own, cookiejar=own)
