"""Shell. Scrapy's download handler, made to keep each exchange as it went over the wire and to call no private host.

It subclasses Scrapy's httpx handler, which is the one that gives reason phrase, order and case of the headers, and the
request as it was sent; the handler is private, so the versions are pinned and the tests hold what is relied on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar

import httpcore2
import httpx2
from httpcore2._backends.auto import AutoBackend
from scrapy import Request
from scrapy.core.downloader.handlers._httpx import HttpxDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings
from scrapy.utils.ssl import _make_ssl_context

from crawler.capture import MAX_BODY, Cut, exchange, remember
from crawler.guard import refusal
from crawler.handshake import Connection
from pipelines.errors import PageError


class ExchangeHandler(HttpxDownloadHandler):
    """Downloads over HTTP and HTTPS; every answer becomes a `Capture` that travels with its request."""

    experimental: ClassVar[bool] = False

    def __init__(self, crawler: Crawler) -> None:
        self._allow_private = crawler.settings.getbool("FANGZHI_ALLOW_PRIVATE")
        self._max_body = crawler.settings.getint("FANGZHI_MAX_BODY")
        self._max_seconds = crawler.settings.getfloat("FANGZHI_MAX_SECONDS")
        self._last = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._strict = _strict_context(crawler.settings)
        super().__init__(crawler)
        # The limits below keep what came until then; Scrapy's own would throw it away.
        self._default_maxsize = 0
        self._fail_on_dataloss = False

    def _make_client(self, proxy_url: str | None = None) -> httpx2.AsyncClient:
        client = super()._make_client(proxy_url)
        backend = GuardedBackend(allow_private=self._allow_private, strict=self._strict)
        client._transport._pool._network_backend = backend  # type: ignore[attr-defined]
        return client

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[httpx2.Response]:
        """Send a request and wait for the head of its answer, no longer than a whole exchange may take.

        `timeout` is for each single step, which a head that drips in never exceeds.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._max_seconds):
                    response = await stack.enter_async_context(super()._make_request(request, timeout))
                response.extensions[MAX_BODY] = request.meta.get(MAX_BODY)
            except TimeoutError as error:
                raise DownloadTimeoutError(f"no whole head came in {self._max_seconds:g} s") from error
            yield response

    async def _read_response(self, response: httpx2.Response, request: Request) -> Response:
        answer = await super()._read_response(response, request)
        cut: Cut | None = "disconnect" if "dataloss" in answer.flags else response.extensions.get("fangzhi_cut")
        remember(request, exchange(request, response, answer, self._now(), cut))
        return answer

    @staticmethod
    def _extract_headers(response: httpx2.Response) -> Headers:
        """Return the headers with their bytes untouched: Scrapy's own would make UTF-8 of a Location in GBK."""
        return Headers(response.headers.raw)

    async def _iter_body_chunks(self, response: httpx2.Response) -> AsyncIterator[bytes]:  # type: ignore[override]
        """Yield the body as it comes, up to the limits of size and time; nothing of a file that says it is larger."""
        until, size, most = time.monotonic() + self._max_seconds, 0, response.extensions[MAX_BODY] or self._max_body
        if response.extensions[MAX_BODY] and int(response.headers.get("Content-Length", 0)) > most:
            response.extensions["fangzhi_cut"] = "length"
            return
        async for chunk in response.aiter_raw():
            yield chunk[: most - size]
            size += len(chunk)
            if size > most or time.monotonic() > until:
                response.extensions["fangzhi_cut"] = "length" if size > most else "time"
                return

    def _now(self) -> dt.datetime:
        """The time, later than any before it: the order of captures is the order in which they came."""
        self._last = max(dt.datetime.now(dt.UTC), self._last + dt.timedelta(microseconds=1))
        return self._last


class GuardedBackend(AutoBackend):
    """Opens connections to public addresses only.

    The name is resolved here and the connection made to the address that was looked at, so neither redirects nor a
    name that changes its address between look and call get past it.
    """

    def __init__(self, *, allow_private: bool, strict: ssl.SSLContext) -> None:
        self._allow_private = allow_private
        self._strict = strict

    async def connect_tcp(self, host: str, port: int, **options: Any) -> httpcore2.AsyncNetworkStream:  # type: ignore[override]
        """Connect to the first address of a host that answers; raises PageError if one of them is not public."""
        again = functools.partial(self._connect, host, port, **options)
        return Connection(await again(), self._strict, again)

    async def _connect(self, host: str, port: int, **options: Any) -> httpcore2.AsyncNetworkStream:
        addresses = await _resolve(host, port)
        for address in addresses:
            if why := refusal(address, allow_private=self._allow_private):
                raise PageError(f"{host} is {address}, {why}", host, "only public addresses are fetched")
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await super().connect_tcp(address, port, **options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


def _strict_context(settings: BaseSettings) -> ssl.SSLContext:
    """The context that Scrapy would use if it were told to refuse what nobody vouches for."""
    context = _make_ssl_context(BaseSettings({**settings, "DOWNLOAD_VERIFY_CERTIFICATES": True}))
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
