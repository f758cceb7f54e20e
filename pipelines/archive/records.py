"""Captures as WARC/1.1 records, each one gzip member (ISO 28500:2017; annex D for the compression)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from isal import isal_zlib

from pipelines.model import Capture, Headers, Reference, capture_id

FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

ASKED = "Fangzhi-Asked-URI"
"""Extension field (§5.1): the address that was asked for, where redirects led on to the target."""

ARTICLE = "Fangzhi-Article"
"""Extension field of a conversion: which of the page's articles it holds, from 1."""

CUT = "Fangzhi-Truncated"
"""Extension field of a revisit: what cut the body that came, because WARC-Truncated there tells of the one left out."""

CERTIFICATE = "Fangzhi-Certificate"
"""Extension field: whether the server's certificate was `trusted`, or what was wrong with it."""

RENDERED = "Fangzhi-Rendered-By"
"""Extension field of a conversion: the browser that made it, by running the scripts of the page it refers to."""

TAKEN_OFF = "X-Crawler-"
"""Put before Transfer-Encoding, as Common Crawl does, because the body is kept without it."""

NOTHING_NEW = 304
"""The status by which a server says that what is archived is what it would send (RFC 9110 §15.4.5)."""

LEVEL = 2
"""Of isal: 5,073 pages/s a core and 30.4 % of the size, where zlib 6 makes 1,210 and 28.6 %."""

GZIP = 31
"""zlib's window bits for a gzip member; its header then has no time, so equal records are equal bytes."""

LINE_BREAKS = re.compile(r"[\r\n\0]+")


def warcinfo(filename: str, at: dt.datetime, fields: Mapping[str, str]) -> bytes:
    """Return the record that opens a file and says who made it, how and under which rules."""
    block = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields.items()).encode()
    return _member(
        [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", _urn(filename, "warcinfo")),
            ("WARC-Date", date(at)),
            ("WARC-Filename", filename),
            ("Content-Type", "application/warc-fields"),
        ],
        block,
    )


def exchange(capture: Capture, payload: str, original: Reference | None = None) -> tuple[bytes, bytes]:
    """Return the members of a capture with this payload digest: its response, then the request beside it.

    With the `original` that had the same body, or that an answer 304 confirms, a revisit without a body takes the
    response's place. The response comes first so that one range read from its offset gets both.
    """
    told = capture_id(capture, payload)
    answer, question = _urn(told, "response"), _urn(told, "request")
    return (
        _answer(capture, payload, original, [("WARC-Record-ID", answer), ("WARC-Concurrent-To", question)]),
        _question(capture, [("WARC-Record-ID", question), ("WARC-Concurrent-To", answer)]),
    )


def response_id(capture: Capture, payload: str) -> str:
    """Return the WARC-Record-ID that the response of a capture with this payload digest has, or its revisit."""
    return _urn(capture_id(capture, payload), "response")


def rendering(capture: Capture, payload: str) -> bytes:
    """Return the member of a capture that was rendered: a conversion of the response with its page (§6.8).

    It is no response, so that no player takes for the server's what the server never sent.
    """
    made = capture.rendered
    fields = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", _urn(capture_id(capture, payload), "conversion")),
        ("WARC-Date", date(capture.fetched_at)),
        ("WARC-Target-URI", capture.final_url),
        *([("WARC-Refers-To", made.record_id), (RENDERED, made.browser)] if made else []),
        *([("WARC-Refers-To-Date", date(made.fetched_at))] if made else []),
        ("WARC-Refers-To-Target-URI", capture.final_url),
        *([(ASKED, capture.url)] if capture.url != capture.final_url else []),
        ("WARC-Payload-Digest", payload),
        ("Content-Type", capture.header("Content-Type")),
    ]
    return _member(fields, capture.body)


