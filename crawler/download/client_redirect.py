"""Follows client-side redirects (meta refresh or script) within a site."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response

from crawler.download.capture import captures
from crawler.frontier.dupefilter import RegistrySpider
from pipelines.parse.decode import decode

MAX_CLIENT_REDIRECTS = 3
"""Maximum number of client-side redirects in a row: from an old URL to a new one, then to a paper's front page."""

BYTES_PER_CHARACTER = 4
"""Bytes of the longest character, in UTF-8 and in GB 18030."""

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
        from pipelines.parse.extract.client_redirects import (  # the first request of a crawl need not wait for it
            MAX_REDIRECT_CHARS,
            client_redirect,
            may_redirect,
        )

        max_bytes = BYTES_PER_CHARACTER * MAX_REDIRECT_CHARS
        if response.status != 200 or request.method != "GET" or len(response.body) > max_bytes:
            return None
        if not may_redirect(response.body):  # true of most articles: saves decoding them in the reactor's thread
            return None
        if not (made := captures(request)):
            return None
        html = decode(made[-1])
        target = client_redirect(html, request.url) if isinstance(html, str) else None
        before = request.meta.get("redirect_urls", ())
        return target if target and target not in before and self._same_site(target, request.url) else None

    def _same_site(self, target: str, url: str) -> bool:
        registry = cast("RegistrySpider", self.crawler.spider).registry
        site = registry.find(url)
        return site == registry.find(target) if site else urlsplit(target).hostname == urlsplit(url).hostname
