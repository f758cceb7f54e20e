"""Captures as WARC/1.1 records (ISO 28500:2017), each compressed as one gzip member (annex D)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping

from isal import isal_zlib

from pipelines.model import Capture, Headers, Reference, capture_id
from pipelines.text.urls import split_url

FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL_PAYLOAD_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

SITE_FIELD = "isPartOf"
"""Field of a warcinfo block (Dublin Core): the site that the records after it are captures of."""

WARCINFO_ID = "WARC-Warcinfo-ID"
"""Field that names the warcinfo record of a record, if it is not the last one before it (§5.12)."""

REQUESTED_URI = "Fangzhi-Asked-URI"
"""Extension field (§5.1): the URL that was requested, if redirects led from it to the target URI."""

ARTICLE_NUMBER = "Fangzhi-Article"
"""Extension field of a conversion: the number of the article in its page, from 1."""

BODY_TRUNCATED = "Fangzhi-Truncated"
"""Extension field of a revisit: why the received body is truncated. WARC-Truncated there means the omitted body."""

CERTIFICATE = "Fangzhi-Certificate"
"""Extension field: `trusted`, or the reason why the server's certificate was not."""

RENDERED_BY = "Fangzhi-Rendered-By"
"""Extension field of a conversion: the browser that made it by running the scripts of the page it refers to."""

REQUISITE_OF = "Fangzhi-Requisite-Of"
"""Extension field of a response or revisit: the URL of the page for which a requisite, such as a style sheet, was
requested. The catalogue has a compact row for it, not an entry."""

REMOVED_PREFIX = "X-Crawler-"
"""Prefix of the header Transfer-Encoding, as at Common Crawl: the body is stored without its transfer coding."""

TRANSFER_ENCODING = re.compile(rb"^transfer-encoding(?=[ \t]*:)", re.IGNORECASE | re.MULTILINE)

NOT_MODIFIED_STATUS = 304
"""The status of a response to a conditional request whose page has not changed (RFC 9110 §15.4.5)."""

GZIP_LEVEL = 2
"""Compression level of isal: 5,073 pages/s per core and 30.4 % of the size; zlib at level 6: 1,210 and 28.6 %."""

GZIP_WINDOW_BITS = 31
"""zlib's window bits for a gzip member. Its header then has no time, so equal records give equal bytes."""

LINE_BREAKS = re.compile(r"[\r\n\0]+")
"""Characters that would end a header line."""


def warcinfo_member(filename: str, at: dt.datetime, fields: Mapping[str, str], record_id: str | None = None) -> bytes:
    """Return a warcinfo record: who made the records after it, with which software and under which rules.

    It is the first record of a file. Further ones have a `record_id`, by which records refer to them (§5.12).
    """
    block = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields.items()).encode()
    return _member(
        [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", record_id or _urn(filename, "warcinfo")),
            ("WARC-Date", warc_date(at)),
            ("WARC-Filename", filename),
            ("Content-Type", "application/warc-fields"),
        ],
        block,
    )


def warcinfo_id(filename: str, offset: int) -> str:
    """Return the WARC-Record-ID of a warcinfo record at an offset after the start of a file."""
    return _urn(f"{filename}@{offset}", "warcinfo")


def exchange_members(
    capture: Capture, payload: str, original: Reference | None = None, info: str | None = None
) -> tuple[bytes, bytes]:
    """Return two members for a capture with this payload digest: its response, then its request.

    `info` is the id of the warcinfo record that describes them; by default it is the last one before them.

    With an `original`, which has the same body or is confirmed by a 304 response, the first member is a revisit without
    a body. The response comes first, so that one range read from its offset gets both.
    """
    identity = capture_id(capture, payload)
    response, request = _urn(identity, "response"), _urn(identity, "request")
    described = _described(info)
    ids = [("WARC-Record-ID", response), ("WARC-Concurrent-To", request), *described]
    return (
        _response_member(capture, payload, original, ids),
        _request_member(capture, [("WARC-Record-ID", request), ("WARC-Concurrent-To", response), *described]),
    )


def response_id(capture: Capture, payload: str) -> str:
    """Return the WARC-Record-ID of the response or revisit of a capture with this payload digest."""
    return _urn(capture_id(capture, payload), "response")


def rendering_member(capture: Capture, payload: str, info: str | None = None) -> bytes:
    """Return the member of a rendered capture: a conversion (§6.8) of the response with the page.

    The type is not `response`, because the server did not send this content, and players must not show it as if it did.
    """
    rendered = capture.rendered
    fields = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", _urn(capture_id(capture, payload), "conversion")),
        *_described(info),
        ("WARC-Date", warc_date(capture.fetched_at)),
        ("WARC-Target-URI", capture.final_url),
        *([("WARC-Refers-To", rendered.record_id), (RENDERED_BY, rendered.browser)] if rendered else []),
        *([("WARC-Refers-To-Date", warc_date(rendered.fetched_at))] if rendered else []),
        ("WARC-Refers-To-Target-URI", capture.final_url),
        *([(REQUESTED_URI, capture.url)] if capture.url != capture.final_url else []),
        ("WARC-Payload-Digest", payload),
        ("Content-Type", capture.header("Content-Type")),
    ]
    return _member(fields, capture.body)


