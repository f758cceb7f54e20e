"""Scrapy's download handler, made to keep each exchange as it went over the wire and to call no private host.

It subclasses Scrapy's httpx handler, which is the one that gives reason phrase, order and case of the headers, and the
request as it was sent; the handler is private, so the versions are pinned and the tests hold what is relied on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import logging
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import httpx2
from scrapy import Request
from scrapy.core.downloader.handlers._httpx import HttpxDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings
from scrapy.utils.ssl import _make_ssl_context

from crawler.download.capture import MAX_BODY, Cut, exchange, remember
from crawler.download.connect import GuardedBackend
from crawler.download.tls import TRUSTED
from crawler.frontier.host_quirks import HostQuirks
from crawler.sites.hosts import netloc
from pipelines.model import Capture

log = logging.getLogger(__name__)


class ExchangeHandler(HttpxDownloadHandler):
    """Downloads over HTTP and HTTPS; every answer becomes a `Capture` that travels with its request."""

    experimental: ClassVar[bool] = False

    def __init__(self, crawler: Crawler) -> None:
        self._allow_private = crawler.settings.getbool("FANGZHI_ALLOW_PRIVATE")
        self._max_body = crawler.settings.getint("FANGZHI_MAX_BODY")
        self._max_seconds = crawler.settings.getfloat("FANGZHI_MAX_SECONDS")
        self._last = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._strict = functools.cache(functools.partial(_strict_context, crawler.settings))
        path = crawler.settings["FANGZHI_FRONTIER"] if crawler.settings["FANGZHI_ARCHIVE"] else None
        self._memory = HostQuirks(Path(path) if path else None)
        self._versions: dict[str, int] = crawler.settings["FANGZHI_IP_VERSIONS"]
        self._hopeless: set[str] = set()
        self._doubtful: set[str] = set()
        super().__init__(crawler)
        # The limits below keep what came until then; Scrapy's own would throw it away.
        self._default_maxsize = 0
        self._fail_on_dataloss = False

    def _make_client(self, proxy_url: str | None = None) -> httpx2.AsyncClient:
        client = super()._make_client(proxy_url)
        backend = GuardedBackend(
            allow_private=self._allow_private, strict=self._strict, memory=self._memory, versions=self._versions
        )
        client._transport._pool._network_backend = backend  # type: ignore[attr-defined]
        return client

    async def download_request(self, request: Request) -> Response:
        """Return the answer; where a host does not connect by the scheme that is asked for, by the other one.

        What worked is remembered for the host. The answer, and its capture, have the URL that was really asked.
        """
        host, asked = netloc(request.url), urlsplit(request.url).scheme
        first = self._memory.get(host, "scheme") or asked
        try:
            return await self._download(request, first)
        except (DownloadConnectionRefusedError, DownloadTimeoutError) as error:
            if host in self._hopeless or not _is_unconnected(error):
                raise
            other = "https" if first == "http" else "http"
            answer = await self._instead(request, other)
            if answer is None:
                self._hopeless.add(host)
                raise
            log.warning("%s does not connect by %s (%s): it is asked by %s", host, first, error, other)
            self._memory.note(host, "scheme", other)
            return answer

    async def close(self) -> None:
        """Let go of all connections, and of what is remembered."""
        await super().close()
        self._memory.close()

    async def _instead(self, request: Request, scheme: str) -> Response | None:
        """Return what the other scheme answers, None where that does not connect either or only leads back."""
        try:
            answer = await self._download(request, scheme)
        except (DownloadConnectionRefusedError, DownloadTimeoutError, DownloadFailedError):
            return None
        location = urljoin(answer.url, (answer.headers.get("Location") or b"").decode("latin-1"))
        leads_back = 300 <= answer.status < 400 and _by(location, scheme) == answer.url and location != answer.url
        return None if leads_back else answer

    async def _download(self, request: Request, scheme: str) -> Response:
        if urlsplit(request.url).scheme == scheme:
            return await super().download_request(request)
        asked = request.replace(url=_by(request.url, scheme))
        answer = await super().download_request(asked)
        request.meta.update(asked.meta)
        return answer

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
        capture = exchange(request, response, answer, self._now(), cut)
        remember(request, capture)
        self._warn(capture)
        return answer

    def _warn(self, capture: Capture) -> None:
        """Say once of a host that nobody vouches for its certificate."""
        host, told = netloc(capture.final_url), capture.tls.certificate if capture.tls else None
        if told not in (None, TRUSTED) and host not in self._doubtful:
            self._doubtful.add(host)
            log.warning("nobody vouches for the certificate of %s (%s): the archive says so of its pages", host, told)

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


def _by(url: str, scheme: str) -> str:
    return urlsplit(url)._replace(scheme=scheme).geturl()


def _is_unconnected(error: Exception) -> bool:
    """Tell a connection that was not made from one over which no answer came in time."""
    return isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)


def _strict_context(settings: BaseSettings) -> ssl.SSLContext:
    """The context that Scrapy would use if it were told to refuse what nobody vouches for."""
    context = _make_ssl_context(BaseSettings({**settings, "DOWNLOAD_VERIFY_CERTIFICATES": True}))
    context.set_alpn_protocols(["http/1.1"])
    return context
