"""Converts Scrapy's and its HTTP client's view of an exchange to a `Capture`; the only module that knows both."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from typing import Literal

import attrs
import httpx2
from scrapy import Request
from scrapy.http import Response

from crawler.download.response_head import ResponseHead
from pipelines.archive.records import response_id
from pipelines.dedupe.verdict import payload_digest
from pipelines.model import Capture, Headers, Rendering, Tls

Truncation = Literal["length", "time", "disconnect"]
"""Why a body is truncated, in the terms of WARC-Truncated."""

CERTIFICATE_INFO = "certificate"
"""Key of a connection's `get_extra_info`: `trusted`, or the problem of the server's certificate."""

HEAD_INFO = "response_head"
"""Key of a connection's `get_extra_info`: the `ResponseHead` of the response that is being read."""

PROTOCOL_INFO = "tls_protocol"
"""Key of a connection's `get_extra_info`: the negotiated protocol, which OpenSSL forgets when a server disconnects."""

_OPENSSL_SUITE = re.compile(r"(?:((?:EC)?DHE-\w+)-)?(?:(AES|ARIA|CAMELLIA)(128|256)-)?([\w-]+)")
_ALGORITHMS = {"CHACHA20-POLY1305": "CHACHA20_POLY1305_SHA256", "DES-CBC3-SHA": "3DES_EDE_CBC_SHA", "CCM8": "CCM_8"}

MAX_BODY_KEY = "fangzhi_max_body"
"""Key in `request.meta` of a file: its maximum size in bytes. Larger files get no body; other pages are truncated."""

REQUISITE_KEY = "fangzhi_requisite_of"
"""Key in `request.meta` of a requisite, such as a style sheet: the URL of the page that is shown with it."""

_CAPTURES_KEY = "captures"
"""Key in `request.meta`, which Scrapy copies to the requests that follow a redirect or retry."""


def exchange_capture(
    request: Request,
    wire: httpx2.Response,
    answer: Response,
    fetched_at: dt.datetime,
    truncated: Truncation | None,
) -> Capture:
    """Return the capture of an exchange; the body keeps its content-encoding, but not its transfer-encoding.

    The head is that of the server, not what the HTTP client has of it.
    """
    head: ResponseHead = wire.extensions[HEAD_INFO]
    return Capture(
        url=request.url,
        final_url=request.url,
        fetched_at=fetched_at,
        status=head.status,
        reason=head.reason,
        http_version=head.version,
        headers=head.headers,
        head=head.raw,
        body=answer.body,
        method=request.method,
        request_headers=_latin1_headers(wire.request.headers.raw),
        request_body=request.body,
        ip_address=str(answer.ip_address) if answer.ip_address else None,
        tls=_tls(wire),
        truncated=truncated,
    )


def rendered(page: Capture, html: str, browser: str, at: dt.datetime) -> Capture:
    """Return the capture of a rendered page; its UTF-8 byte order mark overrides the encoding in the markup."""
    return Capture(
        url=page.url,
        final_url=page.final_url,
        fetched_at=max(at, page.fetched_at + dt.timedelta(microseconds=1)),
        status=page.status,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=codecs.BOM_UTF8 + html.encode("utf-8", "replace"),
        rendered=Rendering(
            browser=browser, record_id=response_id(page, payload_digest(page)), fetched_at=page.fetched_at
        ),
    )


def add_capture(request: Request, capture: Capture) -> None:
    """Add a capture to those of its request."""
    request.meta.setdefault(_CAPTURES_KEY, []).append(capture)


def captures(request: Request) -> tuple[Capture, ...]:
    """Return the captures of a request, oldest first: redirects and failed attempts, then the response.

    `url` of each is the URL of the first request.
    """
    first_url = request.meta.get("redirect_urls", [request.url])[0]
    made = request.meta.get(_CAPTURES_KEY, ())
    return tuple(each if each.url == first_url else attrs.evolve(each, url=first_url) for each in made)


def _tls(wire: httpx2.Response) -> Tls | None:
    connection = wire.extensions["network_stream"]
    secured = connection.get_extra_info("ssl_object")
    if secured is None:
        return None
    protocol = connection.get_extra_info(PROTOCOL_INFO).lower()
    return Tls(
        protocol=protocol.replace("tlsv1.", "tls/1.").replace("tlsv1", "tls/1.0"),
        cipher=iana_name(secured.cipher()[0]),
        certificate=connection.get_extra_info(CERTIFICATE_INFO),
    )


def iana_name(name: str) -> str:
    """Convert OpenSSL's name of a cipher suite to IANA's, for suites of servers with certificates.

    >>> iana_name("ECDHE-RSA-AES128-GCM-SHA256"), iana_name("AES256-SHA")
    ('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_RSA_WITH_AES_256_CBC_SHA')
    """
    found = _OPENSSL_SUITE.fullmatch(name)
    if name.startswith("TLS_") or not found:
        return name
    exchange, cipher, bits, rest = found.groups()
    algorithm = _ALGORITHMS.get(rest) or (f"CBC_{rest}" if cipher and rest.startswith("SHA") else rest)
    words = ["TLS", exchange or "RSA", "WITH", *([cipher, bits] if cipher else []), algorithm]
    return "_".join(words).replace("-", "_")


def _latin1_headers(raw: list[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