def conversion_member(capture: Capture, text: str, number: int, at: dt.datetime, id_seed: str) -> bytes:
    """Return the member of an article's text (a conversion, §6.8), extracted at a time; `number` counts from 1.

    The record id is made from `id_seed`, which must be unique. A capture that was not read from a record is referred to
    by its URL and date alone.
    """
    block = text.encode()
    fields = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", _urn(id_seed, "conversion")),
        ("WARC-Date", warc_date(at)),
        ("WARC-Target-URI", capture.final_url),
        *([("WARC-Refers-To", capture.record_id)] if capture.record_id else []),
        ("WARC-Refers-To-Target-URI", capture.final_url),
        ("WARC-Refers-To-Date", warc_date(capture.fetched_at)),
        (ARTICLE_NUMBER, str(number)),
        ("WARC-Payload-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    return _member(fields, block)


def rendition_member(
    capture: Capture, prefix: str, media_type: str, body: bytes, browser: str, at: dt.datetime, id_seed: str
) -> bytes:
    """Return the member of what a browser showed of an archived page (a conversion, §6.8) at a time.

    The target URI is the page's with a prefix such as `urn:view:`. The record id is made from `id_seed`, which must be
    unique.
    """
    fields = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", _urn(id_seed, "conversion")),
        ("WARC-Date", warc_date(at)),
        ("WARC-Target-URI", prefix + capture.final_url),
        *([("WARC-Refers-To", capture.record_id)] if capture.record_id else []),
        ("WARC-Refers-To-Target-URI", capture.final_url),
        ("WARC-Refers-To-Date", warc_date(capture.fetched_at)),
        (RENDERED_BY, browser),
        ("WARC-Payload-Digest", f"sha256:{hashlib.sha256(body).hexdigest()}"),
        ("Content-Type", media_type),
    ]
    return _member(fields, body)


def warc_date(at: dt.datetime) -> str:
    """Return a time as a WARC-Date with microseconds, as WARC/1.1 allows (§5.4)."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _described(info: str | None) -> list[tuple[str, str]]:
    return [(WARCINFO_ID, info)] if info else []


def _response_member(capture: Capture, payload: str, original: Reference | None, ids: list[tuple[str, str]]) -> bytes:
    fields = [("WARC-Type", "revisit" if original else "response"), *ids, *_exchange_fields(capture)]
    fields += _revisit_fields(capture, payload, original) if original else [("WARC-Payload-Digest", payload)]
    if capture.truncated:
        fields.append((BODY_TRUNCATED if original else "WARC-Truncated", capture.truncated))
    if capture.url != capture.final_url:
        fields.append((REQUESTED_URI, capture.url))
    if capture.requisite_of:
        fields.append((REQUISITE_OF, capture.requisite_of))
    fields.append(("Content-Type", "application/http;msgtype=response"))
    head = TRANSFER_ENCODING.sub(REMOVED_PREFIX.encode() + rb"\g<0>", capture.head or _written_head(capture))
    return _member(fields, head if original else head + capture.body)


def _written_head(capture: Capture) -> bytes:
    return _http_header(f"{capture.http_version} {capture.status:03d} {_one_line(capture.reason)}", capture.headers)


def _revisit_fields(capture: Capture, payload: str, original: Reference) -> list[tuple[str, str]]:
    """Return the fields by which a revisit refers to its original; both profiles give its payload digest (§6.7)."""
    refers_to = [
        ("WARC-Refers-To", _urn(original.id, "response")),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", warc_date(original.fetched_at)),
    ]
    if capture.status == NOT_MODIFIED_STATUS:
        return [
            ("WARC-Payload-Digest", original.payload or payload),
            ("WARC-Profile", NOT_MODIFIED_PROFILE),
            *refers_to,
        ]
    same = [("WARC-Payload-Digest", payload), ("WARC-Profile", IDENTICAL_PAYLOAD_PROFILE)]
    return [*same, *refers_to, ("WARC-Truncated", "length")]


def _exchange_fields(capture: Capture) -> list[tuple[str, str]]:
    """Return the fields that a response and its request have in common."""
    fields = [("WARC-Date", warc_date(capture.fetched_at)), ("WARC-Target-URI", capture.final_url)]
    if capture.ip_address:
        fields.append(("WARC-IP-Address", capture.ip_address))
    fields.append(("WARC-Protocol", capture.http_version.lower()))
    if capture.tls:
        optional = (("WARC-Cipher-Suite", capture.tls.cipher), (CERTIFICATE, capture.tls.certificate))
        fields += [("WARC-Protocol", capture.tls.protocol), *((name, value) for name, value in optional if value)]
    return fields


def _request_member(capture: Capture, ids: list[tuple[str, str]]) -> bytes:
    parts = split_url(capture.final_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = [
        ("WARC-Type", "request"),
        *ids,
        *_exchange_fields(capture),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    header = _http_header(f"{capture.method} {_one_line(target)} HTTP/1.1", capture.request_headers)
    return _member(fields, header + capture.request_body)


def _http_header(start: str, headers: Iterable[tuple[str, str]] | Headers) -> bytes:
    lines = [start, *(f"{_one_line(name)}: {_one_line(value)}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def _member(fields: list[tuple[str, str]], block: bytes) -> bytes:
    fields += [
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Length", str(len(block))),
    ]
    header = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields)
    record = b"".join((b"WARC/1.1\r\n", header.encode("utf-8", "replace"), b"\r\n", block, b"\r\n\r\n"))
    return isal_zlib.compress(record, GZIP_LEVEL, GZIP_WINDOW_BITS)


def _one_line(value: str) -> str:
    """Return a value without line breaks: a line break in it would forge another field."""
    return value if value.isprintable() else LINE_BREAKS.sub(" ", value)


def _urn(identity: str, kind: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'fangzhi:{identity}/{kind}')}>"
