"""Follows client-side redirects (meta refresh or script) within a site."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response

from crawler.download.capture import captures
from crawler.frontier.dupefilter import Knowing
from pipelines.parse.decode import decode
from pipelines.parse.extract.forwards import LARGEST, forward, may_forward

MAX_CLIENT_REDIRECTS = 3
"""Maximum number of client-side redirects in a row: from an old URL to a new one, then to a paper's front page."""

MAX_PAGE_BYTES = 4 * LARGEST
"""Maximum size of a page that is decoded: UTF-8 has up to four bytes per character."""

REDIRECT_COUNT_KEY = "forwarded"
"""Key in `request.meta`: client-side redirects so far; with `MAX_CLIENT_REDIRECTS` no further one is followed."""


class ClientRedirect(BaseRedirectMiddleware):
    """Treats a page that only redirects the browser as a redirect.

    Each page becomes a capture, and each target is checked for private addresses.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request for the target of a client-side redirect, or the response if there is none."""
        depth = request.meta.get(REDIRECT_COUNT_KEY, 0)
        target = self._target(request, response) if depth < MAX_CLIENT_REDIRECTS else None
        if target is None:
            return response
        further = self._redirect_request_using_get(request, response, target)
        further.meta[REDIRECT_COUNT_KEY] = depth + 1
        return self._redirect(further, request, "forward")

    def _target(self, request: Request, response: Response) -> str | None:
        made = captures(request)
        if response.status != 200 or request.method != "GET" or len(response.body) > MAX_PAGE_BYTES or not made:
            return None
        if not may_forward(response.body):  # true of most articles: saves decoding them in the reactor's thread
            return None
        html = decode(made[-1])
        target = forward(html, request.url) if isinstance(html, str) else None
        before = request.meta.get("redirect_urls", ())
        return target if target and target not in before and self._same_site(target, request.url) else None

    def _same_site(self, target: str, url: str) -> bool:
        registry = cast("Knowing", self.crawler.spider).registry
        site = registry.find(url)
        return site == registry.find(target) if site else urlsplit(target).hostname == urlsplit(url).hostname
