"""What every request passes before anything else sees it: its host, its method, its size, and how many came before."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import unquote_to_bytes

from attrs import define, frozen
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.config.language import in_language
from crawler.web.problems import TITLES
from crawler.web.serving import BURST_SECONDS, MAX_BODY_BYTES, MAX_PARAMETERS, MAX_QUERY_BYTES

METHODS = ("GET", "HEAD", "POST")

MAX_CLIENTS = 10_000
"""Addresses whose rate is remembered; the one that was quiet longest is forgotten first. They take 2 MB."""

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""The headers of every answer that does not set them itself."""

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Limit(Protocol):
    """Limits how often each client may do something."""

    def wait(self, client: str) -> float:
        """Count a request; return the seconds after which the client may come back, 0 if it may now."""


@define
class _Bucket:
    """What a client may still request, and when this was counted."""

    left: float
    at: float


class RateLimit:
    """Counts the requests of each client: `rate` a second, and those of `BURST_SECONDS` at once."""

    def __init__(self, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Limit to a rate; None: no limit."""
        self._rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str) -> float:
        """Count a request; return the seconds after which the client may come back, 0 if it may now."""
        if self._rate is None:
            return 0
        with self._lock:
            return self._counted(client, self._rate)

    def _counted(self, client: str, rate: float) -> float:
        now, most = self._clock(), rate * BURST_SECONDS
        bucket = self._buckets.pop(client, None) or _Bucket(most, now)
        bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets[client] = bucket
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return (1 - bucket.left) / rate
        bucket.left -= 1
        return 0


@frozen(kw_only=True)
class Guard:
    """Middleware that refuses requests early, takes off the prefix, and adds the headers of `HEADERS`."""

    app: ASGIApp
    hosts: frozenset[str]
    prefix: str
    limit: Limit
    headers: Mapping[str, str] = HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _with_headers(send, self.headers)
        if refused := self._refused(scope):
            await refused(scope, receive, send)
            return
        path = scope["path"]
        if self.prefix and (path == self.prefix or path.startswith(f"{self.prefix}/")):
            scope = {**scope, "path": path[len(self.prefix) :] or "/"}
        await self.app({**scope, "root_path": ""}, _bounded(receive), send)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        query: bytes = scope["query_string"]
        if headers.get("host", "").lower() not in self.hosts:
            return _plain(421, "This server has another name.")
        if scope["method"] not in METHODS:
            return _plain(405, "GET, HEAD and POST only.", {"Allow": ", ".join(METHODS)})
        if len(query) > MAX_QUERY_BYTES or len(scope["path"]) > MAX_QUERY_BYTES:
            return _plain(414, "The address is too long.")
        if query.count(b"&") >= MAX_PARAMETERS or _CONTROL.search(unquote_to_bytes(query)) or "\0" in scope["path"]:
            return _plain(400, "The parameters are not understood.")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > MAX_BODY_BYTES:
            return _plain(413, "The request is too long.")
        client = scope.get("client")
        if seconds := self.limit.wait(client[0] if client else ""):
            return _plain(429, "Too many requests.", {"Retry-After": f"{int(seconds) + 1}"})
        return None


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal in both languages: the one of the reader is not looked at."""
    both = f"{text}\n{in_language(TITLES[status], 'zh')}\n"
    return Response(both, status, {"Cache-Control": "no-store", **(headers or {})}, "text/plain")


def _with_headers(send: Send, added: Mapping[str, str]) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in added.items():
                if not (name == "Content-Security-Policy" and message["status"] == 304):
                    headers.setdefault(name, value)
        await send(message)

    return sent


def _bounded(receive: Receive) -> Receive:
    """Return what receives a body, and disconnects a client that sends more than it may."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return {"type": "http.disconnect"} if received > MAX_BODY_BYTES else message

    return bounded
