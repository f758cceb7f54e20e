"""Scrapy's download handler, extended to capture each exchange byte for byte and to connect to no private address.

It subclasses Scrapy's httpx handler, the only one that gives the reason phrase, the order and case of the headers, and
the request as it was sent. That handler is private API: versions are pinned, and tests cover what is used of it.
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

from crawler.download.capture import HEAD_INFO, MAX_BODY_KEY, Truncation, add_capture, exchange_capture
from crawler.download.client import PlainClient
from crawler.download.connect import PublicAddressBackend, connect_by
from crawler.download.tls import TRUSTED
from crawler.frontier.host_quirks import HostQuirks
from crawler.sites.hosts import netloc
from pipelines.masking import without_credentials
from pipelines.model import Capture

logger = logging.getLogger(__name__)


class ExchangeHandler(HttpxDownloadHandler):
    """Downloads over HTTP and HTTPS, and adds a `Capture` of every response to its request."""

    experimental: ClassVar[bool] = False

    def __init__(self, crawler: Crawler) -> None:
        self._allow_private = crawler.settings.getbool("FANGZHI_ALLOW_PRIVATE")
        self._max_body = crawler.settings.getint("FANGZHI_MAX_BODY")
        self._max_seconds = crawler.settings.getfloat("FANGZHI_MAX_SECONDS")
        self._last_time = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._strict = functools.cache(functools.partial(_strict_context, crawler.settings))
        archived = crawler.settings["FANGZHI_ARCHIVE"]
        self._quirks = HostQuirks(crawler.settings["FANGZHI_FRONTIER"] if archived else None)
        self._versions: dict[str, int] = crawler.settings["FANGZHI_IP_VERSIONS"]
        self._unreachable_hosts: set[str] = set()
        self._untrusted_hosts: set[str] = set()
        super().__init__(crawler)
        # The limits of this class keep the part of the body before the limit; Scrapy's own would discard it.
        self._default_maxsize = 0
        self._fail_on_dataloss = False

    def _make_client(self, proxy_url: str | None = None) -> httpx2.AsyncClient:
        client = PlainClient(transport=super()._make_client(proxy_url)._transport)
        backend = PublicAddressBackend(
            allow_private=self._allow_private, strict=self._strict, quirks=self._quirks, versions=self._versions
        )
        return connect_by(client, backend)

    async def download_request(self, request: Request) -> Response:
        """Return the response; if the host does not accept connections by this scheme (http, https), use the other one.

        The scheme that worked is stored for the host. Response and capture have the URL that was really requested.
        """
        host, scheme = netloc(request.url), urlsplit(request.url).scheme
        first = self._quirks.get(host, "scheme") or scheme
        try:
            return await self._download(request, first)
        except (DownloadConnectionRefusedError, DownloadTimeoutError) as error:
            if host in self._unreachable_hosts or not _is_unconnected(error):
                raise
            other = "https" if first == "http" else "http"
            answer = await self._try_other_scheme(request, other)
            if answer is None:
                self._unreachable_hosts.add(host)
                raise
            logger.warning("%s does not connect by %s (%s): using %s instead", host, first, error, other)
            self._quirks.note(host, "scheme", other)
            return answer

    async def close(self) -> None:
        """Close all connections and the database of host quirks."""
        await super().close()
        self._quirks.close()

    async def _try_other_scheme(self, request: Request, scheme: str) -> Response | None:
        """Return the response by the other scheme; None if it fails too, or only redirects back to the first scheme."""
        try:
            answer = await self._download(request, scheme)
        except (DownloadConnectionRefusedError, DownloadTimeoutError, DownloadFailedError):
            return None
        try:
            location = urljoin(answer.url, (answer.headers.get("Location") or b"").decode("latin-1"))
        except ValueError:  # no URL: it leads nowhere
            return answer
        leads_back = (
            300 <= answer.status < 400 and _with_scheme(location, scheme) == answer.url and location != answer.url
        )
        return None if leads_back else answer

    async def _download(self, request: Request, scheme: str) -> Response:
        """Request a page by a scheme; user and password, which a redirect can have in its URL, are not sent."""
        url = _with_scheme(without_credentials(request.url), scheme)
        if url == _with_scheme(request.url, urlsplit(request.url).scheme):
            return await super().download_request(request)
        changed = request.replace(url=url)
        answer = await super().download_request(changed)
        request.meta.update(changed.meta)
        return answer

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[httpx2.Response]:
        """Send a request and wait for the response's headers, at most as long as a whole exchange may take.

        `timeout` limits each read only: a server that sends the headers byte by byte would never exceed it.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._max_seconds):
                    response = await stack.enter_async_context(super()._make_request(request, timeout))
                # Read now: when the body is complete, the connection may already be used for another request.
                response.extensions[HEAD_INFO] = response.extensions["network_stream"].get_extra_info(HEAD_INFO)
                response.extensions[MAX_BODY_KEY] = request.meta.get(MAX_BODY_KEY)
            except TimeoutError as error:
                raise DownloadTimeoutError(f"the headers were not complete after {self._max_seconds:g} s") from error
            yield response

    async def _read_response(self, response: httpx2.Response, request: Request) -> Response:
        answer = await super()._read_response(response, request)
        cut: Truncation | None = "disconnect" if "dataloss" in answer.flags else response.extensions.get("fangzhi_cut")
        capture = exchange_capture(request, response, answer, self._now(), cut)
        add_capture(request, capture)
        self._warn_of_certificate(capture)
        return answer

    def _warn_of_certificate(self, capture: Capture) -> None:
        """Warn once per host that its certificate is not trusted."""
        host, certificate = netloc(capture.final_url), capture.tls.certificate if capture.tls else None
        if certificate not in (None, TRUSTED) and host not in self._untrusted_hosts:
            self._untrusted_hosts.add(host)
            logger.warning(
                "untrusted certificate of %s (%s): the archive notes it for the pages of this host", host, certificate
            )

    @staticmethod
    def _extract_headers(response: httpx2.Response) -> Headers:
        """Return the headers as raw bytes: Scrapy's method would convert a Location in GBK to UTF-8."""
        return Headers(response.headers.raw)

    @staticmethod
    def _is_dataloss_exception(exc: Exception) -> bool:
        """Return whether a body is incomplete; also one whose chunks end or are wrong in the middle, as browsers do."""
        return isinstance(exc, httpx2.RemoteProtocolError)

    async def _iter_body_chunks(self, response: httpx2.Response) -> AsyncIterator[bytes]:  # type: ignore[override]
        """Yield the body in chunks, up to the limits of size and time; nothing if a file declares a larger size."""
        until, size, max_size = (
            time.monotonic() + self._max_seconds,
            0,
            response.extensions[MAX_BODY_KEY] or self._max_body,
        )
        if response.extensions[MAX_BODY_KEY] and int(response.headers.get("Content-Length", 0)) > max_size:
            response.extensions["fangzhi_cut"] = "length"
            return
        async for chunk in response.aiter_raw():
            yield chunk[: max_size - size]
            size += len(chunk)
            if size > max_size or time.monotonic() > until:
                response.extensions["fangzhi_cut"] = "length" if size > max_size else "time"
                return

    def _now(self) -> dt.datetime:
        """Return the time, always later than the last one: captures sort in the order in which they were made."""
        self._last_time = max(dt.datetime.now(dt.UTC), self._last_time + dt.timedelta(microseconds=1))
        return self._last_time


def _with_scheme(url: str, scheme: str) -> str:
    return urlsplit(url)._replace(scheme=scheme).geturl()


def _is_unconnected(error: Exception) -> bool:
    """Return whether no connection was made, as opposed to a connection without an answer in time."""
    return isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)


def _strict_context(settings: BaseSettings) -> ssl.SSLContext:
    """Return the context that Scrapy would use if it verified certificates."""
    context = _make_ssl_context(BaseSettings({**settings, "DOWNLOAD_VERIFY_CERTIFICATES": True}))
    context.set_alpn_protocols(["http/1.1"])
    return context
