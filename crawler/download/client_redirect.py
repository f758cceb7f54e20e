"""Pages that send the browser on by meta refresh or script are followed within their site."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response

from crawler.download.capture import captures
from crawler.frontier.dupefilter import Knowing
from pipelines.parse.decode import decode

DEEPEST = 3
"""Pages in a row that send on: an old address, its new one, and the day's first page of a paper."""

BYTES_A_CHARACTER = 4
"""Bytes of the longest character, in UTF-8 and in GB 18030."""

FORWARDED = "forwarded"
"""In `request.meta`: how many pages sent on before; one with `DEEPEST` is not followed."""


class ClientRedirect(BaseRedirectMiddleware):
    """Takes a page that only sends on for a redirect; each is a capture of its own, and the guard sees each target."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request for the page that a page sends on to, or the response where it stays."""
        depth = request.meta.get(FORWARDED, 0)
        target = self._target(request, response) if depth < DEEPEST else None
        if target is None:
            return response
        further = self._redirect_request_using_get(request, response, target)
        further.meta[FORWARDED] = depth + 1
        return self._redirect(further, request, "forward")

    def _target(self, request: Request, response: Response) -> str | None:
        from pipelines.parse.extract.client_redirects import (  # the first request of a crawl need not wait for it
            MAX_REDIRECT_CHARS,
            client_redirect,
            may_redirect,
        )

        made, longest = captures(request), BYTES_A_CHARACTER * MAX_REDIRECT_CHARS
        if response.status != 200 or request.method != "GET" or len(response.body) > longest or not made:
            return None
        if not may_redirect(response.body):  # most articles: the reactor need not decode them
            return None
        html = decode(made[-1])
        target = client_redirect(html, request.url) if isinstance(html, str) else None
        before = request.meta.get("redirect_urls", ())
        return target if target and target not in before and self._same_site(target, request.url) else None

    def _same_site(self, target: str, url: str) -> bool:
        registry = cast("Knowing", self.crawler.spider).registry
        site = registry.find(url)
        return site == registry.find(target) if site else urlsplit(target).hostname == urlsplit(url).hostname
