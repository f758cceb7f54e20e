"""An HTTP client that sends a request as it is given, and leaves the rest to Scrapy's middlewares."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

CONNECTION = ("Connection", "keep-alive")
"""The header that httpx2 adds to a request without it."""


class PlainClient(httpx2.AsyncClient):
    """A client without base URL, authentication, redirects and cookies.

    httpx2 looks for each of them in each request, parses the URL twice and logs each response.
    """

    @asynccontextmanager
    async def stream(self, method: str, url: httpx2.URL | str, **options: Any) -> AsyncIterator[httpx2.Response]:
        """Send a request and yield the response, whose body is still to be read; close it afterwards.

        The options `content`, `headers` (pairs) and `timeout` (seconds) are needed; there are no others.
        """
        headers = httpx2.Headers([CONNECTION])
        headers.update(options["headers"])
        request = httpx2.Request(
            method,
            url,
            content=options["content"],
            headers=headers,
            extensions={"timeout": httpx2.Timeout(options["timeout"]).as_dict()},
        )
        response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            yield response
        finally:
            await response.aclose()