def conversion(capture: Capture, text: str, number: int, at: dt.datetime, told: str) -> bytes:
    """Return the member of the text that was read from a capture at a time, its article `number` from 1 (§6.8).

    `told` makes the record's id; it must not be used twice. A capture that was not read from a record is referred to
    by its address and date alone.
    """
    block = text.encode()
    fields = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", _urn(told, "conversion")),
        ("WARC-Date", date(at)),
        ("WARC-Target-URI", capture.final_url),
        *([("WARC-Refers-To", capture.record_id)] if capture.record_id else []),
        ("WARC-Refers-To-Target-URI", capture.final_url),
        ("WARC-Refers-To-Date", date(capture.fetched_at)),
        (ARTICLE, str(number)),
        ("WARC-Payload-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    return _member(fields, block)


def date(at: dt.datetime) -> str:
    """Return a time as WARC-Date with microseconds, which WARC/1.1 allows (§5.4)."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _answer(capture: Capture, payload: str, original: Reference | None, ids: list[tuple[str, str]]) -> bytes:
    fields = [("WARC-Type", "revisit" if original else "response"), *ids, *_circumstances(capture)]
    fields += _revisited(capture, payload, original) if original else [("WARC-Payload-Digest", payload)]
    if capture.truncated:
        fields.append((CUT if original else "WARC-Truncated", capture.truncated))
    if capture.url != capture.final_url:
        fields.append((ASKED, capture.url))
    fields.append(("Content-Type", "application/http;msgtype=response"))
    headers = [
        (TAKEN_OFF + name if name.lower() == "transfer-encoding" else name, value) for name, value in capture.headers
    ]
    head = _head(f"{capture.http_version} {capture.status:03d} {_line(capture.reason)}", headers)
    return _member(fields, head if original else head + capture.body)


def _revisited(capture: Capture, payload: str, original: Reference) -> list[tuple[str, str]]:
    """What a revisit says of its original; its payload is the original's by either profile (§6.7)."""
    referred = [
        ("WARC-Refers-To", _urn(original.id, "response")),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", date(original.fetched_at)),
    ]
    if capture.status == NOTHING_NEW:
        return [("WARC-Payload-Digest", original.payload or payload), ("WARC-Profile", NOT_MODIFIED), *referred]
    same = [("WARC-Payload-Digest", payload), ("WARC-Profile", IDENTICAL_PAYLOAD)]
    return [*same, *referred, ("WARC-Truncated", "length")]


def _circumstances(capture: Capture) -> list[tuple[str, str]]:
    """What both records of an exchange say of it."""
    fields = [("WARC-Date", date(capture.fetched_at)), ("WARC-Target-URI", capture.final_url)]
    if capture.ip_address:
        fields.append(("WARC-IP-Address", capture.ip_address))
    fields.append(("WARC-Protocol", capture.http_version.lower()))
    if capture.tls:
        told = (("WARC-Cipher-Suite", capture.tls.cipher), (CERTIFICATE, capture.tls.certificate))
        fields += [("WARC-Protocol", capture.tls.protocol), *((name, value) for name, value in told if value)]
    return fields


def _question(capture: Capture, ids: list[tuple[str, str]]) -> bytes:
    parts = urlsplit(capture.final_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = [
        ("WARC-Type", "request"),
        *ids,
        *_circumstances(capture),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    head = _head(f"{capture.method} {_line(target)} HTTP/1.1", capture.request_headers)
    return _member(fields, head + capture.request_body)


def _head(start: str, headers: Iterable[tuple[str, str]] | Headers) -> bytes:
    lines = [start, *(f"{_line(name)}: {_line(value)}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def _member(fields: list[tuple[str, str]], block: bytes) -> bytes:
    fields += [
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Length", str(len(block))),
    ]
    head = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields)
    record = b"".join((b"WARC/1.1\r\n", head.encode("utf-8", "replace"), b"\r\n", block, b"\r\n\r\n"))
    return isal_zlib.compress(record, LEVEL, GZIP)


def _line(value: str) -> str:
    """Return a value that keeps to its line: a break in it would forge the next field."""
    return LINE_BREAKS.sub(" ", value)


def _urn(told: str, kind: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'fangzhi:{told}/{kind}')}>"
