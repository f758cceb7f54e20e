"""Pure. What Scrapy and its HTTP client hold of an exchange, as captures: the one module that knows both sides."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import attrs
import httpx2
from scrapy import Request
from scrapy.http import Response

from pipelines.model import Capture, Headers

Cut = Literal["length", "time", "disconnect"]
"""What cut a body short, as WARC-Truncated names it."""

_KEY = "captures"
"""In `request.meta`, which Scrapy hands on to the requests that a redirect or a retry makes of this one."""


def exchange(
    request: Request,
    wire: httpx2.Response,
    answer: Response,
    fetched_at: dt.datetime,
    truncated: Cut | None,
) -> Capture:
    """Return one exchange as it went over the wire; the body has its content-encoding, not its transfer-encoding."""
    return Capture(
        url=request.url,
        final_url=request.url,
        fetched_at=fetched_at,
        status=wire.status_code,
        reason=wire.extensions.get("reason_phrase", b"").decode("latin-1"),
        http_version=wire.http_version,
        headers=_latin(wire.headers.raw),
        body=answer.body,
        method=request.method,
        request_headers=_latin(wire.request.headers.raw),
        request_body=request.body,
        ip_address=str(answer.ip_address) if answer.ip_address else None,
        truncated=truncated,
    )


def remember(request: Request, capture: Capture) -> None:
    """Let a capture travel with its request."""
    request.meta.setdefault(_KEY, []).append(capture)


def captures(request: Request) -> tuple[Capture, ...]:
    """Return what was captured for a request, oldest first: redirects and failed tries, then the answer.

    `url` of each is the address that was asked for at the start.
    """
    asked = request.meta.get("redirect_urls", [request.url])[0]
    return tuple(attrs.evolve(capture, url=asked) for capture in request.meta.get(_KEY, ()))


def _latin(raw: list[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
